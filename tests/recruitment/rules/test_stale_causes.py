"""What the log suggests about a stale lead, each proposal with its sentence (D33)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.recovery_codes import PatientReason, ProcessReason
from recruitment.rules.stages import Stage
from recruitment.rules.stale_causes import WRONG_DETAILS, Proposal, propose_process
from recruitment.rules.stale_patients import (
    PATIENT_OF_BLOCKER,
    PATIENT_OF_STAGE,
    propose_patient,
)
from recruitment.rules.vocabulary import (
    BLOCKER_PARTIES,
    ActionType,
    BlockerCategory,
    ContactResult,
    Party,
)

K, R = EventKind, ProcessReason
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 10:00 in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + 14 * DAY
SITE = BusinessCalendar("America/New_York")


class Log:
    """A log that grows; the lead is owned and moved on Monday unless told otherwise."""

    def __init__(self, *, owner: int | None = 7) -> None:
        self.facts: list[Fact] = []
        self.action = 0
        self.add(K.RECEIVED, MONDAY - DAY, by_staff=False)
        if owner is not None:
            self.add(K.OWNER_SET, MONDAY - DAY, to_owner_id=owner)

    def add(
        self, kind: EventKind, at: datetime, *, by_staff: bool = True, **values: object
    ) -> None:
        self.facts.append(
            Fact(
                kind=kind,
                occurred_at=at,
                by_staff=by_staff,
                seq=len(self.facts) + 1,
                **values,  # type: ignore[arg-type]
            )
        )

    def moved(self, at: datetime = MONDAY) -> "Log":
        self.add(K.CONTACT_RECEIVED, at, code=ContactResult.CALLED_US)
        return self

    def planned(
        self, due: datetime, what: ActionType = ActionType.CALL, *, at: datetime = MONDAY
    ) -> "Log":
        if self.action:
            self.add(K.ACTION_DONE, at, subject_id=self.action)
        self.action += 1
        self.add(K.ACTION_SET, at, code=what, subject_id=self.action, due_at=due)
        return self

    def put_off(self, at: datetime, due: datetime) -> "Log":
        self.add(
            K.ACTION_CANCELED, at, code="call", subject_id=self.action, reason_code="postponed"
        )
        self.action += 1
        self.add(K.ACTION_SET, at, code="call", subject_id=self.action, due_at=due)
        return self

    def tried(self, at: datetime, result: ContactResult = ContactResult.NO_ANSWER) -> "Log":
        self.add(K.OUTREACH_LOGGED, at, code=result, reason_code="phone")
        return self

    def blocked(
        self,
        category: BlockerCategory,
        party: Party,
        review_by: datetime | None,
        at: datetime = MONDAY,
    ) -> "Log":
        self.add(
            K.BLOCKER_OPENED,
            at,
            code=category,
            reason_code=party,
            subject_id=90,
            due_at=review_by,
        )
        return self

    def proposed(self, at: datetime = NOW) -> Proposal:
        return propose_process(self.facts, at=at, calendar=SITE)


def test_a_lead_that_nobody_ever_owned_lacks_an_owner() -> None:
    found = Log(owner=None).planned(MONDAY).proposed()
    assert found == Proposal(R.NO_OWNER, "It never had an owner.")


@pytest.mark.parametrize(("left_after", "reason"), [(6, R.NO_OWNER), (8, R.BURIED)])
def test_unowned_for_most_of_the_rest_is_no_owner(left_after: int, reason: ProcessReason) -> None:
    log = Log().moved().planned(MONDAY + DAY)
    log.add(K.OWNER_SET, MONDAY + left_after * DAY, by_staff=False)
    found = log.proposed()
    assert found.reason == reason
    if reason == R.NO_OWNER:
        assert found.why == "Without an owner for 8 d of the last 14 d."


def test_an_open_study_team_review_is_a_decision_that_waits() -> None:
    log = Log().moved().planned(MONDAY + DAY, ActionType.AWAIT_REVIEW)
    log.add(K.REVIEW_REQUESTED, MONDAY + DAY, code="study_team", subject_id=4)
    expected = "The study team was asked on Tue 3 Mar and has not decided."
    assert log.proposed() == Proposal(R.DECISION_WAITING, expected)
    log.add(K.REVIEW_DECIDED, MONDAY + 2 * DAY, code="proceed", subject_id=4)
    log.planned(MONDAY + 3 * DAY, at=MONDAY + 2 * DAY)
    assert log.proposed().reason == R.BURIED


def test_an_action_that_waits_for_the_study_team_is_a_decision_that_waits() -> None:
    found = Log().moved().planned(MONDAY + DAY, ActionType.RECORD_OUTCOME).proposed()
    assert found.reason == R.DECISION_WAITING
    assert "was due Tue 3 Mar" in found.why


@pytest.mark.parametrize(
    ("category", "party", "is_dated"),
    [
        (category, party, is_dated)
        for category, parties in BLOCKER_PARTIES.items()
        for party, is_dated in product(parties, (False, True))
    ],
)
def test_an_open_blocker_names_the_cause(
    category: BlockerCategory, party: Party, is_dated: bool
) -> None:
    review_by = MONDAY + 3 * DAY if is_dated else None
    found = Log().planned(MONDAY + DAY).blocked(category, party, review_by).proposed()
    assert f"“{category.label}”" in found.why
    if party in {Party.STUDY_TEAM, Party.SPONSOR}:
        assert found.reason == R.DECISION_WAITING
    elif not is_dated:
        assert found.reason == R.HIDDEN_BLOCKER
        assert "without a day to look at it again" in found.why
    else:
        assert found.reason == R.SLOW_FOLLOW_UP
        assert found.why.endswith("was to be looked at again by Thu 5 Mar.")


def test_a_blocker_that_was_just_taken_off_and_had_no_day_was_hidden() -> None:
    log = Log().planned(MONDAY + DAY).blocked(BlockerCategory.INTERPRETER, Party.COORDINATOR, None)
    log.add(K.BLOCKER_RESOLVED, MONDAY + 3 * DAY, code="interpreter", subject_id=90)
    expected = (
        "“Language or interpreter” was open until Thu 5 Mar without a day to look at it again."
    )
    assert log.proposed() == Proposal(R.HIDDEN_BLOCKER, expected)
    log.tried(MONDAY + 4 * DAY)
    assert log.proposed().reason == R.SLOW_FOLLOW_UP


def test_waiting_on_the_records_provider_without_a_blocker_is_one_that_nobody_named() -> None:
    log = Log().moved().planned(MONDAY + DAY, ActionType.CHASE_RECORDS)
    assert log.proposed().reason == R.HIDDEN_BLOCKER
    log.blocked(BlockerCategory.MISSING_RECORDS, Party.RECORDS_PROVIDER, MONDAY + 5 * DAY)
    assert log.proposed().reason == R.SLOW_FOLLOW_UP


@pytest.mark.parametrize("times", [0, 1, 2, 3, 4])
def test_put_off_three_times_is_slow_follow_up_and_says_when(times: int) -> None:
    log = Log().moved().planned(MONDAY + DAY)
    for n in range(times):
        log.put_off(MONDAY + (n + 1) * DAY, NOW - HOUR)
    found = log.proposed()
    if times >= 3:
        last = {3: "Thu 5 Mar", 4: "Fri 6 Mar"}[times]
        assert found == Proposal(R.SLOW_FOLLOW_UP, f"Put off {times} times, last on {last}.")
    else:
        assert "Put off" not in found.why


def test_nobody_touching_it_after_its_action_was_due_is_buried() -> None:
    found = Log().moved().planned(MONDAY + DAY).proposed()
    expected = "Nobody did anything since Mon 2 Mar; “Call” was due Tue 3 Mar."
    assert found == Proposal(R.BURIED, expected)


def test_a_note_is_a_sign_that_somebody_saw_it_so_the_follow_up_was_slow() -> None:
    log = Log().moved().planned(MONDAY + DAY)
    log.add(K.NOTE_ADDED, MONDAY + 2 * DAY)
    assert log.proposed() == Proposal(R.SLOW_FOLLOW_UP, "“Call” was due Tue 3 Mar and is not done.")


def test_what_the_software_notes_is_nobody_doing_something() -> None:
    log = Log().moved().planned(MONDAY + DAY)
    log.add(K.STALE_FLAGGED, MONDAY + 7 * DAY, by_staff=False, due_at=MONDAY + 7 * DAY)
    assert log.proposed().reason == R.BURIED


def test_a_try_a_working_day_late_is_slow_follow_up() -> None:
    log = Log().moved().planned(MONDAY + DAY).tried(MONDAY + 3 * DAY)
    log.planned(NOW - HOUR, at=MONDAY + 3 * DAY)
    assert log.proposed() == Proposal(R.SLOW_FOLLOW_UP, "The try of Thu 5 Mar was due Tue 3 Mar.")


@pytest.mark.parametrize("result", [r for r in ContactResult if r in WRONG_DETAILS])
def test_a_try_in_time_with_wrong_details_lacked_context(result: ContactResult) -> None:
    log = Log().moved().planned(MONDAY + DAY).tried(MONDAY + HOUR).tried(MONDAY + 2 * HOUR, result)
    log.planned(NOW - HOUR, at=MONDAY + 2 * HOUR)
    found = log.proposed()
    assert found.reason == R.MISSING_CONTEXT
    assert found.why.startswith("The try of Mon 2 Mar ended")


@pytest.mark.parametrize(
    ("tries", "why"),
    [(1, "1 try in time, not answered."), (3, "3 tries in time, none of them answered.")],
)
def test_tries_all_in_time_and_only_unanswered_are_the_patient_side_alone(
    tries: int, why: str
) -> None:
    log = Log().moved().planned(MONDAY + DAY)
    for n in range(tries):
        log.tried(MONDAY + (n + 1) * HOUR).planned(NOW - HOUR, at=MONDAY + (n + 1) * HOUR)
    assert log.proposed() == Proposal(R.NONE, why)


def test_waiting_out_the_call_back_window_is_not_held_against_the_site() -> None:
    log = Log().moved().planned(MONDAY + DAY).tried(MONDAY + HOUR)
    log.add(
        K.STAGE_CHANGED, MONDAY + HOUR, from_stage=Stage.NEW_INQUIRY, to_stage=Stage.NO_RESPONSE
    )
    log.planned(MONDAY + 7 * DAY, ActionType.DECIDE_CLOSE, at=MONDAY + HOUR)
    assert log.proposed().reason == R.NONE


@pytest.mark.parametrize("kind", ["movement", "review"])
def test_what_was_before_the_last_movement_or_review_counts_no_more(kind: str) -> None:
    log = Log().planned(MONDAY + DAY)
    for n in range(3):
        log.put_off(MONDAY + n * HOUR, MONDAY + (n + 2) * DAY)
    assert "Put off" in log.proposed().why
    if kind == "movement":
        log.moved(MONDAY + 5 * DAY)
    else:
        log.add(K.STALE_REVIEWED, MONDAY + 5 * DAY, code="recontact", reason_code="no_response")
    log.planned(MONDAY + 6 * DAY, at=MONDAY + 5 * DAY)
    found = log.proposed()
    assert found.reason == R.BURIED
    assert "since Sat 7 Mar" in found.why


def test_what_has_only_just_come_due_is_said_as_it_is() -> None:
    log = Log().moved().planned(NOW - HOUR)
    assert log.proposed().why == "“Call” was due Mon 16 Mar and is not done."
    ahead = Log().moved().planned(NOW + DAY)
    assert ahead.proposed().why == "“Call” is planned for Tue 17 Mar."


def test_the_days_are_read_on_the_sites_clock() -> None:
    log = Log().moved().planned(datetime(2026, 3, 4, 2, 0, tzinfo=UTC))  # Tue 21:00 there
    assert "was due Tue 3 Mar" in log.proposed().why


def test_every_blocker_has_its_word_on_the_patient_and_no_proposal_judges_fit() -> None:
    assert set(PATIENT_OF_BLOCKER) == set(BlockerCategory)
    every = [
        propose_patient(stage, blockers, attempts=attempts, is_reviewed=is_reviewed)
        for stage in Stage
        for blockers in ((), *((category,) for category in BlockerCategory))
        for attempts in (0, 2)
        for is_reviewed in (False, True)
    ]
    assert all(found.why for found in every)
    assert {found.reason for found in every} == {*PatientReason, None} - {PatientReason.NOT_A_FIT}


@pytest.mark.parametrize("stage", [Stage.NEW_INQUIRY, Stage.AWAITING_PRESCREEN, Stage.CONTACTED])
def test_nobody_is_said_not_to_respond_whom_nobody_tried(stage: Stage) -> None:
    assert propose_patient(stage, (), attempts=0).reason is None
    tried = propose_patient(stage, (), attempts=2)
    assert tried.reason == PatientReason.NO_RESPONSE
    assert tried.why == "2 tries without an answer."


def test_a_blocker_says_more_than_the_stage_and_an_open_review_more_than_both_together() -> None:
    for stage, usual in PATIENT_OF_STAGE.items():
        assert propose_patient(stage, (), attempts=0).reason == usual
        blocked = propose_patient(stage, ("travel",), attempts=0)
        assert blocked.reason == PatientReason.SCHEDULING
        asked = propose_patient(stage, ("study_paused",), attempts=0, is_reviewed=True)
        assert asked.reason == PatientReason.NEEDS_REVIEW
