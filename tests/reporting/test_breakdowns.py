"""What is broken down at the cut-off, and what is withheld (domain.md 12.1, 12.3)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.closing import RULES, CloseCode, Family
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Party,
    RecordsState,
    SourceKind,
)
from reporting.figures import words
from reporting.figures.cells import Shown, exact
from reporting.figures.closing import close_reasons, family_of
from reporting.figures.inputs import (
    ActionFacts,
    BlockerFacts,
    LastReport,
    Turn,
    TurnKind,
)
from reporting.figures.report import weekly_report
from reporting.figures.standing import blockers, next_actions, open_by_bucket, records
from tests.reporting.facts import (
    CUT_OFF,
    DAY,
    LAST,
    START,
    balanced,
    blocked,
    closed,
    inputs,
    lead,
)
from tests.reporting.samples import WEEK, sample_inputs


def test_blockers_say_how_many_wait_on_whom_and_how_long() -> None:
    records_wait = [
        blocked(BlockerCategory.MISSING_RECORDS, Party.RECORDS_PROVIDER, days)
        for days in (2, 9, 10, 11, 40, 41, 12)
    ]
    review = [blocked(BlockerCategory.MEDICATION_REVIEW, Party.STUDY_TEAM, 3) for _ in range(6)]

    rows = blockers(inputs(*records_wait, *review)).rows

    assert [(r.label, r.detail, r.cell.text, r.wait) for r in rows] == [
        ("Missing records", "Records provider", "7", "1 to 2 weeks"),
        ("Medication review", "Study team", "6", "Under 1 week"),
    ]


def test_a_lead_with_two_blockers_stands_under_the_older() -> None:
    both = replace(
        blocked(BlockerCategory.MISSING_RECORDS, Party.PATIENT, 3),
        blockers=(
            BlockerFacts("missing_records", "patient", CUT_OFF - 3 * DAY),
            BlockerFacts("travel", "patient", CUT_OFF - 4 * DAY),
        ),
    )

    table = blockers(inputs(*[both] * 5))

    assert [(row.label, row.cell.text) for row in table.rows] == [("Travel or transport", "5")]


def test_blockers_merge_to_whom_is_waited_on_when_categories_are_small() -> None:
    given = [
        blocked(category, Party.PATIENT, 3)
        for category in (BlockerCategory.TRAVEL, BlockerCategory.COST, BlockerCategory.CAREGIVER)
        for _ in range(2)
    ]

    table = blockers(inputs(*given))

    assert table.level == "party"
    assert [(row.detail, row.cell.text) for row in table.rows] == [("Patient", "6")]


def test_three_blocked_leads_are_counted_and_their_breakdown_withheld() -> None:
    table = blockers(inputs(*[blocked(BlockerCategory.COST, Party.PATIENT, 3)] * 3))

    assert table.is_withheld
    assert (table.total, table.rows) == (exact(3), ())


def test_a_row_that_is_hidden_tells_no_wait_and_no_due_date() -> None:
    report = weekly_report(sample_inputs())

    hidden = [r for t in (report.blockers, report.actions) for r in t.rows if not r.cell.known]
    assert hidden
    assert all(row.wait == "" and row.due_at is None for row in hidden)


def test_next_actions_show_the_earliest_due_time_and_the_role() -> None:
    call = [
        lead(action=ActionFacts(ActionType.CALL.value, CUT_OFF + hours * timedelta(hours=1)))
        for hours in (9, 4, 30, 31, 32)
    ]

    (row,) = next_actions(inputs(*call)).rows

    assert (row.label, row.cell.text, row.detail) == ("Call people", "5", "Coordinator")
    assert row.due_at == CUT_OFF + timedelta(hours=4)


def test_records_are_counted_by_their_roll_up() -> None:
    given = [lead(records=RecordsState.REQUESTED.value)] * 6 + [lead()] * 4

    table = records(inputs(*given))

    assert [(row.label, row.cell.text) for row in table.rows] == [
        ("Requested, not yet received", "6")
    ]


def test_open_leads_stand_in_the_order_of_the_buckets() -> None:
    given = [lead(bucket=bucket.value) for bucket in words.OPEN_BUCKETS for _ in range(6)]

    rows = open_by_bucket(inputs(*given)).rows

    assert [row.code for row in rows] == [bucket.value for bucket in words.OPEN_BUCKETS]
    assert {row.cell.text for row in rows} == {"6"}


def test_awaiting_outcome_shows_only_above_zero() -> None:
    rows = open_by_bucket(inputs(*[lead()] * 5)).rows

    assert "awaiting_outcome" not in {row.code for row in rows}
    assert ("scheduled", "0") in {(row.code, row.cell.text) for row in rows}


@pytest.mark.parametrize(
    ("code", "slow", "burden", "family"),
    [
        (CloseCode.CONTACT_UNREACHED, True, False, "slow_follow_up"),
        (CloseCode.CONTACT_UNREACHED, False, False, Family.SOURCE),
        (CloseCode.CONTACT_UNREACHED, None, False, Family.UNREACHED),
        (CloseCode.SCHED_NOSHOW, None, True, Family.BURDEN),
        (CloseCode.SCHED_NOSHOW, None, False, Family.SCHEDULING),
        (CloseCode.CRIT_LABS, True, True, Family.CRITERIA),
    ],
)
def test_s52_a_close_belongs_to_the_family_that_the_log_shows(
    code: CloseCode, slow: bool | None, burden: bool, family: str
) -> None:
    turn = Turn(TurnKind.CLOSED, START, START, code.value, slow, burden)

    assert family_of(turn) == family


def test_close_reasons_leave_duplicates_out_and_count_spam_apart() -> None:
    given = inputs(
        *[closed(START, CloseCode.BURDEN_TRAVEL) for _ in range(6)],
        closed(START, CloseCode.SRC_DUPLICATE),
        closed(START, CloseCode.SRC_SPAM),
    )

    found = close_reasons(given)

    assert [(r.label, r.cell.text) for r in found.by_family.rows] == [("Patient burden", "6")]
    assert (found.by_family.total, found.spam) == (exact(6), 1)


def test_close_reasons_keep_what_was_published_until_it_has_grown_by_five() -> None:
    def after(n: int, last: LastReport) -> tuple[tuple[str, str], ...]:
        reasons = (CloseCode.BURDEN_TRAVEL, CloseCode.CRIT_LABS, CloseCode.PT_NOT_INTERESTED)
        given = [closed(START - WEEK, code) for code in reasons for _ in range(8)]
        more = [closed(START, code) for code in reasons for _ in range(n)]
        rows = close_reasons(inputs(*given, *more, last=last)).by_family.rows
        return tuple((row.code, row.cell.text) for row in rows)

    released = {"burden": 8, "choice": 8, "criteria": 8}
    last = replace(LAST, released=released)

    assert after(0, last) == (("burden", "8"), ("choice", "8"), ("criteria", "8"))
    assert {text for _, text in after(2, last)} == {"8+"}
    assert {text for _, text in after(5, last)} == {"13"}


def test_what_was_released_is_remembered_while_it_is_hidden() -> None:
    last = replace(LAST, released={"burden": 30, "choice": 8})

    found = close_reasons(inputs(*[closed(START) for _ in range(6)], last=last))

    assert dict(found.released)["burden"] == 30


def test_strict_mode_hides_small_totals_and_everything_that_gives_them_away() -> None:
    report = weekly_report(replace(balanced(), strict=True))

    assert report.moved("new_interest").this == exact(11)
    assert report.moved("enrolled").this.text == "<5"
    assert {row.to_date.text for row in report.movement} == {"withheld"}
    assert report.balance is None
    assert report.funnel == ()
    assert report.open_now.total.text == "withheld"
    assert report.open_now.is_withheld  # one bucket holds them all, so its number is the total


def test_every_code_of_recruitment_work_has_words_for_sponsors() -> None:
    assert set(words.PARTIES) == set(Party)
    assert set(words.ACTIONS) == set(ActionType)
    assert {t for _, group in words.ACTION_GROUPS.values() for t in group} == set(ActionType)
    assert {b for _, group in words.BUCKET_GROUPS.values() for b in group} == set(
        words.OPEN_BUCKETS
    )
    assert {rule.family.value for rule in RULES.values()} <= set(words.FAMILIES)
    assert {s for _, group in words.RECORDS_GROUPS.values() for s in group} == set(words.RECORDS)
    assert set(words.SOURCE_KINDS) == set(SourceKind.values)


@given(st.integers(0, 10_000), st.sampled_from([2, 5, 13, 40]), st.sampled_from([5, 10, 11]))
@settings(max_examples=60)
def test_no_breakdown_prints_a_number_under_the_floor(seed: int, leads: int, k: int) -> None:
    report = weekly_report(sample_inputs(seed, leads_per_week=leads, k=k))

    tables = (report.open_now, report.blockers, report.records, report.actions)
    for table in (*tables, report.closes.by_family):
        printed = {row.cell.n for row in table.rows if row.cell.shown in {Shown.EXACT, Shown.HELD}}
        assert not printed & set(range(1, k))
    for row in report.sources.rows:
        for found in row.rates:
            if found.reached.known is not None:
                rest = found.base - found.reached.known
                assert found.reached.known == 0 or found.reached.known >= k
                assert rest == 0 or rest >= k or found.reached.known == 0
