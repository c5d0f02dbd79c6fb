"""Reviewing stale leads through the service: what each outcome does, and what is refused (6.3)."""

from typing import Any

import pytest

from accounts.models import User
from recruitment.models import (
    Blocker,
    Lead,
    LeadEvent,
    Review,
    StaleReview,
    StudySite,
)
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery_codes import RecoveryOutcome
from recruitment.rules.refusals import InvalidInput, LeadChanged
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    RecordsType,
)
from recruitment.services.blockers import Named
from recruitment.services.close_reasons import Close
from recruitment.services.next_actions import set_next_action
from recruitment.services.outreach import log_outreach
from recruitment.services.records import NamedRecord, name_records
from recruitment.services.recovery import Decided, Obstacle, review_stale
from tests.factories.recruitment import MONDAY, StudyStaffFactory, make_lead
from tests.factories.stages import bring_to
from tests.recruitment.services.stale import (
    DAY,
    HOUR,
    LATER,
    A,
    Out,
    P,
    R,
    kinds,
    open_action,
    plan,
    review,
)


def test_a_review_keeps_both_reasons_what_was_proposed_and_until_when_it_may_recover(
    lead: Lead, coordinator: User
) -> None:
    made = review(lead, coordinator, Out.RECONTACT, plan=plan(), process_reason=R.SLOW_FOLLOW_UP)

    assert (made.patient_reason, made.process_reason) == (P.NO_RESPONSE, R.SLOW_FOLLOW_UP)
    assert made.proposed == R.BURIED  # nobody did anything since it came in
    assert made.recover_by == LATER + 14 * DAY  # ten working days, at the same hour
    event = LeadEvent.objects.get(lead=lead, kind=EventKind.STALE_REVIEWED)
    assert (event.code, event.reason_code) == (Out.RECONTACT, P.NO_RESPONSE)
    assert (event.subject_id, event.due_at) == (made.pk, made.recover_by)
    assert open_action(lead).due_at == LATER + DAY
    assert open_action(lead).owner == coordinator
    assert lead.stale_at == LATER + DAY  # on plan until then
    assert lead.stage == Stage.NEW_INQUIRY


