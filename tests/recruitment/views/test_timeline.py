"""The timeline of a lead's page: narrowed and taken further back by its address (AU4, LC10)."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.timeline_page import ENTRIES, Show
from recruitment.rules.events import EventKind
from tests.factories.recruitment import make_lead
from tests.recruitment.views.full_lead import Statements, lengthen
from tests.recruitment.views.lead_steps import HOUR, log, post, words_of

SignIn = Callable[[User], Client]
TIMELINE = {"HX-Request": "true", "HX-Target": "timeline"}


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry of the coordinator, four hours old."""
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 4 * HOUR)


def _shown(client: Client, lead: Lead, **asked: object) -> str:
    """The timeline that the page shows, as words."""
    page = client.get(reverse("lead", args=[lead.number]), asked)
    html = page.content.decode()
    return html[html.index('id="timeline"') : html.index("<aside")]


def _entries(html: str) -> int:
    return len(re.findall(r'<li id="e\d+"', html))


def test_the_timeline_shows_movement_alone_where_its_address_asks_for_it(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    log(client, lead, "reached")
    post(client, "lead_note", lead, note="Likes mornings.", once="1")

    everything, movement = _shown(client, lead), _shown(client, lead, show="movement")

    assert "Likes mornings." in everything
    assert "Likes mornings." not in movement
    assert "Reached" in movement
    assert 'href="/leads/' in movement
    assert re.search(r'id="tl-movement"[^>]*aria-current="true"', movement)


@pytest.mark.parametrize("show", [*Show.values, "nonsense", "<script>"])
def test_every_narrowing_answers_and_an_unknown_one_shows_everything(
    show: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    post(client, "lead_note", lead, note="A word.", once="1")

    html = _shown(client, lead, show=show)

    assert ("A word." in html) == (show not in {s.value for s in Show} - {""})
    assert "<script>" not in html


def test_a_voided_entry_is_struck_through_with_who_when_and_why(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    log(client, lead, "no_answer")
    wrong = lead.events.get(kind=EventKind.OUTREACH_LOGGED)
    post(client, "lead_void", lead, event=wrong.pk, reason="It was another patient.")

    html = _shown(client, lead, show="corrections")

    assert "<s>No answer</s>" in html
    assert "Voided as a wrong entry by Priya Raman" in html
    assert "It was another patient." in html
    assert _entries(html) == 1
    assert "<s>" not in _shown(client, lead, show="movement")


def test_what_was_entered_long_after_it_happened_is_marked(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    log(client, lead, "no_answer")
    assert "Entered later" not in _shown(client, lead)
    lengthen(lead, coordinator, events=1, ago=2 * HOUR)

    html = _shown(client, lead)

    assert html.count("Entered later") == 1


def test_a_long_timeline_goes_further_back_step_by_step_and_each_entry_stands_once(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    lengthen(lead, coordinator, events=2 * ENTRIES)

    first, second = _shown(client, lead), _shown(client, lead, earlier=1)
    last = _shown(client, lead, earlier=2)

    assert [_entries(html) for html in (first, second)] == [ENTRIES, 2 * ENTRIES]
    assert "Show earlier" in first
    assert "Show earlier" not in last
    keys = re.findall(r'<li id="(e\d+)"', last)
    assert len(keys) == len(set(keys)) > 2 * ENTRIES
    assert second.count("data-focus") == 1  # the first entry that is new
    fragment = re.search(r'id="tl-earlier"[^>]*#(e\d+)"', first)
    assert fragment is not None
    assert f'id="{fragment[1]}"' in second


def test_a_log_longer_than_the_page_reads_can_be_followed_to_its_beginning(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    lengthen(lead, coordinator, events=310)

    narrowed = _shown(client, lead, show="movement")
    back = _shown(client, lead, show="movement", earlier=1)

    assert "Show earlier" in narrowed
    assert "Show earlier" not in back
    assert "Received" in _shown(client, lead, earlier=9)


def test_the_timeline_alone_is_read_in_few_statements_for_what_the_script_asks(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client, url = as_user(coordinator), reverse("lead", args=[lead.number])
    lengthen(lead, coordinator, events=90)
    client.get(url)

    with Statements() as statements:
        response = client.get(url, {"show": "", "earlier": "1"}, headers=TIMELINE)

    assert response.content.decode().lstrip().startswith('<section class="sheet sheet--long" id="t')
    assert "Note 12." in words_of(response)
    assert len(statements) <= 4, "\n".join(statements.sql)


@pytest.mark.parametrize("earlier", ["-1", "x", "99999", "1e3", "٣"])
def test_a_broken_number_of_steps_shows_the_latest(
    earlier: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    response = as_user(coordinator).get(
        reverse("lead", args=[lead.number]), {"earlier": earlier}, headers=TIMELINE
    )

    assert response.status_code == 200
    assert "Received" in words_of(response)
