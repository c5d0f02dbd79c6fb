"""What the verbs refuse, so that rows, log and reports cannot contradict one another."""

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    PrescreenState,
    ReviewDecision,
    VisitResult,
)
from recruitment.rules.work_codes import FitSignal
from recruitment.services.prescreens import record_prescreen
from recruitment.services.reviews import decide_review, request_review
from recruitment.services.skipped import Skipped
from recruitment.services.visits import book_visit, end_visit
from tests.factories.recruitment import (
    MONDAY,
    StudyStaffFactory,
    make_lead,
)
from tests.recruitment.services.held import DAY, HOUR, move, plan_of


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def _scheduled(lead: Lead, by: User) -> None:
    move(lead, Stage.CONTACTED, by)
    book_visit(
        lead=lead,
        starts_at=MONDAY + 7 * DAY,
        place="Room 2",
        preparation_sent=True,
        by=by,
        at=MONDAY + 2 * HOUR,
        seen=lead.version,
        skipped=Skipped(MONDAY + HOUR, MONDAY + HOUR, FitSignal.NO_CONFLICT),
    )
    lead.refresh_from_db()


def test_scheduled_stands_for_a_booked_visit(lead: Lead, coordinator: User) -> None:
    move(lead, Stage.CONTACTED, coordinator)

    with pytest.raises(InvalidInput, match="Book the visit"):
        move(lead, Stage.SCHEDULED, coordinator, 2)


def test_a_booked_visit_is_not_left_without_its_result(lead: Lead, coordinator: User) -> None:
    _scheduled(lead, coordinator)

    with pytest.raises(InvalidInput, match="became of the visit"):
        move(lead, Stage.CONTACTED, coordinator, 3)


def test_a_visit_is_not_attended_before_it_begins(lead: Lead, coordinator: User) -> None:
    _scheduled(lead, coordinator)

    with pytest.raises(InvalidInput, match="not begun"):
        end_visit(
            lead=lead,
            result=VisitResult.ATTENDED,
            by=coordinator,
            at=MONDAY + DAY,
            seen=lead.version,
            plan=plan_of(300),
            decided_by=StudyStaffFactory(study_site=lead.study_site),
        )


@pytest.mark.parametrize(
    ("reason", "result"),
    [
        (CloseCode.BURDEN_TRAVEL, VisitResult.PATIENT_CANCELED),
        (CloseCode.CAPACITY_SITE, VisitResult.SITE_CANCELED),
    ],
)
def test_closing_ends_a_visit_by_whoever_could_not_come_and_says_so_in_the_log(
    lead: Lead, coordinator: User, reason: CloseCode, result: VisitResult
) -> None:
    _scheduled(lead, coordinator)

    move(lead, Stage.CLOSED_OTHER, coordinator, 4, reason=reason)

    assert lead.visits.get().result == result
    assert lead.events.filter(kind="visit_ended", code=result).count() == 1
    assert list(differences([lead])) == []


def test_stages_follow_one_another_in_time(lead: Lead, coordinator: User) -> None:
    move(lead, Stage.CONTACTED, coordinator, 48)

    with pytest.raises(InvalidInput) as refusal:
        move(lead, Stage.RECORDS_NEEDED, coordinator, 50, occurred_at=MONDAY + HOUR)

    assert refusal.value.field == "occurred_at"


def test_a_decider_who_left_the_team_decides_nothing(lead: Lead, coordinator: User) -> None:
    move(lead, Stage.CONTACTED, coordinator)
    gone = StudyStaffFactory(study_site=lead.study_site, is_active=False)

    with pytest.raises(InvalidInput, match="not on this study's team"):
        move(
            lead,
            Stage.NOT_QUALIFIED,
            coordinator,
            2,
            reason=CloseCode.CRIT_MEDICATION,
            decided_by=gone,
        )


def _in_review(lead: Lead, by: User) -> None:
    record_prescreen(
        lead=lead,
        state=PrescreenState.COMPLETE,
        by=by,
        at=MONDAY + HOUR,
        seen=lead.version,
        to=Stage.COORDINATOR_REVIEW,
        plan=plan_of(),
    )
    lead.refresh_from_db()
    request_review(lead=lead, plan=plan_of(), by=by, at=MONDAY + 2 * HOUR, seen=lead.version)
    lead.refresh_from_db()


def test_closing_withdraws_an_open_review(lead: Lead, coordinator: User) -> None:
    _in_review(lead, coordinator)

    move(lead, Stage.CLOSED_OTHER, coordinator, 3, reason=CloseCode.PT_NOT_INTERESTED)

    assert lead.reviews.get().decision == ReviewDecision.WITHDRAWN


@pytest.mark.parametrize(
    ("decision", "to"),
    [
        (ReviewDecision.NOT_PROCEEDING, Stage.READY_TO_SCHEDULE),
        (ReviewDecision.PROCEED, Stage.NOT_QUALIFIED),
    ],
)
def test_a_decision_and_its_stage_say_the_same(
    lead: Lead, coordinator: User, decision: ReviewDecision, to: Stage
) -> None:
    _in_review(lead, coordinator)

    with pytest.raises(InvalidInput) as refusal:
        decide_review(
            lead=lead,
            decision=decision,
            decided_by=StudyStaffFactory(study_site=lead.study_site),
            by=coordinator,
            at=MONDAY + 3 * HOUR,
            seen=lead.version,
            plan=plan_of(),
            to=to,
        )

    assert refusal.value.field == "to"


def test_a_complete_prescreen_does_not_begin_again(lead: Lead, coordinator: User) -> None:
    _in_review(lead, coordinator)

    with pytest.raises(InvalidInput, match="complete already"):
        record_prescreen(
            lead=lead,
            state=PrescreenState.STARTED,
            by=coordinator,
            at=MONDAY + 3 * HOUR,
            seen=lead.version,
        )
