"""Moves as the tests of rules that hold need them."""

from datetime import timedelta

from accounts.models import User
from recruitment.models import Lead
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.moves import move_lead
from tests.factories.recruitment import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def plan_of(at_hours: int = 48) -> Plan:
    return Plan(ActionType.CALL, MONDAY + at_hours * HOUR)


def move(lead: Lead, to: Stage, by: User, hours: float = 1, **values: object) -> None:
    lead.refresh_from_db()
    values = {"plan": plan_of(408)} | values
    move_lead(lead=lead, to=to, by=by, at=MONDAY + hours * HOUR, seen=lead.version, **values)  # type: ignore[arg-type]
    lead.refresh_from_db()
