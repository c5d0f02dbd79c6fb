"""What the tests of the outcome pad share: three leads of a list, and sending an outcome."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from tests.factories.recruitment import make_enquirer, make_lead
from tests.recruitment.views.lead_steps import PANEL

TRAIL = "?back=queue&tab=mine&place=1&of=3"  # from the first of them in a queue of three


def three_leads(place: StudySite, by: User) -> list[Lead]:
    """Ada First, Ada Second and Ada Third, in the order of the queue of `by`."""
    now = timezone.now()
    return [
        make_lead(
            place,
            owner=by,
            received_at=now - timedelta(days=3 - n),
            enquirer=make_enquirer(n, last_name=name),
        )
        for n, name in enumerate(("First", "Second", "Third"))
    ]


def send(client: Client, lead: Lead, **data: Any) -> Any:
    """Send the pad of the panel as it stands now."""
    lead.refresh_from_db()
    url = reverse("lead_outreach", args=[lead.number]) + TRAIL
    return client.post(url, {"seen": lead.version, "due": "proposed"} | data, headers=PANEL)
