"""Closing through the services: what each close writes, ends and refuses (9, D26, D27, D30)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import CloseReason, DoNotContact, Lead, LeadNote, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import IllegalMove, InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PermissionState,
    PrescreenState,
)
from recruitment.services.closing import close_lead
from recruitment.services.moves import move_lead
from recruitment.services.one_by_one import Seen
from recruitment.services.outreach import log_outreach
from recruitment.services.prescreens import record_prescreen
from recruitment.services.reviews import request_review
from recruitment.services.several import close_several
from recruitment.services.sub_reasons import add_sub_reason, retire_sub_reason
from recruitment.services.undo import undo_action
from tests.factories.recruitment import (
    MONDAY,
    StudyFactory,
    StudySiteFactory,
    StudyStaffFactory,
    make_enquirer,
    make_lead,
    make_member,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
C = CloseCode


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A lead whose person was reached once: Contacted."""
    return contacted(make_lead(study_site, owner=coordinator), coordinator)


def contacted(lead: Lead, by: User) -> Lead:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        by=by,
        at=MONDAY + HOUR,
        seen=None,  # type: ignore[arg-type]
        plan=Plan(ActionType.MESSAGE, MONDAY + DAY),
    )
    lead.refresh_from_db()
    return lead


def unanswered(lead: Lead, by: User, *channels: Channel, first: timedelta = HOUR) -> None:
    for n, channel in enumerate(channels):
        log_outreach(
            lead=lead,
            channel=channel,
            result=ContactResult.NO_ANSWER,
            by=by,
            at=MONDAY + first + n * DAY,
            seen=None,  # type: ignore[arg-type]
            sure=True,
        )
    lead.refresh_from_db()


def close(
    lead: Lead, code: CloseCode, by: User, after: timedelta = 2 * DAY, **more: object
) -> None:
    at = MONDAY + after
    close_lead(lead=lead, code=code, by=by, at=at, seen=None, **more)  # type: ignore[arg-type]
    lead.refresh_from_db()
    assert list(differences([lead])) == []


def reasons(lead: Lead) -> list[tuple[int, str]]:
    return list(lead.close_reasons.order_by("position").values_list("position", "code"))


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


# Could not be reached ---------------------------------------------------------------------------


def test_could_not_reach_names_what_the_cadence_still_asks_for(
    study_site: StudySite, coordinator: User
) -> None:
    both = {Channel.PHONE: PermissionState.YES, Channel.EMAIL: PermissionState.YES}
    lead = make_lead(study_site, enquirer=make_enquirer(7, permissions=both))
    unanswered(lead, coordinator, Channel.PHONE, Channel.PHONE)
    move_to_no_response(lead, coordinator)

    with pytest.raises(InvalidInput) as refusal:
        close(lead, C.CONTACT_UNREACHED, coordinator, 3 * DAY)

    assert refusal.value.field == "override"
    said = str(refusal.value)
    assert "2 of 5 attempts made" in said
    assert "e-mail, which is allowed, was not tried" in said
    assert "call-back window ends Tue 17 Mar" in said
    assert "A site lead may close with a reason" in said


def move_to_no_response(lead: Lead, by: User, after: timedelta = 2 * DAY) -> None:
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.NO_RESPONSE,
        by=by,
        at=MONDAY + after,
        seen=lead.version,
        plan=Plan(ActionType.DECIDE_CLOSE, MONDAY + 30 * DAY),
    )
    lead.refresh_from_db()


