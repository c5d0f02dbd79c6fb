"""A call for somebody else's lead: who is told, and what the lead's next action becomes (OA9)."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from accounts.models import User
from recruitment.models import Job, Lead, LeadEvent, Message, NextAction, Role, StudySite
from recruitment.queries.messages import waiting_messages
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services import jobs
from recruitment.services.messages import ROUTE, answer_message, pass_on_message, route_message
from recruitment.services.next_actions import set_next_action
from recruitment.services.opt_outs import opt_out
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import (
    MONDAY,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from trialsnest.lib import shield

TUESDAY = MONDAY + timedelta(days=1)  # 10:00 in New York
NUMBER, TYPED = "+16175550142", "(617) 555-0142"


@pytest.fixture
def taker(study_site: StudySite) -> User:
    """A coordinator of another study at the same site: she sees none of the leads."""
    other = StudySiteFactory(site=study_site.site)
    return make_member(Role.COORDINATOR, other, name="Tom Taker")


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    enquirer = make_enquirer(first_name="Ida", last_name="Knownname", phones=(NUMBER,))
    return make_lead(study_site, owner=coordinator, enquirer=enquirer)


def passed_on(taker: User, site: StudySite, *, at: datetime = TUESDAY, **values: object) -> Message:
    """A message that was passed on, with its job done."""
    given = {"reach": TYPED, "once": "one", "caller": "Ida Knownname"} | values
    pass_on_message(site=site.site, by=taker, at=at, **given)  # type: ignore[arg-type]
    message = Message.objects.latest("pk")
    route()
    message.refresh_from_db()
    return message


def route(at: datetime = TUESDAY) -> None:
    for job in Job.objects.filter(kind=ROUTE, state="waiting"):
        assert jobs.run_job(job.pk, at=at)


def action_of(lead: Lead) -> NextAction:
    return NextAction.objects.get(lead=lead, ended_at__isnull=True)


def test_a_known_number_puts_a_promised_call_back_for_the_owner(
    study_site: StudySite, lead: Lead, taker: User, coordinator: User
) -> None:
    wanted = TUESDAY + timedelta(hours=5)

    message = passed_on(taker, study_site, text="Missed your call", call_back_at=wanted)

    action = action_of(lead)
    assert message.lead == lead
    assert (action.type, action.is_promised, action.due_at) == (ActionType.CALL, True, wanted)
    assert action.owner == coordinator
    told = LeadEvent.objects.filter(lead=lead).order_by("-seq")[:3]
    assert [event.kind for event in told] == [
        EventKind.NOTE_ADDED,
        EventKind.ACTION_SET,
        EventKind.ACTION_CANCELED,
    ]
    assert len({event.action_id for event in told}) == 1
    note = told[0].notes.get().text
    for words in ("Tom Taker", "Ida Knownname", NUMBER, "Missed your call", "In place of: Call"):
        assert words in note


def test_nobody_worked_on_the_lead_by_a_message(
    study_site: StudySite, lead: Lead, taker: User
) -> None:
    passed_on(taker, study_site)

    lead.refresh_from_db()
    assert lead.first_action_at is None
    assert not LeadEvent.objects.filter(lead=lead, actor=taker).exists()


def test_without_a_wanted_time_it_is_two_hours_on_while_the_site_is_open(
    study_site: StudySite, lead: Lead, taker: User
) -> None:
    passed_on(taker, study_site)

    assert action_of(lead).due_at == TUESDAY + timedelta(hours=2)


def test_a_wanted_time_in_the_night_becomes_the_first_hour_in_which_she_may_be_called(
    study_site: StudySite, lead: Lead, taker: User
) -> None:
    midnight = TUESDAY.replace(hour=5) + timedelta(days=1)  # 0:00 in New York

    passed_on(taker, study_site, call_back_at=midnight)

    assert action_of(lead).due_at == midnight.replace(hour=13)  # 8:00


def test_a_promise_that_stands_is_kept_and_gets_a_note(
    study_site: StudySite, lead: Lead, taker: User, coordinator: User
) -> None:
    promised = Plan(ActionType.CALL, TUESDAY + timedelta(hours=1), is_promised=True)
    set_next_action(
        lead=lead, plan=promised, by=coordinator, at=MONDAY + timedelta(hours=1), seen=lead.version
    )

    message = passed_on(taker, study_site, call_back_at=TUESDAY + timedelta(hours=6))

    assert message.lead == lead
    assert action_of(lead).due_at == promised.due_at
    last = LeadEvent.objects.filter(lead=lead).latest("seq")
    assert last.kind == EventKind.NOTE_ADDED
    assert [row.message for row in waiting_messages(coordinator)] == [message]


def test_an_unknown_number_waits_in_the_intake_of_the_site_but_not_for_who_took_it(
    study_site: StudySite, lead: Lead, taker: User, coordinator: User, site_lead: User
) -> None:
    message = passed_on(taker, study_site, reach="617 555 0199")

    assert message.lead is None
    assert [row.message for row in waiting_messages(coordinator)] == [message]
    assert [row.message for row in waiting_messages(site_lead)] == [message]
    assert waiting_messages(taker) == []


def test_who_took_it_cannot_tell_from_her_own_list(
    study_site: StudySite, lead: Lead, taker: User
) -> None:
    passed_on(taker, study_site)
    passed_on(taker, study_site, reach="617 555 0199", once="two")

    assert waiting_messages(taker) == []


def test_a_lead_at_another_site_is_not_found(lead: Lead, taker: User, coordinator: User) -> None:
    elsewhere = StudySiteFactory()

    message = passed_on(taker, elsewhere)

    assert message.lead is None
    assert not action_of(lead).is_promised


def test_a_number_of_two_people_goes_by_the_callers_name_or_to_intake(
    study_site: StudySite, lead: Lead, taker: User
) -> None:
    daughter = make_enquirer(first_name="Una", last_name="Knownname", phones=(NUMBER,))
    other = make_lead(study_site, enquirer=daughter)

    assert passed_on(taker, study_site, caller="una knownname").lead == other
    assert passed_on(taker, study_site, caller="", once="two").lead is None
    assert not action_of(lead).is_promised


def test_an_address_is_known_in_any_case(study_site: StudySite, taker: User) -> None:
    mailed = make_lead(study_site, enquirer=make_enquirer(emails=("ida@example.org",)))

    assert passed_on(taker, study_site, reach=" IDA@Example.org ", caller="").lead == mailed


@pytest.mark.parametrize("scope", [Scope.ORGANISATION, Scope.SITE, Scope.STUDY])
def test_somebody_who_asked_not_to_be_contacted_is_for_the_site_lead_alone(
    scope: Scope,
    study_site: StudySite,
    lead: Lead,
    taker: User,
    coordinator: User,
    site_lead: User,
) -> None:
    at = MONDAY + timedelta(hours=1)
    opt_out(lead=lead, how="on the phone", scope=scope, by=coordinator, at=at, seen=lead.version)
    before = action_of(lead).pk

    message = passed_on(taker, study_site)

    assert action_of(lead).pk == before
    assert waiting_messages(coordinator) == []
    assert waiting_messages(taker) == []
    (row,) = waiting_messages(site_lead)
    assert row.message == message
    assert row.is_forbidden


def test_the_shield_does_not_open_a_message_to_who_may_not_read_it(
    study_site: StudySite, lead: Lead, taker: User, coordinator: User
) -> None:
    at = MONDAY + timedelta(hours=1)
    opt_out(lead=lead, how="on the phone", by=coordinator, at=at, seen=lead.version)
    passed_on(taker, study_site)

    with shield.raised(lambda: True):
        assert waiting_messages(coordinator) == []


def test_the_owner_is_mailed_without_a_name(
    study_site: StudySite, lead: Lead, taker: User, coordinator: User
) -> None:
    passed_on(taker, study_site)
    for job in Job.objects.filter(kind="mail.message", state="waiting"):
        jobs.run_job(job.pk, at=TUESDAY)

    (letter,) = mail.outbox
    assert letter.to == [coordinator.email]
    for secret in ("Ida", "Knownname", "0142", lead.number, study_site.study.code):
        assert secret not in letter.subject + str(letter.body)


def test_sent_twice_it_is_one_message_and_routed_twice_it_is_one_call(
    study_site: StudySite, lead: Lead, taker: User
) -> None:
    passed_on(taker, study_site)
    pass_on_message(site=study_site.site, reach=TYPED, by=taker, at=TUESDAY, once="one")

    assert Message.objects.count() == 1
    route_message(Job.objects.get(kind=ROUTE).ids, TUESDAY)
    assert LeadEvent.objects.filter(lead=lead, kind=EventKind.ACTION_SET).count() == 2


def test_logging_a_contact_answers_it(
    study_site: StudySite, lead: Lead, taker: User, coordinator: User
) -> None:
    passed_on(taker, study_site)
    lead.refresh_from_db()
    at = TUESDAY + timedelta(hours=1)
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        plan=Plan(ActionType.REVIEW_PRESCREEN, at + timedelta(days=1)),
        by=coordinator,
        at=at,
        seen=lead.version,
    )

    assert waiting_messages(coordinator) == []


def test_the_first_to_answer_it_stands_in_the_record(
    study_site: StudySite, lead: Lead, taker: User, coordinator: User, site_lead: User
) -> None:
    message = passed_on(taker, study_site)

    answer_message(message=message, by=coordinator, at=TUESDAY)
    answer_message(message=message, by=site_lead, at=TUESDAY + timedelta(hours=1))

    message.refresh_from_db()
    assert (message.answered_by, message.answered_at) == (coordinator, TUESDAY)
    assert waiting_messages(site_lead) == []


@pytest.mark.parametrize("reach", ["", "call me", "12", "a@", "\u202e"])
def test_what_nobody_can_answer_is_refused(reach: str, study_site: StudySite, taker: User) -> None:
    with pytest.raises(InvalidInput):
        passed_on(taker, study_site, reach=reach)

    assert not Message.objects.exists()


@pytest.mark.parametrize("away", [timedelta(minutes=-1), timedelta(days=61)])
def test_a_call_back_lies_ahead_and_not_too_far(
    away: timedelta, study_site: StudySite, taker: User
) -> None:
    with pytest.raises(InvalidInput):
        passed_on(taker, study_site, call_back_at=TUESDAY + away)
