"""One lead's whole way through the services, with the fold agreeing after every step."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import IllegalMove, InvalidInput, LeadChanged
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    PrescreenState,
    RecordsType,
    ReviewDecision,
    VisitResult,
)
from recruitment.rules.work_codes import RecordsResult
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.moves import move_lead
from recruitment.services.notes import add_note
from recruitment.services.outreach import log_outreach
from recruitment.services.ownership import claim_lead
from recruitment.services.prescreens import record_prescreen
from recruitment.services.records import (
    name_records,
    receive_record,
    request_record,
    review_record,
)
from recruitment.services.records_lists import NamedRecord
from recruitment.services.reviews import decide_review, request_review
from recruitment.services.staleness import flag_stale
from recruitment.services.visits import book_visit, confirm_visit, end_visit, offer_dates
from tests.factories.recruitment import MONDAY, StudyStaffFactory, make_lead


def _agree(lead: Lead) -> int:
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    return lead.version


@pytest.mark.slow
def test_a_lead_walks_from_receipt_to_enrolled_and_row_and_log_agree_all_the_way(
    study_site: StudySite, coordinator: User
) -> None:
    decider = StudyStaffFactory(study_site=study_site)
    lead = make_lead(study_site)
    at = MONDAY
    seen = _agree(lead)

    def step(service: object, **values: object) -> None:
        nonlocal at, seen
        at += timedelta(hours=3)
        service(lead=lead, by=coordinator, at=at, seen=seen, **values)  # type: ignore[operator]
        seen = _agree(lead)

    def plan(type_: ActionType, hours: int = 24) -> Plan:
        return Plan(type_, at + timedelta(hours=hours))

    claim_lead(lead=lead, by=coordinator, at=at)
    seen = _agree(lead)
    step(log_outreach, channel=Channel.PHONE, result=ContactResult.NO_ANSWER)
    assert lead.attempts == 1
    assert lead.last_movement_at is None
    step(
        log_outreach,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        plan=plan(ActionType.FINISH_PRESCREEN),
    )
    assert lead.stage == Stage.CONTACTED
    assert lead.attempts == 0
    step(
        record_prescreen,
        state=PrescreenState.COMPLETE,
        to=Stage.COORDINATOR_REVIEW,
        plan=plan(ActionType.REVIEW_PRESCREEN),
    )
    step(request_review, plan=plan(ActionType.AWAIT_REVIEW))
    assert lead.waiting_on == "study_team"
    step(
        decide_review,
        decision=ReviewDecision.PROCEED,
        decided_by=decider,
        to=Stage.RECORDS_NEEDED,
        plan=plan(ActionType.REQUEST_RECORDS),
    )
    step(name_records, items=[NamedRecord(RecordsType.LABS)])
    step(
        request_record,
        type=RecordsType.LABS,
        how="fax",
        plan=plan(ActionType.CHASE_RECORDS),
    )
    step(open_blocker, category=BlockerCategory.MISSING_RECORDS, review_by=at + timedelta(days=9))
    assert lead.waiting_on == "records_provider"
    resolve_blocker(
        blocker=lead.blockers.get(),
        resolution="The records came.",
        by=coordinator,
        at=at,
        seen=seen,
    )
    seen = _agree(lead)
    step(receive_record, type=RecordsType.LABS)
    step(review_record, type=RecordsType.LABS, result=RecordsResult.SUFFICIENT)
    step(move_lead, to=Stage.READY_TO_SCHEDULE, plan=plan(ActionType.OFFER_DATES))
    step(offer_dates, plan=Plan(ActionType.CALL, MONDAY + timedelta(days=3)))
    step(
        book_visit,
        starts_at=at + timedelta(days=7),
        place="Clinic, room 2",
        preparation_sent=True,
    )
    step(confirm_visit)
    at += timedelta(days=8)
    step(
        end_visit,
        result=VisitResult.ATTENDED,
        plan=plan(ActionType.RECORD_OUTCOME),
        decided_by=decider,
    )
    add_note(lead=lead, text="Outcome expected on Friday.", by=coordinator, at=at)
    seen = _agree(lead)
    step(move_lead, to=Stage.ENROLLED, decided_by=decider)
    assert lead.waiting_on == ""
    assert lead.stale_at is None
    assert lead.milestones.count() >= 14


def test_the_second_of_two_people_is_told_who_was_first(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = make_lead(study_site)
    values = {
        "lead": lead,
        "channel": Channel.PHONE,
        "result": ContactResult.NO_ANSWER,
        "at": MONDAY + timedelta(hours=1),
        "seen": lead.version,
    }
    log_outreach(by=coordinator, **values)

    with pytest.raises(LeadChanged, match="Priya Raman was first"):
        log_outreach(by=site_lead, **values)

    assert lead.attempts_made.count() == 1


def test_a_stage_change_without_a_next_action_is_refused_and_nothing_is_saved(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)

    with pytest.raises(InvalidInput) as refusal:
        move_lead(
            lead=lead,
            to=Stage.CONTACTED,
            by=coordinator,
            at=MONDAY + timedelta(hours=1),
            seen=lead.version,
        )

    assert refusal.value.field == "action"
    lead.refresh_from_db()
    assert lead.stage == Stage.NEW_INQUIRY


def test_an_illegal_move_names_the_allowed_ones(study_site: StudySite, coordinator: User) -> None:
    lead = make_lead(study_site)

    with pytest.raises(IllegalMove, match="Allowed from here: Awaiting prescreen"):
        move_lead(
            lead=lead,
            to=Stage.SCHEDULED,
            by=coordinator,
            at=MONDAY,
            seen=lead.version,
            plan=Plan(ActionType.CALL, MONDAY + timedelta(days=1)),
        )


def test_flagging_twice_flags_once_and_changes_no_stage(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    late = MONDAY + timedelta(days=10)

    assert flag_stale(at=late) == 1
    assert flag_stale(at=late) == 0

    _agree(lead)
    assert lead.stage == Stage.NEW_INQUIRY
    assert lead.milestones.filter(code="stale_flagged").count() == 1
