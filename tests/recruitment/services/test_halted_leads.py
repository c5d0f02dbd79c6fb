"""What a halt does to single leads: outreach, reopening, late arrivals, and its limits (D32)."""

from typing import Any

import pytest

from accounts.models import User
from recruitment.models import Blocker, Lead, LeadEvent, StudyBlocker, StudySite
from recruitment.models.halts import progress
from recruitment.queries.halts import halt_page
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    ContactResult,
    Party,
    PrescreenState,
    VisitResult,
)
from recruitment.services.closing import close_lead
from recruitment.services.halting import hold_late_leads
from recruitment.services.prescreens import record_prescreen
from recruitment.services.reopening import reopen_lead
from recruitment.services.undo import undo_action
from recruitment.services.visits import end_visit
from tests.factories.recruitment import (
    MONDAY,
    make_lead,
)
from tests.factories.stages import bring_to
from tests.recruitment.services.halts import CALL, DAY, HOUR, LATER, halt_of, log_try


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return [make_lead(study_site, owner=coordinator) for _ in range(5)]


def test_s46_a_suspended_study_holds_a_new_lead_in_the_tray_and_no_outreach_is_logged(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    halt = halt_of(study_site, site_lead)

    lead = make_lead(study_site, received_at=LATER, owner=coordinator)

    held = lead.blockers.get()
    assert (held.study_blocker, held.opened_by) == (halt, None)
    lead.refresh_from_db()
    assert (lead.waiting_on, lead.last_movement_at) == (Party.SPONSOR, None)
    assert [row.number for row in halt_page(halt, now=LATER).tray] == [lead.number]
    with pytest.raises(InvalidInput, match="Ana Lead halted this study here on Mon 2 Mar") as told:
        log_try(lead, coordinator, at=LATER + HOUR)
    assert told.value.field == "result"
    with pytest.raises(InvalidInput, match="halted"):
        record_prescreen(
            lead=lead, state=PrescreenState.SENT, by=coordinator, at=LATER, seen=lead.version
        )
    assert lead.attempts == 0
    assert not list(differences([lead]))


def test_what_the_person_does_is_recorded_while_the_study_is_halted(
    study_site: StudySite, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    halt_of(study_site, site_lead)

    log_try(leads[0], coordinator, ContactResult.CALLED_US)
    log_try(leads[1], coordinator, ContactResult.OPTED_OUT, plan=None)

    kinds = LeadEvent.objects.filter(kind=EventKind.CONTACT_RECEIVED)
    assert kinds.filter(lead=leads[0]).exists()


def test_a_call_about_a_booked_visit_is_logged_also_after_the_visit_was_canceled(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    at = bring_to(Stage.SCHEDULED, lead, by=coordinator).at + HOUR
    halt = halt_of(study_site, site_lead, at=at)
    visits = halt_page(halt, now=at).visits
    assert [(row.number, row.owner, row.how) for row in visits] == [
        (lead.number, coordinator.name, "Phone, E-mail")
    ]
    plan = Plan(ActionType.CALL, at + 2 * DAY)

    log_try(lead, coordinator, ContactResult.REACHED, at=at + HOUR, plan=plan)
    lead.refresh_from_db()
    end_visit(
        lead=lead,
        result=VisitResult.SITE_CANCELED,
        by=coordinator,
        at=at + HOUR,
        seen=lead.version,
    )
    log_try(lead, coordinator, ContactResult.REACHED, at=at + 2 * HOUR, plan=plan)

    assert not halt_page(halt, now=at + 2 * HOUR).visits


def test_a_reopened_lead_and_one_that_slipped_in_are_held_too(
    study_site: StudySite, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    for lead in leads[:2]:
        close_lead(
            lead=lead,
            code=CloseCode.PT_NOT_INTERESTED,
            by=coordinator,
            at=MONDAY,
            seen=lead.version,
        )
    halt = halt_of(study_site, site_lead)
    leads[0].refresh_from_db()
    reopen_lead(
        lead=leads[0], to=Stage.COORDINATOR_REVIEW, plan=CALL, by=coordinator, at=LATER, seen=None
    )
    assert leads[0].blockers.filter(resolved_at__isnull=True).get().study_blocker == halt
    closing = leads[1].events.order_by("seq").last()
    assert closing is not None
    undo_action(action_id=closing.action_id, by=coordinator, at=LATER)
    assert progress(halt).left == 1

    assert hold_late_leads(at=LATER) == 1
    assert hold_late_leads(at=LATER) == 0
    assert progress(halt).left == 0


def test_its_review_date_only_reminds(
    study_site: StudySite, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    halt = halt_of(study_site, site_lead, review_on=(MONDAY + DAY).date())
    long_after = MONDAY + 30 * DAY

    late = make_lead(study_site, received_at=long_after)

    assert late.blockers.get().study_blocker == halt
    with pytest.raises(InvalidInput, match="halted"):
        log_try(leads[0], coordinator, at=long_after, plan=Plan(ActionType.CALL, long_after + DAY))


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"why": "  "}, "why", "Say why"),
        ({"why": "x" * 201}, "why", "200 characters"),
        ({"review_on": MONDAY.date() - DAY}, "review_on", "already passed"),
        ({"review_on": MONDAY.date() + 30 * DAY}, "review_on", "within 10 working days"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_written(
    study_site: StudySite,
    leads: list[Lead],
    site_lead: User,
    values: dict[str, Any],
    field: str,
    words: str,
) -> None:
    with pytest.raises(InvalidInput, match=words) as told:
        halt_of(study_site, site_lead, **values)

    assert told.value.field == field
    assert not StudyBlocker.objects.exists()
    assert not Blocker.objects.exists()
