"""Two weekly reviews of a demo site, a week apart: what was agreed, and the proof of it (W1-W9)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.demo import loading
from recruitment.models import AgendaItem, Lead, OutreachAttempt, ReviewAction, WeeklyReview
from recruitment.rules.weekly.codes import (
    DONE_WHEN,
    ActionState,
    DoneWhen,
    Ending,
    ItemKind,
    ReviewState,
)
from tests.recruitment.demo.fixtures import TUESDAY, make_demo
from tests.recruitment.views.lead_steps import log

pytestmark = pytest.mark.slow

WEEK = timedelta(weeks=1)
CALLED_FOR = tuple(kind for kind, signs in DONE_WHEN.items() if DoneWhen.CONTACTED in signs)
AsUser = Callable[[User], Client]


class Clock:
    """What time it is for the product. UTC."""

    now: datetime = TUESDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, db: None) -> Clock:
    clock = Clock()
    monkeypatch.setattr(loading, "plan_meetings", lambda *_, **__: [])  # these are held here
    make_demo(leads=240)
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def open_week(lead_of_site: Client) -> WeeklyReview:
    """This week's review, opened from the page that lists them."""
    page = lead_of_site.get(reverse("weekly_reviews"))
    (site,) = page.context["sites"]
    answer = lead_of_site.post(reverse("weekly_review_open"), {"site": site["site"].pk})
    return WeeklyReview.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))


def end(client: Client, item: AgendaItem, **values: Any) -> None:
    url = reverse("weekly_item", args=[item.review_id, item.position])
    answer = client.post(url, values)
    assert answer.status_code == 302, answer.context["form"].errors


def end_the_rest(client: Client, review: WeeklyReview) -> str:
    """Accept what is open for a week and complete the review; what its minutes say."""
    relook = review.monday + WEEK
    for item in review.items.filter(ending=""):
        end(client, item, ending=Ending.ACCEPT, words="Seen.", relook_on=relook)
    answer = client.post(reverse("weekly_review_complete", args=[review.pk]), follow=True)
    review.refresh_from_db()
    assert review.state == ReviewState.COMPLETED
    return words(answer)


def test_what_was_agreed_last_monday_opens_the_next_review_with_its_proof(
    clock: Clock, as_user: AsUser
) -> None:
    site_lead = User.objects.get(email__startswith="lead1@")
    client = as_user(site_lead)

    first = open_week(client)
    item = max(
        first.items.filter(kind__in=CALLED_FOR), key=lambda item: (item.leads.count(), item.pk)
    )
    leads = list(Lead.objects.filter(pk__in=item.leads.values("lead")))
    assert len(leads) >= 2
    owner = User.objects.get(email__startswith="coordinator1@")
    end(
        client,
        item,
        ending=Ending.ACT,
        words="Call each of them.",
        owner=owner.pk,
        due_on=first.monday + timedelta(days=4),
        done_when=DoneWhen.CONTACTED,
        leads=[lead.pk for lead in leads],
    )
    assert "Call each of them." in end_the_rest(client, first)
    assert "Call each of them." in words(as_user(owner).get(reverse("weekly_reviews")))

    clock.now += timedelta(days=1)
    desk = as_user(owner)
    for lead in leads[1:]:  # one is never called
        log(desk, lead, "no_answer", sure="on")
    called = OutreachAttempt.objects.filter(lead__in=leads, at__gte=TUESDAY).count()
    assert 1 <= called < len(leads)

    clock.now = TUESDAY + WEEK
    second = open_week(as_user(site_lead))
    client = as_user(site_lead)
    page = words(client.get(reverse("weekly_review", args=[second.pk])))
    assert f"{called} of {len(leads)} leads" in page
    carried = second.items.get(position=1)
    assert carried.kind == ItemKind.CARRIED_ACTION
    assert carried.times_carried == 1
    proof = second.last_actions.get(action=carried.carried)
    assert proof.action.value == item.value

    end(
        client,
        carried,
        ending=Ending.ACT,
        words="Call the last one.",
        owner=owner.pk,
        due_on=second.monday + timedelta(days=4),
        done_when=DoneWhen.CONTACTED,
        leads=[leads[0].pk],
    )
    minutes = end_the_rest(client, second)
    assert f"{called} of {len(leads)} leads" in minutes
    assert "Call the last one." in minutes
    old, new = ReviewAction.objects.order_by("pk")
    assert (old.state, new.state) == (ActionState.CARRIED, ActionState.OPEN)
    assert new.times_carried == 1

    (check,) = second.forecast_checks.all()
    assert check.forecast.review == first
    assert second.movement.exists()
