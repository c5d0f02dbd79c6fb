"""What the recovery page costs and whom it shows to whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import DayCount, Lead, Role, StudySite
from recruitment.queries import recovery
from recruitment.services.day_counts import count_the_day
from tests.factories.recruitment import make_lead, make_member
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


def stale_lead(study_site: StudySite, owner: User | None) -> Lead:
    """A new inquiry of three weeks ago, which nobody has touched."""
    return make_lead(study_site, owner=owner, received_at=timezone.now() - 21 * DAY)


def test_the_page_costs_the_same_for_two_rows_and_for_twelve(
    study_site: StudySite,
    coordinator: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    client, url = as_user(coordinator), reverse("recovery")

    def add(n: int) -> None:
        for _ in range(n):
            stale_lead(study_site, coordinator)

    add(2)
    client.get(url)
    two = count_queries(client.get, url)
    add(10)
    assert count_queries(client.get, url) == two
    assert two <= 26


def test_a_count_is_exact_beyond_what_its_list_shows(
    study_site: StudySite, coordinator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    for _ in range(3):
        lead = make_lead(study_site, owner=coordinator)
        Lead.objects.filter(pk=lead.pk).update(risk_at=now - DAY, stale_at=now + DAY)
    monkeypatch.setattr(recovery, "SHOWN", 2)

    answer = as_user(coordinator).get(reverse("recovery"), {"whose": "mine"})

    context: Any = answer.context
    assert (len(context["at_risk"]["rows"]), context["at_risk"]["total"]) == (2, 3)
    assert "The first 2 of 3." in words_of(answer)


def test_mine_comes_first_and_the_site_is_one_press_away(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    tom = make_member(Role.COORDINATOR, study_site, name="Tom Ode")
    mine, his, tray = (stale_lead(study_site, owner) for owner in (coordinator, tom, None))

    def lanes(client: Client, **asked: str) -> str:
        return words_of(client.get(reverse("recovery"), asked)).split("For the weekly review")[0]

    hers = as_user(coordinator)
    assert [lead.number in lanes(hers) for lead in (mine, his, tray)] == [True, False, False]
    everybody = lanes(hers, whose="site")
    assert all(lead.number in everybody for lead in (mine, his, tray))
    reviewer = make_member(Role.REVIEWER, study_site)
    page = lanes(as_user(reviewer))  # nothing is hers, so she sees the site
    assert tray.number in page
    assert "Look before you review" not in page
    assert "No owner" in page


def test_the_trend_shows_the_last_counted_day_of_each_week(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    stale_lead(study_site, coordinator)
    for days in (21, 14, 3):
        count_the_day(at=timezone.now() - days * DAY)
    DayCount.objects.filter(on__lt=(timezone.now() - 10 * DAY).date()).update(open=9, stale=7)
    context: Any = as_user(coordinator).get(reverse("recovery")).context
    shown = [row[1] for row in context["trend"]["rows"]]
    assert shown[0] == "1"  # now
    assert len(shown) == 9
    assert "7" in shown
    assert shown[-1] == "not counted"


@pytest.mark.parametrize("whose", ["", "mine", "site", "nonsense"])
def test_an_address_that_asks_for_nothing_known_shows_the_page(
    coordinator: User, as_user: SignIn, whose: str
) -> None:
    assert as_user(coordinator).get(reverse("recovery"), {"whose": whose}).status_code == 200


def test_the_form_on_the_leads_page_is_there_while_it_is_stale_and_says_why(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = stale_lead(study_site, coordinator)
    fresh_at = timezone.now() - DAY / 24
    fresh = make_lead(study_site, owner=coordinator, received_at=fresh_at)
    hers = as_user(coordinator)
    page = words_of(hers.get(reverse("lead", args=[lead.number])))
    assert "Review this stale lead" in page
    assert "Proposed from the log: Nobody did anything since" in page
    assert "Review this stale lead" not in words_of(hers.get(reverse("lead", args=[fresh.number])))
