"""Closing and reopening over HTTP."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services.moves import move_lead
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import make_lead
from tests.recruitment.views.lead_steps import HOUR, words_of

DAY = timedelta(days=1)


def page_of(client: Client, lead: Lead) -> str:
    return words_of(client.get(reverse("lead", args=[lead.number])))


def silent(study_site: StudySite, by: User, *, attempts: int, days_ago: int) -> Lead:
    """A lead in No response after so many calls, the last of them `days_ago`."""
    begin = timezone.now() - (days_ago + 10) * DAY
    lead = make_lead(study_site, owner=by, received_at=begin)
    for n in range(attempts):
        log_outreach(
            lead=lead,
            channel=Channel.PHONE,
            result=ContactResult.NO_ANSWER,
            by=by,
            at=begin + (10 - attempts + 1 + n) * DAY,
            seen=None,  # type: ignore[arg-type]
            sure=True,
        )
    at = begin + 10 * DAY + HOUR
    plan = Plan(ActionType.DECIDE_CLOSE, at + 14 * DAY)
    move_lead(lead=lead, to=Stage.NO_RESPONSE, by=by, at=at, seen=None, plan=plan)  # type: ignore[arg-type]
    lead.refresh_from_db()
    return lead
