"""What the queue is told once a minute: numbers and a count, never a row."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.services.notes import add_note
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HOUR = timedelta(hours=1)


@pytest.fixture
def ben(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Ben Ortiz")


@pytest.fixture
def hers(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def changed(client: Client, since: datetime, **query: Any) -> int:
    answer = client.get(reverse("queue_pulse"), {"since": since.isoformat(), **query})
    assert answer.status_code == 200
    page = answer.content.decode()
    found = page.split('data-changed="')[1].split('"')[0]
    assert ("changed." in page) == bool(int(found))
    return int(found)


def test_a_colleagues_step_on_my_lead_is_counted_once_and_my_own_is_not(
    desk: Client, hers: Lead, ben: User, coordinator: User
) -> None:
    since = timezone.now()
    assert changed(desk, since) == 0
    add_note(lead=hers, text="Mine", by=coordinator, at=timezone.now())
    assert changed(desk, since) == 0
    for text in ("One", "Two"):
        add_note(lead=hers, text=text, by=ben, at=timezone.now())
    assert changed(desk, since) == 1
    assert changed(desk, timezone.now()) == 0


def test_a_lead_that_left_the_list_is_counted_while_the_page_shows_it(
    desk: Client, hers: Lead, ben: User
) -> None:
    since = timezone.now()
    assign_lead(lead=hers, to=ben, by=ben, at=timezone.now(), seen=None)
    assert changed(desk, since) == 0
    assert changed(desk, since, shown=hers.number) == 1
    assert changed(desk, since, tab="team") == 1


def test_a_lead_that_would_newly_be_shown_is_counted(
    desk: Client, study_site: StudySite, ben: User
) -> None:
    free = make_lead(study_site, received_at=timezone.now() - HOUR)
    since = timezone.now()
    claim_lead(lead=free, by=ben, at=timezone.now())
    assert changed(desk, since, tab="unowned") == 0
    assert changed(desk, since, tab="unowned", shown=free.number) == 1
    make_lead(study_site, received_at=timezone.now(), at=timezone.now())
    assert changed(desk, since, tab="unowned") == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"bucket": "new_inquiry"}, 1),
        ({"bucket": "contacted"}, 0),
        ({"bucket": "closed"}, 0),
        ({"stage": "new_inquiry"}, 1),
        ({"stage": "scheduled"}, 0),
        ({"study": "999999"}, 0),
        ({"source": "999999"}, 0),
        ({"owner": "999999"}, 0),
        ({"blocker": "travel"}, 0),
        ({"check": "no_owner"}, 0),
        ({"bucket": "no such", "study": "x", "since": "never"}, 0),
    ],
)
def test_only_leads_of_the_filtered_list_count(
    query: dict[str, str], count: int, desk: Client, hers: Lead, ben: User
) -> None:
    since = timezone.now()
    add_note(lead=hers, text="One", by=ben, at=timezone.now())
    answer = desk.get(reverse("queue_pulse"), {"since": since.isoformat()} | query)
    assert f'data-changed="{count}"' in answer.content.decode()


def test_notices_of_jobs_are_nobodys_change(
    desk: Client, study_site: StudySite, coordinator: User
) -> None:
    make_lead(study_site, owner=coordinator, received_at=timezone.now() - timedelta(days=40))
    since = timezone.now() - timedelta(seconds=1)
    assert flag_stale(at=timezone.now()) == 1
    assert changed(desk, since, tab="team", bucket="stale") == 0


def test_other_places_are_not_told_of_not_even_by_number(
    desk: Client, hers: Lead, outsider: User
) -> None:
    place = StudySiteFactory()
    stranger = make_member(Role.COORDINATOR, place)
    there = make_lead(place, owner=stranger, received_at=timezone.now() - HOUR)
    since = timezone.now()
    add_note(lead=there, text="One", by=stranger, at=timezone.now())
    assert changed(desk, since, tab="team", shown=there.number) == 0


def test_the_numbers_of_the_buckets_come_and_no_row(
    desk: Client, study_site: StudySite, coordinator: User
) -> None:
    enquirer = make_enquirer(first_name="Zephyrine", last_name="Quackenbush")
    lead = make_lead(
        study_site, owner=coordinator, enquirer=enquirer, received_at=timezone.now() - HOUR
    )
    page = desk.get(reverse("queue_pulse"), {"shown": lead.number}).content.decode()
    assert 'id="b-new_inquiry"' in page
    assert 'data-count="1"' in page
    assert lead.number not in page
    assert "Zephyrine" not in page


def test_leads_left_lying_are_counted_as_the_page_counts_them(
    desk: Client, study_site: StudySite, coordinator: User
) -> None:
    ago = timezone.now() - timedelta(days=6)
    lead = make_lead(study_site, owner=coordinator, received_at=ago)
    query = {"tab": "team", "check": "left_lying"}
    assert lead.number in desk.get(reverse("queue"), query).content.decode()
    page = desk.get(reverse("queue_pulse"), query).content.decode()
    assert 'data-count="1"' in page


def test_numbers_that_are_none_are_left_out(desk: Client, hers: Lead, ben: User) -> None:
    since = timezone.now()
    add_note(lead=hers, text="One", by=ben, at=timezone.now())
    shown = f"a\0b,{hers.number},'"
    assert changed(desk, since, bucket="closed", shown=shown) == 1


def test_the_queue_says_when_it_was_made_and_what_to_ask(desk: Client, hers: Lead) -> None:
    page = desk.get(reverse("queue"), {"tab": "team", "bucket": "new_inquiry"}).content.decode()
    assert f'data-pulse="{reverse("queue_pulse")}?tab=team&amp;bucket=new_inquiry&amp;' in page
    assert "Updated <span data-made>" in page


def test_somebody_signed_out_is_told_and_sent_nowhere() -> None:
    answer = Client().get(reverse("queue_pulse"), headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_a_pulse_takes_few_statements_however_many_leads_there_are(
    desk: Client, study_site: StudySite, coordinator: User, count_queries: Callable[..., int]
) -> None:
    counts = []
    for n in (1, 6):
        for _ in range(n):
            make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
        shown = ",".join(Lead.objects.values_list("number", flat=True))
        counts.append(count_queries(changed, desk, timezone.now(), shown=shown))
    assert counts[0] == counts[1] <= 9