def test_the_whole_cadence_and_its_window_let_a_lead_be_closed_as_not_reached(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    unanswered(lead, coordinator, *[Channel.PHONE] * 5)
    move_to_no_response(lead, coordinator, 5 * DAY)

    with pytest.raises(InvalidInput, match="call-back window ends"):
        close(lead, C.CONTACT_UNREACHED, coordinator, 17 * DAY)
    close(lead, C.CONTACT_UNREACHED, coordinator, 4 * DAY + HOUR + 14 * DAY)

    assert lead.stage == Stage.CLOSED_OTHER


def test_a_site_lead_lets_could_not_reach_pass_with_a_reason_and_nobody_else_does(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = make_lead(study_site)
    unanswered(lead, coordinator, Channel.PHONE)
    why = "The study closes on Friday"

    with pytest.raises(Refusal, match="site lead"):
        close(lead, C.CONTACT_UNREACHED, coordinator, override=why)
    close(lead, C.CONTACT_UNREACHED, site_lead, override=why)

    event = lead.events.get(kind="gate_overridden")
    assert event.code == "unreached"
    said = LeadNote.objects.get(event=event).text
    assert why in said
    assert "1 of 5 attempts made" in said


# Contact ends -----------------------------------------------------------------------------------


def test_asking_not_to_be_contacted_by_a_close_forbids_it_everywhere(
    lead: Lead, coordinator: User
) -> None:
    close(lead, C.CONTACT_DNC, coordinator)

    assert set(DoNotContact.objects.values_list("scope", flat=True)) == {"organisation"}
    assert lead.events.filter(kind="permission_recorded").exists()


def test_a_death_closes_every_lead_where_the_actor_works_and_ends_contact_elsewhere(
    study_site: StudySite, coordinator: User
) -> None:
    here = make_lead(study_site, owner=coordinator)
    person = here.person
    beside_site = StudySiteFactory(site=study_site.site)
    make_member(Role.COORDINATOR, beside_site, user=coordinator)
    beside = make_lead(beside_site, person=person)
    elsewhere = make_lead(StudySiteFactory(), person=person)

    close(here, C.DECEASED, coordinator)

    for lead in (beside, elsewhere):
        lead.refresh_from_db()
        assert list(differences([lead])) == []
    assert (here.stage, beside.stage) == (Stage.CLOSED_OTHER, Stage.CLOSED_OTHER)
    assert reasons(beside) == [(1, "deceased")]
    assert elsewhere.stage == Stage.NEW_INQUIRY
    assert elsewhere.next_actions.get(ended_at=None).type == ActionType.DECIDE_CLOSE
    note = elsewhere.events.get(kind="note_added")
    assert (LeadNote.objects.get(event=note).text, note.actor) == ("Contact has ended.", None)
    assert not elsewhere.events.filter(reason_code="deceased").exists()
    assert set(DoNotContact.objects.values_list("scope", flat=True)) == {"organisation"}


def test_a_death_is_told_by_the_close_alone(lead: Lead, coordinator: User) -> None:
    with pytest.raises(InvalidInput, match="ends all contact"):
        move_lead(
            lead=lead,
            to=Stage.CLOSED_OTHER,
            by=coordinator,
            at=MONDAY + DAY,
            seen=lead.version,
            reason=C.DECEASED,
        )


# Several at once --------------------------------------------------------------------------------


def test_several_leads_are_closed_one_by_one_and_each_refusal_is_told(
    study_site: StudySite, coordinator: User
) -> None:
    ready, short, changed = (make_lead(study_site) for _ in range(3))
    for lead in (ready, changed):
        unanswered(lead, coordinator, *[Channel.PHONE] * 5)
        move_to_no_response(lead, coordinator, 5 * DAY)
    unanswered(short, coordinator, Channel.PHONE)
    move_to_no_response(short, coordinator, 5 * DAY)

    done = close_several(
        leads=[
            Seen(ready, ready.version),
            Seen(short, short.version),
            Seen(changed, changed.version - 1),
        ],
        code=C.CONTACT_UNREACHED,
        by=coordinator,
        at=MONDAY + 40 * DAY,
    )
    refused = [row for row in done if row.why]

    for lead in (ready, short, changed):
        lead.refresh_from_db()
        assert list(differences([lead])) == []
    assert [row.lead for row in refused] == [short, changed]
    assert "1 of 5 attempts made" in refused[0].why
    assert "saved nothing" in refused[1].why
    assert ready.stage == Stage.CLOSED_OTHER
    assert short.stage == changed.stage == Stage.NO_RESPONSE
    assert reasons(short) == reasons(changed) == []


def test_a_review_that_is_asked_for_is_withdrawn_by_a_close(lead: Lead, coordinator: User) -> None:
    record_prescreen(
        lead=lead,
        state=PrescreenState.COMPLETE,
        by=coordinator,
        at=MONDAY + DAY,
        seen=lead.version,
    )
    lead.refresh_from_db()
    plan = Plan(ActionType.AWAIT_REVIEW, MONDAY + 5 * DAY)
    request_review(lead=lead, plan=plan, by=coordinator, at=MONDAY + DAY, seen=lead.version)

    close(lead, C.PT_NOT_INTERESTED, coordinator)

    assert lead.reviews.get().decision == "withdrawn"
