"""A study halted and everything that follows from it run."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from recruitment.models import Lead, StudyBlocker, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
)
from recruitment.services.halting import halt_study
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY + 2 * HOUR
CALL = Plan(ActionType.CALL, MONDAY + 2 * DAY)


def halt_of(study_site: StudySite, by: User, **values: Any) -> StudyBlocker:
    given: dict[str, Any] = {"why": "The sponsor paused dosing.", "at": MONDAY + HOUR}
    return halt_study(study_site=study_site, by=by, **(given | values))


def log_try(
    lead: Lead, by: User, result: ContactResult = ContactResult.NO_ANSWER, **values: Any
) -> None:
    lead.refresh_from_db()
    given: dict[str, Any] = {"channel": Channel.PHONE, "at": LATER, "plan": CALL}
    log_outreach(lead=lead, result=result, by=by, seen=lead.version, **(given | values))
