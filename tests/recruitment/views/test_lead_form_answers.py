"""What the panel and the page answer to a form, and to whom."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from tests.factories.recruitment import make_lead
from tests.recruitment.views.lead_steps import HOUR, PANEL, log, post

SignIn = Callable[[User], Client]
NAUGHTY = "Ω‮\u200b <b>bold</b> ' \" -- DROP TABLE; 👩‍⚕️"


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry of the coordinator, two hours old."""
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def test_naughty_words_are_kept_safely(lead: Lead, coordinator: User, as_user: SignIn) -> None:
    client = as_user(coordinator)

    post(client, "lead_note", lead, note=NAUGHTY, once="n")

    html = client.get(reverse("lead", args=[lead.number])).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "<b>bold</b>" not in html
    assert "‮" not in html


def test_the_panel_answers_with_itself_the_row_and_what_was_saved(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    response = log(as_user(coordinator), lead, "no_answer", headers=PANEL)

    html = response.content.decode()
    assert response.status_code == 200
    assert 'id="panel-t"' in html
    assert re.search(r'<template>\s*(<!--.*-->)?\s*<tr class="lead"', html)
    assert 'hx-swap-oob="true"' in html
    assert "Contact logged." in html
    assert "<html" not in html


def test_a_refusal_in_the_panel_keeps_what_was_typed(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    response = log(as_user(coordinator), lead, "call_later", detail="Ask for Sam", headers=PANEL)

    assert response.status_code == 422
    assert 'value="Ask for Sam"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_pages_of_a_lead_are_kept_nowhere_and_its_title_names_nobody(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    response = as_user(coordinator).get(reverse("lead", args=[lead.number]))

    title = re.search(r"<title>(.*?)</title>", response.content.decode())
    assert "no-store" in response["Cache-Control"]
    assert title is not None
    assert title[1] == f"{lead.number} · TrialsNest"


def test_the_reviewer_reads_and_records_decisions_but_logs_no_contact(
    lead: Lead, reviewer: User, as_user: SignIn
) -> None:
    client = as_user(reviewer)

    page = client.get(reverse("lead", args=[lead.number])).content.decode()

    assert 'class="log"' not in page
    assert "Close this lead" not in page
    assert log(client, lead, "no_answer").status_code == 403
