"""The pages of the gates over HTTP."""

from django.test import Client
from django.urls import reverse

from recruitment.models import Lead
from tests.recruitment.views.lead_steps import words_of


def page_of(client: Client, lead: Lead) -> str:
    return words_of(client.get(reverse("lead", args=[lead.number])))