@pytest.mark.parametrize("missing", ["patient_reason", "process_reason"])
@pytest.mark.parametrize("nothing", [None, "", "tired"])
def test_a_review_without_both_reasons_is_refused(
    lead: Lead, coordinator: User, missing: str, nothing: Any
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        review(lead, coordinator, Out.RECONTACT, plan=plan(), **{missing: nothing})
    assert refusal.value.field == missing
    assert not StaleReview.objects.exists()
    assert EventKind.STALE_REVIEWED not in kinds(lead)


def test_movement_in_time_recovers_the_lead_and_later_movement_does_not(
    study_site: StudySite, coordinator: User
) -> None:
    for days, recovers in ((13, True), (15, False)):
        lead = make_lead(study_site, owner=coordinator)
        review(lead, coordinator, Out.RECONTACT, plan=plan())
        at = LATER + days * DAY
        log_outreach(
            lead=lead,
            channel=Channel.PHONE,
            result=ContactResult.REACHED,
            plan=Plan(A.CALL, at + DAY),
            to=Stage.CONTACTED,
            by=coordinator,
            at=at,
            seen=lead.version,
        )
        assert (EventKind.RECOVERED in kinds(lead)) is recovers


def test_what_a_review_sets_going_is_not_the_leads_recovery(lead: Lead, coordinator: User) -> None:
    obstacle = Obstacle(
        category=BlockerCategory.TRAVEL, about=Named(review_by=LATER + 5 * DAY, detail="No bus")
    )
    review(lead, coordinator, Out.OPEN_BLOCKER, plan=plan(), obstacle=obstacle)

    assert Blocker.objects.get(lead=lead).category == BlockerCategory.TRAVEL
    assert EventKind.RECOVERED not in kinds(lead)
    assert lead.recover_by is not None


def test_an_open_blocker_needs_its_name_and_a_day_to_look_at_it_again(
    lead: Lead, coordinator: User
) -> None:
    undated = Obstacle(category=BlockerCategory.INTERPRETER, about=Named())
    for obstacle, field in ((None, "category"), (undated, "review_by")):
        with pytest.raises(InvalidInput) as refusal:
            review(lead, coordinator, Out.OPEN_BLOCKER, plan=plan(), obstacle=obstacle)
        assert refusal.value.field == field


def name_labs(lead: Lead, by: User) -> None:
    lead.refresh_from_db()
    labs = NamedRecord(RecordsType.LABS)
    at = lead.stage_entered_at + HOUR
    name_records(lead=lead, items=[labs], by=by, at=at, seen=lead.version)
    lead.refresh_from_db()


@pytest.mark.parametrize(
    ("stage", "outcome", "kind"),
    [
        (Stage.RECORDS_NEEDED, Out.CHASE_RECORDS, A.REQUEST_RECORDS),
        (Stage.READY_TO_SCHEDULE, Out.REOFFER_DATES, A.OFFER_DATES),
        (Stage.CONTACTED, Out.RECONTACT, A.MESSAGE),
        (Stage.CONTACTED, Out.ESCALATE, A.ESCALATE),
        (Stage.COORDINATOR_REVIEW, Out.SEND_TO_REVIEW, A.REVIEW_PRESCREEN),
        (Stage.SCREENED, Out.SEND_TO_REVIEW, A.RECORD_OUTCOME),
        (Stage.NO_RESPONSE, Out.RECONTACT, A.CALL),
    ],
)
def test_each_outcome_yields_an_owner_and_a_date_and_moves_no_stage(
    lead: Lead,
    coordinator: User,
    stage: Stage,
    outcome: RecoveryOutcome,
    kind: ActionType,
) -> None:
    bring_to(stage, lead, coordinator)
    if stage == Stage.RECORDS_NEEDED:
        name_labs(lead, coordinator)
    at = LATER + 30 * DAY

    review(lead, coordinator, outcome, plan=plan(kind, at), at=at)

    assert lead.stage == stage
    row = open_action(lead)
    assert (row.type, row.due_at, row.owner) == (kind, at + DAY, coordinator)


def test_the_study_team_is_asked_once(lead: Lead, coordinator: User) -> None:
    bring_to(Stage.COORDINATOR_REVIEW, lead, coordinator)
    for n in range(2):
        at = LATER + n * 20 * DAY
        review(
            lead,
            coordinator,
            Out.SEND_TO_REVIEW,
            plan=plan(A.AWAIT_REVIEW, at),
            patient_reason=P.NOT_A_FIT,
            at=at,
        )
    assert Review.objects.filter(lead=lead, decision="").count() == 1
    assert kinds(lead).count(EventKind.REVIEW_REQUESTED) == 1


def test_likely_not_a_fit_never_closes_a_lead(lead: Lead, coordinator: User) -> None:
    close = Close(CloseCode.PT_NOT_INTERESTED)
    with pytest.raises(InvalidInput, match="settled in a review"):
        review(lead, coordinator, Out.CLOSE, close=close, patient_reason=P.NOT_A_FIT)
    assert lead.stage == Stage.NEW_INQUIRY


def test_a_close_goes_by_the_rules_of_every_close(lead: Lead, coordinator: User) -> None:
    with pytest.raises(InvalidInput, match="main reason"):
        review(lead, coordinator, Out.CLOSE)
    with pytest.raises(InvalidInput, match="cadence is not used up"):
        review(lead, coordinator, Out.CLOSE, close=Close(CloseCode.CONTACT_UNREACHED))
    for code in (CloseCode.DECEASED, CloseCode.CONTACT_DNC):
        with pytest.raises(InvalidInput, match="its own form"):
            review(lead, coordinator, Out.CLOSE, close=Close(code))

    made = review(lead, coordinator, Out.CLOSE, close=Close(CloseCode.PT_NOT_INTERESTED))

    assert lead.stage == Stage.CLOSED_OTHER
    assert made.recover_by is None
    assert lead.recover_by is None
    with pytest.raises(InvalidInput, match="closed"):
        review_stale(
            lead=lead,
            patient_reason=P.NO_RESPONSE,
            process_reason=R.NONE,
            decided=Decided(outcome=Out.RECONTACT, plan=plan()),
            by=coordinator,
            at=LATER,
            seen=lead.version,
        )


@pytest.mark.parametrize("outcome", [o for o in Out if o not in {Out.CLOSE, Out.REASSIGN}])
def test_everything_but_a_close_needs_a_plan_that_fits(
    lead: Lead, coordinator: User, outcome: RecoveryOutcome
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        review(lead, coordinator, outcome)
    assert refusal.value.field == "action"
    if outcome not in {Out.OPEN_BLOCKER}:
        with pytest.raises(InvalidInput, match="is followed by"):
            review(lead, coordinator, outcome, plan=plan(A.SEND_PREPARATION))


@pytest.mark.parametrize(
    ("outcome", "kind", "words"),
    [
        (Out.CHASE_RECORDS, A.CHASE_RECORDS, "No record is requested"),
        (Out.REOFFER_DATES, A.OFFER_DATES, "ready to schedule"),
        (Out.SEND_TO_REVIEW, A.AWAIT_REVIEW, "Complete the prescreen first"),
        (Out.SEND_TO_REVIEW, A.RECORD_OUTCOME, "after a screening visit"),
    ],
)
def test_an_outcome_that_cannot_be_done_here_is_refused(
    lead: Lead, coordinator: User, outcome: RecoveryOutcome, kind: ActionType, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        review(lead, coordinator, outcome, plan=plan(kind))
    assert not StaleReview.objects.exists()


def test_a_lead_on_plan_is_not_reviewed(lead: Lead, coordinator: User) -> None:
    set_next_action(
        lead=lead,
        plan=Plan(A.CALL, LATER + DAY),
        reason="She is away.",
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
    )
    lead.refresh_from_db()
    with pytest.raises(InvalidInput, match=r"on plan until Thu 2 Apr 11:00"):
        review_stale(
            lead=lead,
            patient_reason=P.NO_RESPONSE,
            process_reason=R.NONE,
            decided=Decided(outcome=Out.RECONTACT, plan=plan()),
            by=coordinator,
            at=LATER,
            seen=lead.version,
        )


def test_a_second_review_of_the_same_page_is_refused(lead: Lead, coordinator: User) -> None:
    seen = lead.version
    review(lead, coordinator, Out.RECONTACT, plan=plan())
    with pytest.raises(LeadChanged):
        review_stale(
            lead=lead,
            patient_reason=P.NO_RESPONSE,
            process_reason=R.NONE,
            decided=Decided(outcome=Out.RECONTACT, plan=plan()),
            by=coordinator,
            at=LATER,
            seen=seen,
        )


def test_a_promised_call_is_replaced_only_with_a_reason(lead: Lead, coordinator: User) -> None:
    promised = Plan(A.CALL, MONDAY + 3 * DAY, is_promised=True)
    set_next_action(lead=lead, plan=promised, by=coordinator, at=MONDAY + HOUR, seen=lead.version)
    with pytest.raises(InvalidInput) as refusal:
        review(lead, coordinator, Out.RECONTACT, plan=plan())
    assert refusal.value.field == "note"
    review(lead, coordinator, Out.RECONTACT, plan=plan(), note="She moved; a letter goes first.")
    assert not open_action(lead).is_promised


def test_the_decider_of_a_close_after_a_screening_is_named(lead: Lead, coordinator: User) -> None:
    bring_to(Stage.SCREENED, lead, coordinator)
    at = LATER + 60 * DAY
    close = Close(CloseCode.CRIT_MEDICATION)
    with pytest.raises(InvalidInput):
        review(lead, coordinator, Out.CLOSE, close=close, at=at)
    decider = StudyStaffFactory(study_site=lead.study_site)
    review(lead, coordinator, Out.CLOSE, close=close, decided_by=decider, at=at)
    assert lead.stage == Stage.NOT_QUALIFIED
