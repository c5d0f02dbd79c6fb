"""Site execution, scheduling, stale leads and friction: apart, and safe (12.1; R5, SC1)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from recruitment.rules.stages import Bucket
from reporting.figures.breakdowns import Row
from reporting.figures.cells import WITHHELD, Cell, exact, small
from reporting.figures.inputs import Happening, Inputs, LastReport, LeadFacts
from reporting.figures.report import Report, as_last, weekly_report
from reporting.figures.said import execution_words, room_words
from reporting.figures.snapshot import from_document, from_json, to_document, to_json
from reporting.figures.stalled import NOT_NAMED, REASONS
from reporting.figures.work_facts import TargetFacts, WeekSlots
from reporting.render import action_words, enrolled_words, report_html
from tests.reporting.facts import CUT_OFF, DAY, LAST, START, WEEK, at, inputs, lead
from tests.reporting.samples import sample_inputs

H = Happening
PRINTED = replace(LAST, stale_is_printed=True)
WEEKS = tuple(WeekSlots(CUT_OFF + n * WEEK, CUT_OFF + (n + 1) * WEEK, 4) for n in range(4))
NEW_SECTIONS = ("agreed", "execution", "scheduling", "stalled", "friction", "changes")


def clock(outcome: str, due: timedelta, *, target: str = "first_response") -> LeadFacts:
    return lead(START - WEEK, targets=(TargetFacts(target, CUT_OFF + due, outcome),))


def test_a_target_counts_what_fell_due_and_what_is_overdue_is_not_met() -> None:
    clocks = [
        clock("met", -DAY),
        clock("met_late", -DAY),
        clock("missed", -DAY),
        clock("", -DAY),
        clock("", DAY),
        clock("met", DAY),
        clock("not_applicable", -DAY),
        clock("met", -8 * DAY),
        clock("met", -DAY, target="handoff"),
    ]

    rows = weekly_report(inputs(*clocks)).execution

    assert rows is not None
    first, review = rows
    assert (first.this.reached, first.this.base) == (exact(1), 4)
    assert (first.cohort.reached, first.cohort.base) == (exact(2), 5)
    assert review.this.base == 0


def test_a_target_that_was_never_due_says_so_and_strict_mode_prints_none() -> None:
    ((label, this, _), *_) = execution_words(weekly_report(inputs()))

    assert (label, this.count) == ("First response in target", "none due yet")
    assert weekly_report(inputs(clock("met", -DAY), strict=True)).execution == ()


def visits(*, booked: int, attended: int = 0, missed: int = 0) -> LeadFacts:
    def times(number: int) -> tuple[object, ...]:
        return tuple(at(START + timedelta(hours=n + 1)) for n in range(number))

    return lead(
        START - WEEK,
        happened={
            H.VISIT_BOOKED: times(booked),
            H.VISIT_ATTENDED: times(attended),
            H.VISIT_MISSED: times(missed),
        },
    )


def test_every_visit_counts_also_a_second_one_of_a_lead() -> None:
    found = weekly_report(inputs(visits(booked=2, missed=1), visits(booked=1, attended=1)))

    assert found.scheduling is not None
    assert [row.this for row in found.scheduling.visits] == [exact(3), exact(1), exact(1)]
    strict = weekly_report(inputs(visits(booked=2), strict=True)).scheduling
    assert strict is not None
    assert strict.visits[0].this == small(5)


def scheduled(number: int, *, week: int = 0) -> list[LeadFacts]:
    time = CUT_OFF + week * WEEK + DAY
    return [lead(bucket=Bucket.SCHEDULED.value, taken=(time,)) for _ in range(number)]


@pytest.mark.parametrize(
    ("leads", "cells"),
    [
        ([], (exact(8), exact(16))),
        (scheduled(6), (exact(2), exact(10))),
        ([*scheduled(6), *scheduled(6, week=2)], (exact(2), exact(4))),
        ([*scheduled(6), *scheduled(1, week=2)], (WITHHELD, WITHHELD)),
        (scheduled(3), (WITHHELD, WITHHELD)),
        (scheduled(9), (exact(0), exact(7))),
        (scheduled(6, week=5), (exact(8), exact(16))),
    ],
)
def test_free_slots_are_told_where_what_is_taken_is_nowhere_small(
    leads: Sequence[LeadFacts], cells: tuple[Cell, Cell]
) -> None:
    others = [lead() for _ in range(30)]

    found = weekly_report(inputs(*leads, *others, weeks=WEEKS)).scheduling

    assert found is not None
    assert tuple(room.free for room in found.room) == cells


def test_the_weeks_ahead_are_said_in_a_sentence() -> None:
    open_ones = [lead() for _ in range(30)]
    said = room_words(weekly_report(inputs(*open_ones, weeks=WEEKS)).scheduling)
    hidden = room_words(weekly_report(inputs(*open_ones, *scheduled(2), weeks=WEEKS)).scheduling)
    full = tuple(replace(week, slots=0) for week in WEEKS)
    none = room_words(weekly_report(inputs(weeks=full)).scheduling)

    assert said[0] == "Next 2 weeks: 8 visit slots, 8 free."
    assert hidden[1] == "Next 4 weeks: 16 visit slots; how many are free is withheld."
    assert none[0] == "Next 2 weeks: 0 visit slots."


def stale(number: int, reason: str = "", *what: Happening) -> list[LeadFacts]:
    happened = dict.fromkeys(what, (at(START + DAY), at(START + 2 * DAY)))
    return [
        lead(START - WEEK, bucket=Bucket.STALE.value, stale_reason=reason, happened=happened)
        for _ in range(number)
    ]


@pytest.mark.parametrize(
    ("last", "now", "new", "recovered", "is_told"),
    [
        (PRINTED, 12, 6, 7, True),
        (PRINTED, 12, 0, 0, True),
        (None, 12, 6, 0, True),
        (PRINTED, 12, 6, 3, False),
        (PRINTED, 12, 1, 7, False),
        (PRINTED, 3, 6, 7, False),
        (LAST, 12, 6, 7, False),
    ],
)
def test_what_went_stale_and_recovered_is_told_where_nothing_small_follows_from_it(
    last: LastReport | None, now: int, new: int, recovered: int, is_told: bool
) -> None:
    gone = {H.RECOVERED: (at(START + DAY),)}
    back = [lead(START - WEEK, happened=gone) for _ in range(recovered)]
    went = {H.WENT_STALE: (at(START + DAY), at(START + 2 * DAY))}
    fell = [lead(START - WEEK, happened=went) for _ in range(new)]
    others = [lead() for _ in range(20)]

    found = weekly_report(inputs(*stale(now), *back, *fell, *others, last=last)).stalled

    assert found is not None
    expected = (exact(new), exact(recovered)) if is_told else (WITHHELD, WITHHELD)
    assert (found.new, found.recovered) == expected


def test_stale_leads_stand_under_what_a_review_named() -> None:
    leads = [*stale(7), *stale(6, "no_response"), *stale(3, "needs_review"), *stale(3, "not_a_fit")]

    found = weekly_report(inputs(*leads, *[lead() for _ in range(20)])).stalled

    assert found is not None
    assert found.now == exact(19)
    assert [(row.label, row.cell.text) for row in found.by_reason.rows] == [
        (REASONS[NOT_NAMED], "7"),
        ("Needs review", "6"),
        ("No response", "6"),
    ]


def test_without_a_printed_number_of_stale_leads_no_reason_is_told() -> None:
    found = weekly_report(inputs(*stale(3, "no_response"), *[lead() for _ in range(20)])).stalled

    strict = weekly_report(inputs(*stale(9), *[lead() for _ in range(20)], strict=True)).stalled

    for section in (found, strict):
        assert section is not None
        assert section.by_reason.is_withheld
        assert section.by_reason.total == section.now
    assert found is not None
    assert found.now.known is None


def headings(report: Report) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", report_html(to_json(report), paper="a4"))


ORDER = [
    "Movement since the last report",
    "Balance of open leads",
    "Source quality",
    "Site execution",
    "Blockers",
    "Records",
    "Scheduling",
    "Stale leads",
    "Why leads closed, to date",
    "Criteria and protocol friction",
    "Changes made from patient-group input",
    "What the site does next",
]


@pytest.mark.parametrize("kind", [{}, {"leads_per_week": 3}, {"leads_per_week": 60}])
def test_s70_source_quality_site_execution_and_criteria_friction_are_separate_sections(
    kind: dict[str, int],
) -> None:
    found = headings(weekly_report(sample_inputs(**kind)))

    assert [heading for heading in found if heading in ORDER] == ORDER


def test_the_sections_of_work_survive_the_round_trip_and_older_reports_go_without() -> None:
    sample: Inputs = sample_inputs()
    report = weekly_report(sample)
    document = to_document(report)
    document["schema"] = 2
    inner = document["report"]
    assert isinstance(inner, dict)
    for section in NEW_SECTIONS:
        del inner[section]

    older = from_document(document)

    assert from_json(to_json(report)) == report
    assert older == replace(report, **dict.fromkeys(NEW_SECTIONS))
    assert "Site execution" not in headings(older)
    assert "Scheduling" not in headings(older)
    assert "Stale leads" not in headings(older)
    assert "Why leads closed, to date" in headings(older)
    assert as_last(older).released_criteria == {}


def test_enrolled_is_told_of_those_planned_and_not_at_all_without_a_plan() -> None:
    report = weekly_report(sample_inputs())
    enrolled = report.moved("enrolled").to_date.text

    assert enrolled_words(report) == ""
    assert enrolled_words(replace(report, planned=1200)) == (
        f"{enrolled} enrolled of 1,200 planned, as recorded by the study team."
    )


def test_next_actions_whose_numbers_are_hidden_alike_share_a_line_by_owner() -> None:
    due = CUT_OFF + DAY
    report = weekly_report(inputs())
    rows = (
        Row("call", "Call people", exact(9), "Coordinator", due_at=CUT_OFF - DAY),
        Row("message", "Send messages", small(5), "Coordinator"),
        Row("escalate", "Escalate", small(5), "Site lead"),
        Row("offer_dates", "Offer dates", WITHHELD, "Coordinator"),
        Row("request_review", "Request reviews", exact(5), "Coordinator", due_at=due),
        Row("decide_close", "Decide: close or recover", small(5), "Coordinator"),
    )
    table = replace(report.actions, level="type", rows=rows)

    said = action_words(replace(report, actions=table))

    assert [(line.label, line.count, line.owner, bool(line.due)) for line in said] == [
        ("Call people", "9", "Coordinator", True),
        ("Request reviews", "5", "Coordinator", True),
        ("Send messages; Decide: close or recover", "<5 each", "Coordinator", False),
        ("Escalate", "<5", "Site lead", False),
        ("Offer dates", "withheld", "Coordinator", False),
    ]
    assert [line.is_overdue for line in said[:2]] == [True, False]
