"""Closing as not reached, closes that end contact, and several at once (CD2, CL1, D25)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import DoNotContact, Lead, LeadNote, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PermissionState,
    PrescreenState,
)
from recruitment.services.moves import move_lead
from recruitment.services.one_by_one import Seen
from recruitment.services.outreach import log_outreach
from recruitment.services.prescreens import record_prescreen
from recruitment.services.reviews import request_review
from recruitment.services.several import close_several
from tests.factories.recruitment import (
    MONDAY,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.services.closes import DAY, HOUR, close, contacted, reasons

C = CloseCode


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A lead whose person was reached once: Contacted."""
    return contacted(make_lead(study_site, owner=coordinator), coordinator)


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
