"""Every close code in every stage, and what goes with a code (9.1, 9.2, D30)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.closing import CRITERIA_CODES, RULES, CloseCode, check_close
from recruitment.rules.closing_phases import (
    FIRST,
    KNOCK_OUT_CODES,
    LONGEST_WAIT,
    MOST_SHOWN,
    PHASE_STAGES,
    STANDS_ALONE,
    check_contributing,
    check_phase,
    check_until,
    contributing_codes,
    is_legal,
    legal_codes,
    target_of,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, NEXT, OPEN, Stage

S, C = Stage, CloseCode
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
EARLY = {S.NEW_INQUIRY, S.AWAITING_PRESCREEN, S.COORDINATOR_REVIEW, S.CONTACTED, S.NO_RESPONSE}
BEFORE_A_PRESCREEN = {S.NEW_INQUIRY, S.AWAITING_PRESCREEN, S.NO_RESPONSE}
EXPECTED = {
    "any": OPEN,
    "intake": EARLY,
    "early": EARLY,
    "prescreen": OPEN - {S.NEW_INQUIRY},
    "records": {S.RECORDS_NEEDED},
    "scheduling": {S.READY_TO_SCHEDULE, S.SCHEDULED},
    "scheduled": {S.READY_TO_SCHEDULE, S.SCHEDULED, S.NO_RESPONSE},
    "screening": {S.SCHEDULED, S.SCREENED},
}


@pytest.mark.parametrize(("code", "stage"), list(product(CloseCode, Stage)))
def test_a_code_closes_a_lead_in_the_stages_of_its_phase_and_where_the_move_is_allowed(
    code: CloseCode, stage: Stage
) -> None:
    expected = stage in EXPECTED[RULES[code].phase]
    if code in CRITERIA_CODES and stage in BEFORE_A_PRESCREEN:
        expected = False

    assert is_legal(code, stage) is expected
    assert (code in legal_codes(stage)) is expected
    if is_legal(code, stage):
        assert target_of(code) in NEXT[stage]
        assert check_close(code, target_of(code)) == code
        check_phase(code, stage)


def test_every_phase_has_its_stages_and_every_open_stage_its_codes() -> None:
    assert set(PHASE_STAGES) == {rule.phase for rule in RULES.values()}
    assert all(legal_codes(stage) for stage in OPEN)
    assert not any(legal_codes(stage) for stage in CLOSED)


@pytest.mark.parametrize("stage", sorted(OPEN))
def test_at_most_eight_legal_codes_stand_before_the_others(stage: Stage) -> None:
    first = FIRST[stage]

    assert len(first) <= MOST_SHOWN
    assert len(set(first)) == len(first)
    assert all(is_legal(code, stage) for code in first)
    assert tuple(legal_codes(stage)[: len(first)]) == first
    assert len(set(legal_codes(stage))) == len(legal_codes(stage))


def test_a_code_out_of_place_is_refused_with_the_stages_it_belongs_to() -> None:
    with pytest.raises(InvalidInput, match="It belongs to: Records needed") as refusal:
        check_phase(C.REC_UNOBTAINABLE, S.CONTACTED)

    assert refusal.value.field == "reason"


@pytest.mark.parametrize("code", list(CloseCode))
def test_criteria_lead_to_not_qualified_and_all_else_to_closed(code: CloseCode) -> None:
    assert target_of(code) == (S.NOT_QUALIFIED if code in CRITERIA_CODES else S.CLOSED_OTHER)


def test_a_knock_out_answer_is_about_a_criterion_that_a_prescreen_asks() -> None:
    assert set(KNOCK_OUT_CODES) == CRITERIA_CODES - {C.CRIT_LABS}


@pytest.mark.parametrize(("main", "other"), list(product(CloseCode, CloseCode)))
def test_what_may_contribute(main: CloseCode, other: CloseCode) -> None:
    stage = S.CONTACTED
    fits = other in contributing_codes(stage) and other != main
    fits = fits and (other not in CRITERIA_CODES or main in CRITERIA_CODES)

    if fits:
        check_contributing(main, [other], stage)
        assert other not in STANDS_ALONE
    else:
        with pytest.raises(InvalidInput) as refusal:
            check_contributing(main, [other], stage)
        assert refusal.value.field == "contributing"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["burden_cost", "burden_schedule", "burden_caregiver"], "At most 2"),
        (["burden_cost", "burden_cost"], "named twice"),
        (["burden_travel"], "named twice"),
        (["not_eligible"], "not a close reason"),
    ],
)
def test_more_than_two_repeats_and_unknown_codes_do_not_contribute(
    given: list[str], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        check_contributing(C.BURDEN_TRAVEL, given, S.CONTACTED)


@pytest.mark.parametrize(
    ("days", "sentence"), [(None, "Say from when"), (0, "lie ahead"), (1000, "two years")]
)
def test_not_now_needs_a_date_within_two_years(days: int | None, sentence: str) -> None:
    until = None if days is None else NOW + timedelta(days=days)

    with pytest.raises(InvalidInput, match=sentence) as refusal:
        check_until(C.NOT_NOW, until, at=NOW)

    assert refusal.value.field == "until"


def test_a_date_to_ask_again_belongs_to_not_now_alone() -> None:
    check_until(C.NOT_NOW, NOW + LONGEST_WAIT, at=NOW)
    for code in set(CloseCode) - {C.NOT_NOW}:
        check_until(code, None, at=NOW)
        with pytest.raises(InvalidInput, match="Only"):
            check_until(code, NOW + timedelta(days=3), at=NOW)
    with pytest.raises(InvalidInput, match="time zone"):
        check_until(C.NOT_NOW, NOW.replace(tzinfo=None), at=NOW)
