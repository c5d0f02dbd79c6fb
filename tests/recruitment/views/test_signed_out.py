"""A session that ended while somebody was at work: nothing typed is lost, nobody is stranded."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Lead, StudySite
from tests.factories.recruitment import make_lead
from tests.recruitment.views.lead_steps import PANEL

SignIn = Callable[[User], Client]


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator)


def next_of(response: object) -> list[str]:
    """Where signing in would lead from this answer."""
    address = urlsplit(response["Location"])  # type: ignore[index]
    assert address.path == reverse("account_login")
    return parse_qs(address.query).get("next", [])


@pytest.mark.parametrize("name", ["lead_note", "lead_outreach", "lead_claim"])
def test_a_form_sent_by_htmx_after_the_session_ended_is_refused_without_a_page_to_swap_in(
    name: str, lead: Lead
) -> None:
    url = reverse(name, args=[lead.number])

    response = Client().post(url, {"note": "Typed", "seen": 1}, headers=PANEL)

    assert (response.status_code, response.content) == (401, b"")
    assert "Location" not in response


def test_a_panel_asked_for_after_the_session_ended_is_not_the_sign_in_page(lead: Lead) -> None:
    response = Client().get(reverse("lead", args=[lead.number]), headers=PANEL)

    assert (response.status_code, response.content) == (401, b"")


def test_after_a_plain_form_signing_in_leads_to_the_lead_it_was_about(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    response = Client().post(reverse("lead_note", args=[lead.number]), {"note": "Typed"})

    page = reverse("lead", args=[lead.number])
    assert next_of(response) == [page]
    assert as_user(coordinator).get(page).status_code == 200


def test_after_any_other_plain_form_signing_in_leads_home(db: None) -> None:
    response = Client().post(reverse("lead_add"), {"first_name": "Typed"})

    assert next_of(response) == [reverse("home")]


def test_after_a_page_signing_in_leads_back_to_it_with_its_filters(db: None) -> None:
    response = Client().get(reverse("queue") + "?tab=team&page=2")

    assert next_of(response) == [reverse("queue") + "?tab=team&page=2"]
