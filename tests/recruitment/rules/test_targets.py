"""The seventeen targets as 5.1 and D28 give them, and what may be set instead."""

import pytest

from recruitment.rules.blocking import PAUSES, THE_SITE
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import (
    DEFAULTS,
    ESCALATES_TO,
    FAST,
    MOST,
    UNITS,
    Target,
    TargetKey,
    Unit,
    check_target,
    default_target,
    pauses_target,
)
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party, SourceKind

T, U, B = TargetKey, Unit, BlockerCategory

SPELLED = """
own                 1 business hour
first_response      8 business hours
prescreen_complete  3 business days
prescreen_review    2 business days
study_team_review   3 business days
records_request     1 business day
records_chase       5 business days
records_review      2 business days
schedule_offer      1 business day
schedule_booked     5 business days
visit_confirm       2 business days before the visit
missed_visit        4 business hours
outcome             2 business days
handoff             4 business hours
stale_review        5 business days
blocker_review      by closing the same day
ask_answer          5 business days
"""

PAUSED = """
own
first_response      consent_to_contact_missing
prescreen_complete  patient_deciding consent_to_contact_missing
prescreen_review    pending_review medication_review criteria_ambiguity
study_team_review   missing_records criteria_ambiguity
records_request     missing_records
records_chase
records_review
schedule_offer      visit_capacity sponsor_decision
schedule_booked     patient_deciding patient_availability travel caregiver cost time_off
visit_confirm
missed_visit
outcome             pending_review medication_review sponsor_decision
handoff
stale_review
blocker_review
ask_answer
"""
"""5.1, column "pauses for", in blockers; a study that is paused stops them all (D32)."""


def lines(table: str) -> dict[str, str]:
    """The lines of a table by their first word."""
    found = (line.partition(" ") for line in table.strip().splitlines())
    return {key: rest.strip() for key, _, rest in found}


def test_the_defaults_are_those_of_the_catalogue() -> None:
    assert {key.value: DEFAULTS[key].words for key in T} == lines(SPELLED)
    assert len(T) == 17


@pytest.mark.parametrize("kind", [*SourceKind, ""])
def test_the_first_response_depends_on_the_kind_of_source(kind: str) -> None:
    expected = 4 if kind in FAST else 8
    assert default_target(T.FIRST_RESPONSE, kind) == Target(expected, U.HOURS)
    assert {SourceKind.WEB, SourceKind.PAID} <= FAST
    assert SourceKind.REFERRAL not in FAST
    for key in set(T) - {T.FIRST_RESPONSE}:
        assert default_target(key, kind) == DEFAULTS[key]


@pytest.mark.parametrize("key", T)
def test_a_target_pauses_for_what_the_catalogue_says_and_for_a_halt(key: TargetKey) -> None:
    expected = {B.STUDY_PAUSED, *map(B, lines(PAUSED)[key].split())}
    assert {category for category in B if pauses_target(key, category)} == expected


PAIRS = [(category, party) for category in B for party in BLOCKER_PARTIES[category]]


@pytest.mark.parametrize(("category", "party"), PAIRS)
def test_a_blocker_that_waits_on_the_site_never_stops_a_clock(
    category: BlockerCategory, party: Party
) -> None:
    assert not (party in THE_SITE and PAUSES[category, party])


def test_the_parties_that_are_the_site_are_its_coordinators_and_its_rooms() -> None:
    assert {Party.COORDINATOR, Party.VISIT_CAPACITY} == THE_SITE


@pytest.mark.parametrize("key", T)
def test_every_target_says_whom_a_breach_is_shown(key: TargetKey) -> None:
    assert ESCALATES_TO[key]
    assert DEFAULTS[key].unit in UNITS[key]


@pytest.mark.parametrize("key", T)
@pytest.mark.parametrize("unit", U)
@pytest.mark.parametrize("amount", [-1, 0, 1, 10, 11, 60, 61, 240, 241])
def test_a_target_is_an_amount_that_work_can_be_planned_with(
    key: TargetKey, unit: Unit, amount: int
) -> None:
    if unit in UNITS[key] and 1 <= amount <= MOST[unit]:
        check_target(key, amount, unit)
        return
    with pytest.raises(InvalidInput) as caught:
        check_target(key, amount, unit)
    assert caught.value.field == ("amount" if unit in UNITS[key] else "unit")
    assert key.label in str(caught.value)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(1, U.HOURS), "1 business hour"),
        (Target(2, U.HOURS), "2 business hours"),
        (Target(1, U.DAYS), "1 business day"),
        (Target(1, U.BEFORE), "1 business day before the visit"),
        (Target(1, U.CLOSING), "by closing the same day"),
        (Target(2, U.CLOSING), "2 working days"),
    ],
)
def test_an_amount_reads_well_in_a_sentence(target: Target, words: str) -> None:
    assert target.words == words
