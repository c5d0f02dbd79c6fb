"""What the tests of the lead's pages share: a lead at a stage, sending a form, its answer."""

import re
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.stages import Stage
from tests.factories.recruitment import make_lead
from tests.factories.stages import Steps, bring_to
from tests.recruitment.views.full_lead import AGO

HOUR = timedelta(hours=1)
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


def at_stage(
    place: StudySite, by: User, stage: Stage, *, ago: timedelta = AGO
) -> tuple[Lead, Steps]:
    """A lead that `by` owns, received so long ago and brought to `stage`, and what brought it."""
    lead = make_lead(place, owner=by, received_at=timezone.now() - ago)
    steps = bring_to(stage, lead, by, at=lead.received_at)
    lead.refresh_from_db()
    return lead, steps


def post(
    client: Client, name: str, lead: Lead, headers: dict[str, str] | None = None, **data: object
) -> Any:
    lead.refresh_from_db()
    values = {"seen": lead.version} | data
    response = client.post(reverse(name, args=[lead.number]), values, headers=headers or {})
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    return response


def log(client: Client, lead: Lead, outcome: str, **data: object) -> Any:
    values = {"outcome": outcome, "channel": "phone", "due": "proposed"} | data
    return post(client, "lead_outreach", lead, **values)


def words_of(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))
