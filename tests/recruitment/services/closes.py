"""Contacts before a close, the close, and what it kept."""

from datetime import timedelta

from accounts.models import User
from recruitment.models import Lead
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
)
from recruitment.services.closing import close_lead
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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


def close(
    lead: Lead, code: CloseCode, by: User, after: timedelta = 2 * DAY, **more: object
) -> None:
    at = MONDAY + after
    close_lead(lead=lead, code=code, by=by, at=at, seen=None, **more)  # type: ignore[arg-type]
    lead.refresh_from_db()
    assert list(differences([lead])) == []


def reasons(lead: Lead) -> list[tuple[int, str]]:
    return list(lead.close_reasons.order_by("position").values_list("position", "code"))
