"""Targets, visits and stale leads again, worked out the long way from random histories."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.closing import CRITERIA_CODES, CloseCode
from recruitment.rules.events import EventKind, Fact
from reporting.figures.execution import TARGETS
from reporting.figures.inputs import Happening, LeadFacts, Moment
from reporting.figures.report import weekly_report
from reporting.figures.scheduling import VISITS
from reporting.figures.work_facts import TargetFacts, WeekSlots
from reporting.queries.happenings import stale_reason
from tests.reporting.test_figures_naively import (
    AS_OF,
    CLOSES,
    CUT,
    LAST_AS_OF,
    LAST_CUT,
    LAST_START,
    Entry,
    History,
    agrees,
    facts,
    histories,
    told_inputs,
    walk,
    when,
)

DELAY = st.sampled_from([0, 0, 5, 40, 200])
HOUR = st.integers(-400, 470)
COHORT = CUT - 8 * 7 * 24
Event = tuple[Happening, int, int]
Clock = tuple[str, int | None, str]
Worked = tuple[History, list[Event], list[Clock], list[int]]
TARGET = st.sampled_from([*(key.value for key in TARGETS), "handoff"])
OUTCOME = st.sampled_from(["", "met", "met_late", "missed", "not_applicable"])
WORKED = st.tuples(
    histories(),
    st.lists(st.tuples(st.sampled_from(list(Happening)), HOUR, DELAY), max_size=4),
    st.lists(st.tuples(TARGET, st.none() | st.integers(-1000, 600), OUTCOME), max_size=3),
    st.lists(st.integers(CUT - 40, CUT + 800), max_size=2),
)


def worked(history: Worked) -> LeadFacts:
    told, events, clocks, taken = history
    happened = {
        str(what): tuple(Moment(when(h), when(h + delay)) for w, h, delay in events if w == what)
        for what in Happening
    }
    return replace(
        facts(told),
        happened=happened,
        targets=tuple(TargetFacts(t, None if d is None else when(d), o) for t, d, o in clocks),
        taken=tuple(when(hour) for hour in taken),
    )


def known(told: list[Worked]) -> list[Worked]:
    firsts = [(one, one[0].entries[0]) for one in told if not one[0].is_test]
    return [one for one, first in firsts if first.hour < CUT and first.told <= AS_OF]


@given(st.lists(WORKED, max_size=20))
@settings(max_examples=100)
def test_the_sections_of_work_agree_with_counting_the_long_way(told: list[Worked]) -> None:
    weeks = tuple(
        WeekSlots(when(CUT + n * 168), when(CUT + (n + 1) * 168), 3 + n) for n in range(4)
    )
    inputs = replace(told_inputs([]), leads=tuple(worked(history) for history in told), weeks=weeks)
    report = weekly_report(inputs)
    counts = known(told)

    assert report.execution is not None
    for row in report.execution:
        for rate, start in ((row.this, LAST_CUT), (row.cohort, COHORT)):
            base = met = 0
            for _, _, clocks, _ in counts:
                for target, due, outcome in clocks:
                    fits = target == row.code and due is not None and start <= due < CUT
                    if fits and outcome != "not_applicable":
                        base += 1
                        met += outcome == "met"
            assert (rate.reached.known, rate.base) == (met, base)

    assert report.scheduling is not None
    for row, what in zip(report.scheduling.visits, VISITS, strict=True):
        this = before = late = to_date = 0
        for _, events, _, _ in counts:
            for event, hour, delay in events:
                if event != what or hour + delay > AS_OF:
                    continue
                this += LAST_CUT <= hour < CUT
                to_date += hour < CUT
                late += hour < LAST_CUT and hour + delay > LAST_AS_OF
                before += LAST_START <= hour < LAST_CUT and hour + delay <= LAST_AS_OF
        assert row.previous is not None
        cells = (row.this, row.previous, row.late, row.to_date)
        assert tuple(cell.known for cell in cells) == (this, before, late, to_date)

    taken = [(hour - CUT) // 168 for _, _, _, hours in counts for hour in hours]
    for room in report.scheduling.room:
        booked = sum(0 <= week < room.weeks for week in taken)
        assert room.slots == sum(3 + n for n in range(room.weeks))
        assert agrees(room.free, max(room.slots - booked, 0))


@given(st.lists(WORKED, max_size=40))
@settings(max_examples=100)
def test_stale_leads_and_criteria_agree_with_counting_the_long_way(told: list[Worked]) -> None:
    inputs = replace(told_inputs([]), leads=tuple(worked(history) for history in told))
    inputs = replace(inputs, last=replace(inputs.last, stale_is_printed=True))  # type: ignore[type-var]
    report = weekly_report(inputs)
    counts = known(told)

    assert report.stalled is not None
    for cell, what in (
        (report.stalled.new, Happening.WENT_STALE),
        (report.stalled.recovered, Happening.RECOVERED),
    ):
        number = 0
        for _, events, _, _ in counts:
            seen = [hour for e, hour, delay in events if e == what and hour + delay <= AS_OF]
            number += any(LAST_CUT <= hour < CUT for hour in seen)
        assert agrees(cell, number)
        assert not 0 < (cell.known or 0) < 5

    assert report.friction is not None
    assert set(CLOSES) & CRITERIA_CODES == {CloseCode.CRIT_LABS}
    labs = 0
    for history, _, _, _ in counts:
        changes = [e for e in walk(history, told_by=AS_OF) if e.hour < CUT]
        labs += sum(e.reason == CloseCode.CRIT_LABS for e in changes)
    assert agrees(report.friction.closes.total, labs)
    assert all(agrees(row.cell, labs) for row in report.friction.closes.rows)


NAMED = {
    "": "No reason named yet",
    "no_response": "No response",
    "missing_records": "Missing records",
    "scheduling": "Scheduling conflict",
    "needs_review": "Needs review",
    "not_a_fit": "Needs review",
}
STEP = st.sampled_from([*filter(None, NAMED), "move", "still"])
STALE = st.tuples(st.booleans(), st.lists(STEP, max_size=5), st.integers(1, 9))
FACTS = {
    "move": {"kind": EventKind.VISIT_OFFERED},
    "still": {"kind": EventKind.OUTREACH_LOGGED, "code": "no_answer"},
}


def as_fact(step: str) -> Fact:
    known = FACTS.get(step, {"kind": EventKind.STALE_REVIEWED, "reason_code": step})
    return Fact(occurred_at=when(CUT - 1), by_staff=True, **known)  # type: ignore[arg-type]


@given(st.lists(STALE, max_size=12))
@settings(max_examples=200)
def test_stale_leads_by_reason_agree_with_counting_the_long_way(
    drawn: list[tuple[bool, list[str], int]],
) -> None:
    leads, reasons = list[LeadFacts](), Counter[str]()
    start = facts(History("Page", False, (Entry("received", 0, 0),)))
    for is_stale, steps, times in drawn:
        bucket = "stale" if is_stale else "contacted"
        reason = stale_reason([as_fact(step) for step in steps])
        leads += [replace(start, bucket=bucket, stale_reason=reason)] * times
        named = ""
        for step in steps:
            named = "" if step == "move" else named if step == "still" else step
        reasons[NAMED[named]] += times * is_stale
    leads += [replace(start, bucket="contacted")] * 20

    report = weekly_report(replace(told_inputs([]), leads=tuple(leads)))

    assert report.stalled is not None
    stale, table = reasons.total(), report.stalled.by_reason
    assert agrees(report.stalled.now, stale)
    assert report.stalled.now.known in {stale, None}
    assert all(agrees(row.cell, reasons[row.label]) for row in table.rows)
    if not table.is_withheld:
        assert {row.label for row in table.rows} == {label for label, n in reasons.items() if n}
        assert table.total.known == stale
    if all(n == 0 or n >= 5 for n in (stale, *reasons.values())):
        assert {row.label: row.cell.known for row in table.rows} == +reasons
