"""What needs a site lead: every count is that of the list behind it, and nobody else sees it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Handoff, Lead, Leave, LeaveCover, Role, StudySite
from recruitment.queries.needs_me import third_time, uncovered_today, unowned
from recruitment.queries.team import workload
from recruitment.rules.stages import Bucket
from recruitment.services.handoffs import offer_handoff
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

SignIn = Callable[[User], Client]
LISTS = ("unowned", "uncovered", "third-time", "overrides")


def counts(client: Client) -> dict[str, int]:
    """The counts of the page that are not 0, as it shows them."""
    html = client.get(reverse("needs_me")).content.decode()
    found = re.findall(r'data-need="([a-z_-]+)" data-count="(\d+)"', html)
    return {code: int(n) for code, n in found}


def received(study_site: StudySite, owner: User | None = None) -> Lead:
    return make_lead(study_site, received_at=timezone.now() - timedelta(hours=1), owner=owner)


def away(user: User, by: User) -> Leave:
    now = timezone.now()
    return Leave.objects.create(
        user=user,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=2),
        recorded_at=now - timedelta(days=1),
        recorded_by=by,
        begun_at=now - timedelta(hours=1),
    )


def test_a_site_lead_lands_on_it_and_a_coordinator_on_the_queue(
    site_lead: User, coordinator: User, sponsor_viewer: User, as_user: SignIn
) -> None:
    where = {user: as_user(user).get("/")["Location"] for user in (site_lead, coordinator)}

    assert where == {site_lead: reverse("needs_me"), coordinator: reverse("queue")}
    assert as_user(sponsor_viewer).get("/")["Location"] == reverse("reports")


def test_nothing_to_see_to_is_a_calm_page(site_lead: User, as_user: SignIn) -> None:
    page = as_user(site_lead).get(reverse("needs_me"))

    assert "Nothing needs you" in page.content.decode()
    assert counts(as_user(site_lead)) == {}


def test_each_count_is_that_of_its_list(
    study_site: StudySite, site_lead: User, coordinator: User, as_user: SignIn
) -> None:
    for _ in range(3):
        received(study_site)
    Lead.objects.filter(pk=received(study_site).pk).update(is_held=True)
    stale_at = timezone.now() - timedelta(days=1)
    third = [received(study_site, coordinator) for _ in range(4)]
    for lead, times, told in zip(
        third, (3, 2, 2, 1), (stale_at, None, stale_at, None), strict=True
    ):
        Lead.objects.filter(pk=lead.pk).update(
            stale_at=stale_at, times_stale=times, stale_flagged_for=told
        )
    away(coordinator, site_lead)
    client = as_user(site_lead)

    found = counts(client)

    assert (found["unowned"], found["third-time"], found["uncovered"]) == (3, 2, 1)
    for code in ("unowned", "third-time"):
        page = client.get(reverse("needs_me_list", args=[code]))
        assert len(page.context["leads"]) == found[code]
    assert {
        lead.pk
        for lead in client.get(reverse("needs_me_list", args=["third-time"])).context["leads"]
    } == {third[0].pk, third[1].pk}
    out = client.get(reverse("needs_me_list", args=["uncovered"]))
    assert [row.leave.user for row, _ in out.context["out"]] == [coordinator]


def test_a_hand_off_past_its_time_is_counted_and_stands_behind_its_link(
    study_site: StudySite, site_lead: User, coordinator: User, as_user: SignIn
) -> None:
    receiver = make_member(Role.COORDINATOR, study_site)
    lead, now = received(study_site, coordinator), timezone.now()
    offer_handoff(
        lead=lead,
        to=receiver,
        context="Wants mornings.",
        by=coordinator,
        at=now,
        seen=lead.version,
    )
    client = as_user(site_lead)
    assert "handoffs" not in counts(client)

    Handoff.objects.update(offered_at=now - timedelta(days=2), accept_by=now - timedelta(minutes=1))

    assert counts(client)["handoffs"] == 1
    assert len(client.get(reverse("handoffs")).context["lists"].unanswered) == 1


def test_a_cover_who_is_here_covers_and_one_who_is_away_does_not(
    study_site: StudySite, site_lead: User, coordinator: User
) -> None:
    cover = make_member(Role.COORDINATOR, study_site)
    leave, now = away(coordinator, site_lead), timezone.now()
    LeaveCover.objects.create(leave=leave, study_site=study_site, cover=cover)

    assert uncovered_today([study_site], now=now) == []

    away(cover, site_lead)
    assert {row.leave.user for row in uncovered_today([study_site], now=now)} == {
        coordinator,
        cover,
    }


def test_other_sites_are_not_counted(study_site: StudySite) -> None:
    elsewhere = StudySiteFactory()
    received(elsewhere)
    now = timezone.now()

    assert unowned([study_site]).count() == third_time([study_site], now=now).count() == 0


def test_the_workload_is_exact_and_leaves_out_what_is_not_released(
    study_site: StudySite, coordinator: User
) -> None:
    now = timezone.now()
    received(study_site, coordinator)
    stale = received(study_site, coordinator)
    Lead.objects.filter(pk=stale.pk).update(stale_at=now - timedelta(minutes=1))
    oldest = received(study_site)
    Lead.objects.filter(pk=received(study_site).pk).update(is_held=True)

    loads = {load.user: load for load in workload([study_site], now=now)}

    assert dict(loads[coordinator].buckets) == {Bucket.NEW_INQUIRY: 1, Bucket.STALE: 1}
    assert (loads[None].open, loads[None].oldest_at) == (1, oldest.received_at)


@pytest.mark.parametrize("which", LISTS)
def test_only_a_site_lead_sees_a_list_and_there_is_no_other(
    which: str,
    study_site: StudySite,
    site_lead: User,
    coordinator: User,
    sponsor_viewer: User,
    as_user: SignIn,
) -> None:
    url = reverse("needs_me_list", args=[which])

    assert as_user(site_lead).get(url).status_code == 200
    for user in (coordinator, sponsor_viewer):
        assert as_user(user).get(url).status_code == 404
    assert as_user(site_lead).get(reverse("needs_me_list", args=["other"])).status_code == 404


def test_the_page_takes_the_same_statements_for_one_lead_and_for_many(
    study_site: StudySite,
    site_lead: User,
    coordinator: User,
    as_user: SignIn,
    count_queries: Callable[..., Any],
) -> None:
    client, url = as_user(site_lead), reverse("needs_me")
    received(study_site, coordinator)
    received(study_site)
    few = count_queries(client.get, url)
    for _ in range(6):
        received(study_site, coordinator)
        received(study_site)

    assert count_queries(client.get, url) == few <= 45
