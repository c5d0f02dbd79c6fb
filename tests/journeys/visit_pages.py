"""Visits and their pages over HTTP."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from tests.factories.recruitment import make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lead_of(study_site: StudySite, owner: User, ago: timedelta = 21 * DAY) -> Lead:
    """Somebody whose inquiry came in some time ago."""
    return make_lead(study_site, owner=owner, received_at=timezone.now() - ago)


def end(client: Client, lead: Lead, **data: object) -> Any:
    lead.refresh_from_db()
    values = {"seen": lead.version, "due": "proposed"} | data
    return client.post(reverse("lead_visit_end", args=[lead.number]), values)
