"""A recovery stands and falls with the movement that it was noted for (RQ3, D21, AU4)."""

from datetime import datetime

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadEvent, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services.corrections import void_entry
from recruitment.services.outreach import log_outreach
from recruitment.services.undo import undo_action
from tests.factories.recruitment import make_lead
from tests.factories.stages import bring_to
from tests.recruitment.services.stale import DAY, HOUR, LATER, Out, plan, review

REACHED_AT = LATER + DAY


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A stale lead whose recovery was decided, and who was reached the day after."""
    lead = make_lead(study_site, owner=coordinator)
    bring_to(Stage.CONTACTED, lead, coordinator)
    review(lead, coordinator, Out.RECONTACT, plan=plan())
    reach(lead, coordinator, REACHED_AT)
    assert standing(lead, EventKind.RECOVERED)
    return lead


def reach(lead: Lead, by: User, at: datetime) -> None:
    lead.refresh_from_db()
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        plan=Plan(ActionType.CALL, at + DAY),
        by=by,
        at=at,
        seen=lead.version,
    )


def standing(lead: Lead, kind: EventKind) -> list[LeadEvent]:
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    return list(lead.events.filter(kind=kind, voided_by__isnull=True).order_by("seq"))


def void_call(lead: Lead, by: User) -> None:
    wrong = next(
        event
        for event in standing(lead, EventKind.OUTREACH_LOGGED)
        if event.occurred_at == REACHED_AT
    )
    at = REACHED_AT + 3 * HOUR
    void_entry(lead=lead, event=wrong, reason="", by=by, at=at, seen=lead.version)


def test_who_undoes_the_movement_takes_the_recovery_back_with_it(
    lead: Lead, coordinator: User
) -> None:
    [recovered] = standing(lead, EventKind.RECOVERED)

    undo_action(action_id=recovered.action_id, by=coordinator, at=REACHED_AT + HOUR)

    assert standing(lead, EventKind.RECOVERED) == []
    assert lead.recover_by is not None  # it may recover still


def test_a_voided_movement_leaves_no_recovery_behind(lead: Lead, coordinator: User) -> None:
    void_call(lead, coordinator)

    assert standing(lead, EventKind.RECOVERED) == []
    assert lead.recover_by is not None
    assert not lead.milestones.filter(code="recovered").exists()


def test_another_movement_in_time_is_the_recovery_then(lead: Lead, coordinator: User) -> None:
    reach(lead, coordinator, REACHED_AT + 2 * HOUR)

    void_call(lead, coordinator)

    [recovered] = standing(lead, EventKind.RECOVERED)
    assert recovered.occurred_at == REACHED_AT + 2 * HOUR
    assert lead.recover_by is None
