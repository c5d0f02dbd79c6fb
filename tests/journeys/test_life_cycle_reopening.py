"""Reopening, not now, and several leads closed at once, over HTTP (LC11, D30, CD2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import Stage
from recruitment.services.closing import close_lead
from tests.factories.recruitment import make_enquirer, make_lead
from tests.journeys.closing_steps import DAY, page_of, silent
from tests.recruitment.views.lead_steps import HOUR, post, words_of

SignIn = Callable[[User], Client]


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry of the coordinator, two hours old."""
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def test_not_now_shows_its_date_on_the_lead_and_in_the_list(
    lead: Lead, coordinator: User, outsider: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    on = (timezone.now() + 60 * DAY).date()
    missing = post(client, "lead_close", lead, reason="not_now_until")

    saved = post(client, "lead_close", lead, reason="not_now_until", until=on.isoformat())

    assert missing.status_code == 422
    assert "Say from when the person may be asked again." in words_of(missing)
    assert saved.status_code == 302
    assert "asked to be asked again on" in page_of(client, lead)
    listed = words_of(client.get(reverse("leads_not_now")))
    assert lead.number in listed
    assert "Later 1" in listed
    assert lead.number not in words_of(as_user(outsider).get(reverse("leads_not_now")))


def test_who_said_not_now_stands_first_once_the_date_has_come(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    then = timezone.now() - 60 * DAY
    lead = make_lead(study_site, received_at=then - DAY)
    close_lead(
        lead=lead, code=CloseCode.NOT_NOW, by=coordinator, at=then, seen=None, until=then + 30 * DAY
    )

    listed = words_of(as_user(coordinator).get(reverse("leads_not_now")))

    assert "The date has come 1" in listed
    assert lead.number in listed


def test_several_leads_close_at_once_and_each_refusal_is_named(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    ready = silent(study_site, coordinator, attempts=5, days_ago=20)
    short = silent(study_site, coordinator, attempts=3, days_ago=20)
    early = silent(study_site, coordinator, attempts=5, days_ago=2)
    client = as_user(coordinator)
    url = reverse("leads_close")
    page = words_of(client.get(url))

    def send(*leads: Lead, **values: str) -> Any:
        chosen = [f"{lead.number}-{lead.version}" for lead in leads]
        return client.post(url, {"leads": chosen, "reason": "contact_unreached"} | values)

    nothing = send()
    alone = send(ready, reason="deceased")
    response = send(ready, short)

    assert ready.number in page
    assert short.number in page
    assert early.number not in page
    assert nothing.status_code == alone.status_code == 422
    assert "Choose at least one lead." in words_of(nothing)
    assert response.status_code == 409
    assert "1 lead closed, 1 lead refused" in words_of(response)
    assert "3 of 5 attempts made" in words_of(response)
    for lead, stage in ((ready, Stage.CLOSED_OTHER), (short, Stage.NO_RESPONSE)):
        lead.refresh_from_db()
        assert lead.stage == stage
        assert list(differences([lead])) == []
    assert send(ready).status_code == 422  # it is in the list no more


def test_a_closed_lead_is_reopened_with_its_next_action(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    post(client, "lead_close", lead, reason="pt_not_interested")
    nowhere = post(client, "lead_reopen", lead, due="proposed")

    saved = post(client, "lead_reopen", lead, to="coordinator_review", due="proposed")

    assert nowhere.status_code == 422
    assert "Choose the stage to reopen to." in words_of(nowhere)
    assert saved.status_code == 302
    assert lead.stage == Stage.COORDINATOR_REVIEW
    assert lead.next_actions.filter(ended_at=None).count() == 1
    assert "Reopened to Coordinator review" in page_of(client, lead)


def test_reopening_after_a_month_is_left_to_the_site_lead(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    then = timezone.now() - 40 * DAY
    lead = make_lead(study_site, received_at=then)
    close_lead(
        lead=lead, code=CloseCode.PT_NOT_INTERESTED, by=coordinator, at=then + HOUR, seen=None
    )
    values = {"to": "coordinator_review", "due": "proposed"}

    refused = post(as_user(coordinator), "lead_reopen", lead, **values)
    saved = post(as_user(site_lead), "lead_reopen", lead, **values)

    assert refused.status_code == 422
    assert "only a site lead reopens it" in words_of(refused)
    assert saved.status_code == 302


def test_after_do_not_contact_both_the_tick_and_how_are_needed(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    post(client, "lead_close", lead, reason="contact_dnc")
    values = {"to": "coordinator_review", "due": "proposed", "renewed": "Wrote to us"}

    unticked = post(client, "lead_reopen", lead, **values)
    saved = post(client, "lead_reopen", lead, came_back="on", **values)

    assert unticked.status_code == 422
    assert "came back by own wish. Say how." in words_of(unticked)
    assert saved.status_code == 302


def test_du3_a_new_inquiry_of_somebody_whose_lead_was_closed_lately_offers_to_reopen(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    somebody = make_enquirer(4711)
    closed = {}
    for code, days in (("pt_not_interested", 60), ("burden_cost", 120)):
        lead = make_lead(study_site, received_at=now - (days + 1) * DAY, enquirer=somebody)
        close_lead(lead=lead, code=CloseCode(code), by=coordinator, at=now - days * DAY, seen=None)
        closed[code] = lead
    values = {
        "study_site": study_site.pk,
        "source": closed["burden_cost"].source.pk,
        "first_name": "Ada",
        "phone": somebody.phones[0],
        "basis": "self_inquiry",
        "may_phone": "yes",
        "may_text": "unknown",
        "may_email": "unknown",
    }

    page = as_user(coordinator).post(reverse("lead_add"), values).content.decode()

    link = '<a href="{}#do-reopen">'
    recent, old = closed["pt_not_interested"], closed["burden_cost"]
    assert link.format(reverse("lead", args=[recent.number])) in page
    assert link.format(reverse("lead", args=[old.number])) not in page
