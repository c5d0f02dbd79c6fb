"""Contact and permission through services and pages (8; scenarios 10 to 13, 36, 39, 40, 43)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import (
    Lead,
    Milestone,
    Role,
    StudySite,
)
from recruitment.queries.projection import differences
from recruitment.rules.cadence import DEFAULT
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PermissionState,
    PrescreenState,
)
from recruitment.services.moves import move_lead
from recruitment.services.next_actions import set_next_action
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import (
    MONDAY,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.views.lead_steps import log, words_of

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
R = ContactResult


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator)


def _log(lead: Lead, by: User, result: ContactResult, hours: float = 1, **values: Any) -> Lead:
    lead.refresh_from_db()
    given = {"channel": Channel.PHONE, "at": MONDAY + hours * HOUR, "seen": lead.version} | values
    log_outreach(lead=lead, by=by, result=result, **given)
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    return lead


def _action(lead: Lead) -> Any:
    return lead.next_actions.get(ended_at__isnull=True)


def _call(days: float = 2) -> Plan:
    return Plan(ActionType.CALL, MONDAY + days * DAY)


def test_s10_no_answer_is_an_action_and_no_movement_and_sets_the_cadences_second_step(
    lead: Lead, coordinator: User
) -> None:
    _log(lead, coordinator, R.NO_ANSWER)

    assert lead.last_action_at == MONDAY + HOUR
    assert lead.last_movement_at is None
    assert lead.attempts == 1
    second = DEFAULT.steps[1]
    assert second.clock is not None
    there = _action(lead).due_at.astimezone(MONDAY.tzinfo) - 5 * HOUR  # New York in winter
    assert (there.hour, there.minute) == (second.clock.hour, second.clock.minute)
    assert there.hour != (MONDAY - 4 * HOUR).hour
    assert _action(lead).type == ActionType.CALL


def test_s11_reached_and_prescreen_started_set_two_milestones_and_move_the_lead(
    lead: Lead, coordinator: User
) -> None:
    _log(lead, coordinator, R.REACHED, plan=_call(), prescreen=PrescreenState.STARTED)

    codes = set(Milestone.objects.filter(lead=lead).values_list("code", flat=True))
    assert {"first_two_way_contact", "prescreen_started"} <= codes
    assert lead.last_movement_at == MONDAY + HOUR
    assert lead.attempts_made.get().movement == "prescreen_started"


def test_s12_the_page_shows_what_to_know_above_the_form(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    study = study_site.study
    study.conditions = ["Chronic insomnia"]
    study.save()
    enquirer = make_enquirer(
        7, location_band="ZIP 021", permissions={Channel.PHONE: PermissionState.YES}
    )
    lead = make_lead(
        study_site,
        owner=coordinator,
        enquirer=enquirer,
        received_at=timezone.now() - 3 * DAY,
        stated_interest="I have not slept for years.",
    )
    client = as_user(coordinator)
    log(client, lead, "call_later", due="next_day")

    page = client.get(reverse("lead", args=[lead.number])).content.decode()

    above = page[page.index('aria-label="Contact"') : page.index('id="log"')]
    for shown in (
        study.code,
        "Chronic insomnia",
        "Not started",
        "ZIP 021",
        "Phone: agreed",
        "Not by text message",
        "Records: none named yet",
        "English",
        "I have not slept for years.",
        "Asked to be called later",
        "To call back",
        "from where the person lives",
    ):
        assert shown in above, shown


def test_s13_a_second_coordinator_is_told_who_tried_and_when_before_anything_is_logged(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    _log(lead, coordinator, R.NO_ANSWER)
    with pytest.raises(InvalidInput, match="Priya Raman tried this person 30 min ago") as refusal:
        _log(lead, site_lead, R.NO_ANSWER, 1.5)
    assert refusal.value.field == "sure"
    assert "Mon 2 Mar 11:00" in str(refusal.value)

    _log(lead, site_lead, R.NO_ANSWER, 1.5, sure=True)
    _log(lead, coordinator, R.CALLED_US, 2, plan=_call())
    _log(lead, coordinator, R.NO_ANSWER, 22)

    assert lead.attempts_made.count() == 4


def test_s13_the_page_asks_to_tick_log_anyway(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - DAY)
    log(as_user(coordinator), lead, "no_answer")
    client = as_user(site_lead)

    page = words_of(client.get(reverse("lead", args=[lead.number])))
    refused = log(client, lead, "no_answer")
    done = log(client, lead, "no_answer", sure="on")

    assert "Somebody tried of late" in page
    assert "Log anyway" in page
    assert refused.status_code == 422
    assert "Tick “Log anyway”" in words_of(refused)
    assert done.status_code == 302


def test_a_call_for_another_study_the_same_day_gives_the_same_warning_and_names_no_study(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    other_site = StudySiteFactory()
    other = make_lead(other_site, person=lead.person)
    colleague = make_member(Role.COORDINATOR, other_site, name="Lee Adams")
    _log(lead, coordinator, R.NO_ANSWER)

    with pytest.raises(InvalidInput, match="about another study") as refusal:
        _log(other, colleague, R.NO_ANSWER, 3)

    assert lead.study_site.study.code not in str(refusal.value)


def test_s43_the_page_says_that_the_person_is_also_in_another_study_and_when_tried_there(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    place = StudySiteFactory(site=lead.study_site.site)
    make_member(Role.COORDINATOR, place, user=coordinator)
    other = make_lead(place, person=lead.person, owner=coordinator)
    hidden = make_lead(StudySiteFactory(), person=lead.person)
    _log(other, coordinator, R.NO_ANSWER)

    page = words_of(as_user(coordinator).get(reverse("lead", args=[lead.number])))

    assert f"also in {place.study.code} at {place.site.name} , last tried Mon 2 Mar 2026" in page
    assert hidden.study_site.study.code not in page


@pytest.mark.parametrize("word", [None, PermissionState.NO, PermissionState.UNKNOWN])
def test_s36_a_text_without_a_yes_is_refused_in_the_service_too(
    study_site: StudySite, coordinator: User, word: PermissionState | None
) -> None:
    said = {Channel.TEXT: word} if word else {}
    lead = make_lead(study_site, enquirer=make_enquirer(3, permissions=said))

    with pytest.raises(InvalidInput) as refusal:
        _log(lead, coordinator, R.SENT, channel=Channel.TEXT)

    assert refusal.value.field == "channel"
    _log(lead, coordinator, R.CALLED_US, channel=Channel.TEXT, plan=_call())


def test_s39_a_sixth_attempt_needs_a_site_leads_reason(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    for number in range(5):
        _log(lead, coordinator, R.NO_ANSWER, 1 + number * 24)
    later = {"hours": 1 + 5 * 24}

    with pytest.raises(InvalidInput, match="allows 5 attempts") as refusal:
        _log(lead, coordinator, R.NO_ANSWER, **later)
    assert refusal.value.field == "override"
    with pytest.raises(InvalidInput, match="Only a site lead"):
        _log(lead, coordinator, R.NO_ANSWER, **later, override="She asked for it.")
    _log(lead, site_lead, R.NO_ANSWER, **later, override="She asked by letter.", sure=True)

    event = lead.events.get(kind="gate_overridden")
    assert (event.code, event.actor) == ("attempts", site_lead)
    assert "She asked by letter." in event.notes.get().text
    assert lead.attempts == 6
    _log(lead, coordinator, R.CALLED_US, 7 * 24, plan=_call(9))
    assert lead.attempts == 0
    _log(lead, coordinator, R.NO_ANSWER, 8 * 24)


def test_s40_a_planned_call_at_half_past_eight_is_refused_with_the_next_permitted_time(
    lead: Lead, coordinator: User
) -> None:
    late = Plan(ActionType.CALL, MONDAY + 10.5 * HOUR)  # 20:30 in New York

    for promised, refused in ((False, True), (True, False)):
        plan = Plan(late.type, late.due_at, promised)
        lead.refresh_from_db()
        values = {"lead": lead, "plan": plan, "by": coordinator, "at": MONDAY, "seen": lead.version}
        if refused:
            with pytest.raises(InvalidInput, match="next permitted time is Tue 3 Mar 09:00"):
                set_next_action(reason="She works late.", **values)
        else:
            set_next_action(reason="She asked for it.", **values)

    assert _action(lead).due_at == late.due_at
    too_late = Plan(ActionType.CALL, MONDAY + 11.5 * HOUR, is_promised=True)
    with pytest.raises(InvalidInput, match="08:00 to 21:00"):
        _log(lead, coordinator, R.CALL_LATER, plan=too_late)


def test_what_happened_outside_the_hours_is_recorded_with_a_warning(
    lead: Lead, coordinator: User
) -> None:
    _log(lead, coordinator, R.CALLED_US, 12, plan=_call())
    _log(lead, coordinator, R.NO_ANSWER, 36)

    inbound, outbound = lead.events.filter(
        kind__in=["contact_received", "outreach_logged"]
    ).order_by("seq")
    assert not inbound.notes.exists()
    assert "Made outside the hours for contact" in outbound.notes.get().text


def test_a_call_that_came_in_for_a_closed_lead_proposes_to_reopen_it(
    lead: Lead, coordinator: User
) -> None:
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason=CloseCode.PT_NOT_INTERESTED,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
    )

    with pytest.raises(InvalidInput, match="Reopen it first, then log that the person got in"):
        _log(lead, coordinator, R.CALLED_US, 2, plan=_call())
