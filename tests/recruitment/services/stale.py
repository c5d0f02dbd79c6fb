"""What the tests of stale reviews share: reviewing a lead, and what its log says then."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from recruitment.models import (
    Lead,
    LeadEvent,
    NextAction,
    StaleReview,
)
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery_codes import PatientReason, ProcessReason, RecoveryOutcome
from recruitment.rules.vocabulary import (
    ActionType,
)
from recruitment.services.recovery import Decided, review_stale
from tests.factories.recruitment import MONDAY

A, P, R = ActionType, PatientReason, ProcessReason
Out = RecoveryOutcome
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY + 30 * DAY  # Wednesday 11:00 in New York; nothing was done since


def stale(lead: Lead, at: datetime = LATER) -> Lead:
    """The lead as it is, which must be stale by now."""
    lead.refresh_from_db()
    assert lead.stale_at is not None
    assert lead.stale_at <= at
    return lead


def review(lead: Lead, by: User, outcome: RecoveryOutcome, **values: Any) -> StaleReview:
    at = values.pop("at", LATER)
    reasons = {
        "patient_reason": values.pop("patient_reason", P.NO_RESPONSE),
        "process_reason": values.pop("process_reason", R.BURIED),
    }
    lead = stale(lead, at)
    seen = values.pop("seen", lead.version)
    decided = Decided(outcome=outcome, **values)
    made = review_stale(lead=lead, decided=decided, by=by, at=at, seen=seen, **reasons)
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    return made


def plan(kind: ActionType = A.CALL, at: datetime = LATER) -> Plan:
    return Plan(kind, at + DAY)


def open_action(lead: Lead) -> NextAction:
    row: NextAction = NextAction.objects.get(lead=lead, ended_at__isnull=True)
    return row


def kinds(lead: Lead) -> list[str]:
    return list(LeadEvent.objects.filter(lead=lead).order_by("seq").values_list("kind", flat=True))
