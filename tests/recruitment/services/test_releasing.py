"""Leads of lists are released so many a day; only then is a first response owed (D28)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadEvent, NextAction, Role, Source, StudySite
from recruitment.models.clocks import Clock
from recruitment.models.lists import list_numbers
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    SourceKind,
)
from recruitment.services.halting import halt_study
from recruitment.services.leave import record_leave
from recruitment.services.outreach import log_outreach
from recruitment.services.releasing import release_leads
from recruitment.services.settings import change_setting
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead, make_member

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY + HOUR


@pytest.fixture
def registry(study_site: StudySite) -> Source:
    return SourceFactory(study=study_site.study, kind=SourceKind.REGISTRY)


def _fill(study_site: StudySite, source: Source, count: int) -> list[Lead]:
    """Leads of one list, the oldest first."""
    return [
        make_lead(study_site, source=source, received_at=MONDAY - (count - n) * DAY)
        for n in range(count)
    ]


def _set_daily(study_site: StudySite, number: int, by: User) -> None:
    change_setting(study_site.study, {"released_a_day": number}, by=by, at=MONDAY)
    study_site.refresh_from_db()


def test_a_lead_of_a_list_is_held_and_owes_no_first_response_until_it_is_released(
    study_site: StudySite, coordinator: User, registry: Source
) -> None:
    (lead,) = _fill(study_site, registry, 1)
    lead.refresh_from_db()
    assert (lead.is_held, lead.stale_at) == (True, None)
    first = Clock.objects.filter(lead=lead, target=TargetKey.FIRST_RESPONSE)
    assert not first.exists()

    (released,) = release_leads(study_site=study_site, by=coordinator, at=LATER)

    assert (released, released.is_held) == (lead, False)
    event = LeadEvent.objects.get(kind=EventKind.RELEASED)
    assert (event.code, event.actor) == (SourceKind.REGISTRY, coordinator)
    clock = first.get()
    assert clock.started_at == LATER
    action = NextAction.objects.get(lead=lead, ended_at__isnull=True)
    assert (action.type, action.due_at) == (ActionType.CALL, clock.due_at)
    assert lead.first_action_at is None
    assert not list(differences([lead]))


def test_todays_number_is_that_of_the_study_for_each_coordinator_who_is_here(
    study_site: StudySite, coordinator: User, site_lead: User, registry: Source
) -> None:
    _set_daily(study_site, 2, site_lead)
    tom = make_member(Role.COORDINATOR, study_site, name="Tom Ode")
    leads = _fill(study_site, registry, 7)

    released = release_leads(study_site=study_site, by=coordinator, at=LATER)

    assert released == leads[:4]
    numbers = list_numbers(study_site, at=LATER)
    assert (numbers.held, numbers.a_day, numbers.released_today, numbers.left_today) == (3, 4, 4, 0)
    with pytest.raises(Refusal, match="Nobody is left to release today"):
        release_leads(study_site=study_site, by=coordinator, at=LATER)
    tomorrow = LATER + DAY
    record_leave(
        user=tom,
        starts_at=LATER,
        ends_at=LATER + 3 * DAY,
        covers={study_site: None},
        by=tom,
        at=LATER,
    )
    assert release_leads(study_site=study_site, by=coordinator, at=tomorrow) == leads[4:6]


def test_more_than_todays_number_is_for_the_site_lead(
    study_site: StudySite, coordinator: User, site_lead: User, registry: Source
) -> None:
    _set_daily(study_site, 1, site_lead)
    leads = _fill(study_site, registry, 3)

    with pytest.raises(InvalidInput, match="1 lead a day here, and 1 are left today") as told:
        release_leads(study_site=study_site, count=2, by=coordinator, at=LATER)

    assert told.value.field == "count"
    assert release_leads(study_site=study_site, count=2, by=site_lead, at=LATER) == leads[:2]


@pytest.mark.parametrize("count", [0, -1, 501])
def test_a_number_that_cannot_be_is_refused(
    study_site: StudySite, site_lead: User, registry: Source, count: int
) -> None:
    _fill(study_site, registry, 1)

    with pytest.raises(InvalidInput, match="1 to 500"):
        release_leads(study_site=study_site, count=count, by=site_lead, at=LATER)

    assert not LeadEvent.objects.filter(kind=EventKind.RELEASED).exists()


def test_nobody_is_released_while_the_study_is_halted(
    study_site: StudySite, coordinator: User, site_lead: User, registry: Source
) -> None:
    _fill(study_site, registry, 1)
    halt_study(study_site=study_site, why="Dosing paused.", by=site_lead, at=MONDAY)

    with pytest.raises(Refusal, match="Ana Lead halted this study here on"):
        release_leads(study_site=study_site, by=coordinator, at=LATER)


def test_a_contact_takes_a_lead_off_its_list(
    study_site: StudySite, coordinator: User, registry: Source
) -> None:
    (lead,) = _fill(study_site, registry, 1)

    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=coordinator,
        at=LATER,
        seen=lead.version,
    )

    lead.refresh_from_db()
    assert not lead.is_held
    with pytest.raises(Refusal):
        release_leads(study_site=study_site, by=coordinator, at=LATER)


def test_a_release_that_is_undone_puts_the_leads_back_and_counts_no_more(
    study_site: StudySite, coordinator: User, registry: Source
) -> None:
    leads = _fill(study_site, registry, 2)
    release_leads(study_site=study_site, by=coordinator, at=LATER)
    action = LeadEvent.objects.filter(kind=EventKind.RELEASED)[0].action_id

    undo_action(action_id=action, by=coordinator, at=LATER)

    numbers = list_numbers(study_site, at=LATER)
    assert (numbers.held, numbers.released_today) == (2, 0)
    assert not list(differences(leads))


def test_where_only_a_site_lead_works_she_counts_as_the_coordinator(
    study_site: StudySite, site_lead: User, registry: Source
) -> None:
    _fill(study_site, registry, 1)

    numbers = list_numbers(study_site, at=LATER)

    assert (numbers.coordinators, numbers.left_today) == (1, 1)
