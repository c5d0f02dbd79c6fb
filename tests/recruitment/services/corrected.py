"""Entries that the tests of corrections make."""

from datetime import datetime, timedelta

from recruitment.models import Lead, Milestone
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import ActionType


def plan_of(at: datetime) -> Plan:
    return Plan(ActionType.CALL, at + timedelta(days=1))


def milestone(lead: Lead, code: str) -> datetime | None:
    found = Milestone.objects.filter(lead=lead, code=code).select_related("event").first()
    return found.event.occurred_at if found else None
