"""What the tests of the lead's pages share: sending a form, and reading the answer."""

import re
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from recruitment.models import Lead
from recruitment.queries.projection import differences

HOUR = timedelta(hours=1)
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


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
