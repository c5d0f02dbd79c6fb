"""Closing through the services: what each close writes, ends and refuses (9, D26, D27, D30)."""

import pytest

from accounts.models import User
from recruitment.models import CloseReason, Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import IllegalMove, InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    PrescreenState,
)
from recruitment.services.moves import move_lead
from recruitment.services.prescreens import record_prescreen
from recruitment.services.sub_reasons import add_sub_reason, retire_sub_reason
from recruitment.services.undo import undo_action
from tests.factories.recruitment import (
    MONDAY,
    StudyFactory,
    StudyStaffFactory,
    make_lead,
)
from tests.recruitment.services.closes import DAY, HOUR, close, contacted, reasons

C = CloseCode


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A lead whose person was reached once: Contacted."""
    return contacted(make_lead(study_site, owner=coordinator), coordinator)


def test_a_close_keeps_its_main_reason_and_what_contributed(lead: Lead, coordinator: User) -> None:
    close(lead, C.BURDEN_TRAVEL, coordinator, contributing=[C.BURDEN_COST, C.BURDEN_CAREGIVER])

    assert lead.stage == Stage.CLOSED_OTHER
    assert reasons(lead) == [(1, "burden_travel"), (2, "burden_cost"), (3, "burden_caregiver")]
    event = lead.events.get(kind="stage_changed", to_stage="closed_other")
    assert event.reason_code == "burden_travel"
    assert set(lead.close_reasons.values_list("event", flat=True)) == {event.pk}


def test_a_close_taken_back_leaves_no_reason_standing(lead: Lead, coordinator: User) -> None:
    close(lead, C.BURDEN_TRAVEL, coordinator, contributing=[C.BURDEN_COST])
    event = lead.events.get(to_stage="closed_other")

    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + 2 * DAY + HOUR)

    lead.refresh_from_db()
    assert lead.stage == Stage.CONTACTED
    assert reasons(lead) == []
    assert CloseReason.everything.filter(lead=lead).count() == 2
    assert list(differences([lead])) == []


def test_a_bare_move_to_closed_obeys_the_same_rules(lead: Lead, coordinator: User) -> None:
    with pytest.raises(InvalidInput, match="belongs to: Records needed"):
        move_lead(
            lead=lead,
            to=Stage.CLOSED_OTHER,
            by=coordinator,
            at=MONDAY + DAY,
            seen=lead.version,
            reason=C.REC_UNOBTAINABLE,
        )
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        by=coordinator,
        at=MONDAY + DAY,
        seen=lead.version,
        reason=C.BURDEN_COST,
    )

    assert reasons(lead) == [(1, "burden_cost")]


def test_a_closed_lead_is_not_closed_again_and_an_unknown_code_closes_nothing(
    lead: Lead, coordinator: User
) -> None:
    with pytest.raises(InvalidInput, match="Close reason: choose one of"):
        close(lead, "not_eligible", coordinator)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="characters"):
        close(lead, C.BURDEN_COST, coordinator, note="x" * 2001)
    close(lead, C.BURDEN_COST, coordinator)

    with pytest.raises(InvalidInput, match="closed already"):
        close(lead, C.BURDEN_COST, coordinator, 3 * DAY)
    assert reasons(lead) == [(1, "burden_cost")]


def test_s09_a_criterion_never_closes_a_new_inquiry(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    decider = StudyStaffFactory(study_site=study_site)

    with pytest.raises(IllegalMove):
        close(lead, C.CRIT_MEDICATION, coordinator, decided_by=decider)


@pytest.mark.parametrize("decides", ["study_team", "prescreening"])
def test_before_consent_a_delegated_coordinator_or_the_study_team_decides_on_a_criterion(
    lead: Lead, coordinator: User, decides: str
) -> None:
    decider = StudyStaffFactory(study_site=lead.study_site, decides=decides)
    with pytest.raises(InvalidInput) as refusal:
        close(lead, C.CRIT_MEDICATION, coordinator)
    with pytest.raises(Refusal, match="completed prescreen"):
        close(lead, C.CRIT_MEDICATION, coordinator, decided_by=decider)
    record_prescreen(
        lead=lead,
        state=PrescreenState.COMPLETE,
        by=coordinator,
        at=MONDAY + DAY,
        seen=lead.version,
    )

    close(lead, C.CRIT_MEDICATION, coordinator, decided_by=decider)

    assert refusal.value.field == "decided_by"
    assert lead.stage == Stage.NOT_QUALIFIED


def test_not_now_keeps_its_date_in_the_log(lead: Lead, coordinator: User) -> None:
    until = MONDAY + 90 * DAY
    with pytest.raises(InvalidInput) as refusal:
        close(lead, C.NOT_NOW, coordinator)

    close(lead, C.NOT_NOW, coordinator, until=until)

    assert refusal.value.field == "until"
    assert lead.events.get(to_stage="closed_other").due_at == until


def test_a_study_detail_stands_under_its_own_code_while_it_is_in_use(
    lead: Lead, coordinator: User
) -> None:
    study = lead.study_site.study

    def detail(under_study: object = study) -> object:
        return add_sub_reason(
            study=under_study,  # type: ignore[arg-type]
            under="close",
            code=C.BURDEN_TRAVEL,
            label="No bus in the evening",
            by=coordinator,
            at=MONDAY,
        )

    ours, theirs = detail(), detail(StudyFactory())
    for code, row in ((C.BURDEN_COST, ours), (C.BURDEN_TRAVEL, theirs)):
        with pytest.raises(InvalidInput) as refusal:
            close(lead, code, coordinator, sub_reason=row)
        assert refusal.value.field == "sub_reason"
    close(lead, C.BURDEN_TRAVEL, coordinator, sub_reason=ours)

    assert lead.close_reasons.get().sub_reason == ours
    retire_sub_reason(row=ours, by=coordinator, at=MONDAY + DAY)  # type: ignore[arg-type]
    assert lead.close_reasons.get().sub_reason.label == "No bus in the evening"


def test_missed_visits_are_on_record_before_they_close_a_lead(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    move_lead(
        lead=lead,
        to=Stage.NO_RESPONSE,
        by=coordinator,
        at=MONDAY + DAY,
        seen=lead.version,
        plan=Plan(ActionType.DECIDE_CLOSE, MONDAY + 15 * DAY),
    )

    with pytest.raises(Refusal, match="No missed visit is on record"):
        close(lead, C.SCHED_NOSHOW, coordinator)
