"""Every figure again, worked out the long way from random histories; both must agree exactly."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.closing import RULES, CloseCode, Family
from recruitment.rules.events import MilestoneCode
from reporting.figures.cells import Cell, Shown
from reporting.figures.inputs import (
    NO_RESPONSE,
    Inputs,
    LastReport,
    LeadFacts,
    Moment,
    SourceFacts,
    Turn,
    TurnKind,
)
from reporting.figures.movement import counted
from reporting.figures.report import weekly_report
from reporting.figures.words import MOVEMENT
from tests.reporting.samples import HEADER

HOUR = timedelta(hours=1)
ZERO = HEADER.period_start - 300 * HOUR
LAST_START, LAST_CUT, LAST_AS_OF = 140, 300, 310
CUT, AS_OF = 468, 480
CLOSES = (
    CloseCode.CONTACT_UNREACHED,
    CloseCode.BURDEN_COST,
    CloseCode.CRIT_LABS,
    CloseCode.SRC_DUPLICATE,
    CloseCode.SRC_SPAM,
)
ROWS = {
    "attempted_contact": MilestoneCode.FIRST_ATTEMPT,
    "prescreen_completed": MilestoneCode.PRESCREEN_COMPLETED,
    "reviewable": MilestoneCode.REVIEWABLE,
    "visit_scheduled": MilestoneCode.VISIT_SCHEDULED,
    "visit_attended": MilestoneCode.VISIT_ATTENDED,
    "no_response": NO_RESPONSE,
}


@dataclass(frozen=True)
class Entry:
    """One line of a history: what happened in which hour, and in which it was told."""

    what: str
    hour: int
    told: int
    reason: str = ""
    slow: bool = False


@dataclass(frozen=True)
class History:
    source: str
    is_test: bool
    entries: tuple[Entry, ...]


@st.composite
def histories(draw: st.DrawFn) -> History:
    delay = st.sampled_from([0, 0, 0, 5, 40, 200])
    received = draw(st.integers(-1000, 470))
    entries = [Entry("received", received, received + draw(delay))]
    for code in draw(st.sets(st.sampled_from(sorted(map(str, ROWS.values()))))):
        hour = received + draw(st.integers(0, 500))
        entries.append(Entry(code, hour, hour + draw(delay)))
    hour, kinds = received, ["closed", "enrolled"]
    for _ in range(draw(st.integers(0, 3))):
        hour += draw(st.integers(1, 200))
        kind = draw(st.sampled_from(kinds))
        kinds = ["reopened"] if kind != "reopened" else ["closed", "enrolled"]
        reason = draw(st.sampled_from(CLOSES)).value if kind == "closed" else ""
        entries.append(Entry(kind, hour, hour + draw(delay), reason, draw(st.booleans())))
    source = draw(st.sampled_from(["Page", "Letter", "Radio"]))
    return History(source, draw(st.integers(0, 9)) == 0, tuple(entries))


def when(hour: int) -> datetime:
    return ZERO + hour * HOUR


def walk(history: History, *, told_by: int) -> list[Entry]:
    """The entries that change whether the lead is open, one after another."""
    steps = [e for e in history.entries if e.what in {"closed", "enrolled", "reopened"}]
    state, changes = "open", []
    for entry in sorted(steps, key=lambda e: e.hour):
        if entry.told > told_by:
            continue
        after = "open" if entry.what == "reopened" else "shut"
        if after != state:
            changes.append(entry)
        state = after
    return changes


def facts(history: History) -> LeadFacts:
    received, *others = history.entries
    shut = [e for e in walk(history, told_by=AS_OF) if e.hour < CUT]
    return LeadFacts(
        source=SourceFacts(history.source, history.source, "web"),
        received=Moment(when(received.hour), when(received.told)),
        bucket="closed" if shut and shut[-1].what != "reopened" else "contacted",
        milestones={
            e.what: Moment(when(e.hour), when(e.told))
            for e in others
            if e.what in set(map(str, ROWS.values())) and e.told <= AS_OF
        },
        turns=tuple(
            Turn(TurnKind(e.what), when(e.hour), when(e.told), e.reason, e.slow)
            for e in others
            if e.what in {"closed", "enrolled", "reopened"}
        ),
        is_test=history.is_test,
    )


def told_inputs(told: list[History]) -> Inputs:
    header = replace(HEADER, period_start=when(LAST_CUT), cut_off=when(CUT), as_of=when(AS_OF))
    last = LastReport(when(LAST_START), when(LAST_CUT), when(LAST_AS_OF), None)
    leads = tuple(facts(history) for history in told)
    return Inputs(header, 5, leads, when(CUT - 8 * 7 * 24), last=last)


def is_merged(history: History, hour: int, told_by: int) -> bool:
    changes = [e for e in walk(history, told_by=told_by) if e.hour < hour]
    return bool(changes) and changes[-1].reason == CloseCode.SRC_DUPLICATE


def events(history: History, row: str, hour: int, told_by: int) -> list[Entry]:
    """The entries that a row of movement counts."""
    if row == "new_interest":
        found = [e for e in history.entries if e.what == "received"]
    elif row in {"closed", "enrolled"}:
        found = [e for e in walk(history, told_by=told_by) if e.what == row]
        found = [e for e in found if e.reason != CloseCode.SRC_DUPLICATE]
    else:
        found = [e for e in history.entries if e.what == ROWS[row]]
        found = [] if is_merged(history, hour, told_by) else found
    return [e for e in found if e.told <= told_by]


def known(told: list[History]) -> list[History]:
    """Leads that count: no tests, received before the cut-off and known."""
    firsts = [(history, history.entries[0]) for history in told if not history.is_test]
    return [history for history, e in firsts if e.hour < CUT and e.told <= AS_OF]


@given(st.lists(histories(), max_size=25))
@settings(max_examples=150)
def test_movement_agrees_with_counting_the_long_way(told: list[History]) -> None:
    inputs = told_inputs(told)

    for row in MOVEMENT:
        this = previous = late = to_date = 0
        for history in known(told):
            for entry in events(history, row, CUT, AS_OF):
                to_date += entry.hour < CUT
                this += LAST_CUT <= entry.hour < CUT
                late += entry.hour < LAST_CUT and entry.told > LAST_AS_OF
            for entry in events(history, row, LAST_CUT, LAST_AS_OF):
                previous += LAST_START <= entry.hour < LAST_CUT
        found = counted(inputs, row)
        assert (found.this, found.previous, found.late, found.to_date) == (
            this,
            previous,
            late,
            to_date,
        ), row


def is_open(history: History, hour: int, told_by: int) -> bool:
    first = history.entries[0]
    if first.hour >= hour or first.told > told_by:
        return False
    before = [e for e in walk(history, told_by=told_by) if e.hour < hour]
    return not before or before[-1].what == "reopened"


@given(st.lists(histories(), max_size=25))
@settings(max_examples=150)
def test_the_balance_always_closes(told: list[History]) -> None:
    found = weekly_report(told_inputs(told)).balance

    assert found is not None
    assert found.worked_out == found.open_now
    assert found.opening == sum(is_open(h, LAST_CUT, LAST_AS_OF) for h in known(told))
    assert found.open_now == sum(is_open(h, CUT, AS_OF) for h in known(told))


def agrees(cell: Cell, truth: int) -> bool:
    """Whether a published cell is true of the number it stands for."""
    match cell.shown:
        case Shown.EXACT:
            return cell.n == truth
        case Shown.SMALL:
            return 0 < truth < 5
        case Shown.HELD:
            return cell.n is not None and cell.n < truth < cell.n + 5
        case Shown.WITHHELD:
            return True


@given(st.lists(histories(), max_size=60))
@settings(max_examples=150)
def test_the_source_table_agrees_with_counting_the_long_way(told: list[History]) -> None:
    table = weekly_report(told_inputs(told)).sources
    sources: dict[str, Counter[str]] = {}
    for history in known(told):
        first = history.entries[0]
        if first.hour < CUT - 8 * 7 * 24:
            continue
        row = sources.setdefault(history.source, Counter())
        row["inquiries"] += 1
        changes = [e for e in walk(history, told_by=AS_OF) if e.hour < CUT]
        if changes and changes[-1].reason in {CloseCode.SRC_DUPLICATE, CloseCode.SRC_SPAM}:
            continue
        hours = {e.what: e.hour for e in history.entries if e.told <= AS_OF}
        if first.hour <= CUT - 28 * 24:
            row["base"] += 1
            row["reviewable"] += hours.get(MilestoneCode.REVIEWABLE, CUT) < CUT
            row["scheduled"] += hours.get(MilestoneCode.VISIT_SCHEDULED, CUT) < CUT
        else:
            row["maturing"] += 1
    whole = sum(sources.values(), Counter[str]())

    assert table.maturing == whole["maturing"]
    assert table.total.inquiries == whole["inquiries"] == sum(r.inquiries for r in table.rows)
    for shown in (*table.rows, table.total):
        row = whole if shown is table.total else sources.get(shown.label)
        if row is not None:
            assert (shown.inquiries, shown.reviewable.base) == (row["inquiries"], row["base"])
            assert agrees(shown.reviewable.reached, row["reviewable"])
            assert agrees(shown.scheduled.reached, row["scheduled"])


@given(st.lists(histories(), max_size=40))
@settings(max_examples=150)
def test_close_reasons_agree_with_counting_the_long_way(told: list[History]) -> None:
    families: Counter[str] = Counter()
    for history in known(told):
        for entry in walk(history, told_by=AS_OF):
            code = CloseCode(entry.reason) if entry.reason else None
            if code is None or entry.hour >= CUT or RULES[code].consort == "not_counted":
                continue
            family = str(RULES[code].family)
            if code == CloseCode.CONTACT_UNREACHED:
                family = "slow_follow_up" if entry.slow else str(Family.SOURCE)
            families[family] += 1

    table = weekly_report(told_inputs(told)).closes.by_family

    assert table.total.known == families.total()
    if not table.is_withheld:
        assert {row.code for row in table.rows} == set(families)
    assert all(agrees(row.cell, families[row.code]) for row in table.rows)
