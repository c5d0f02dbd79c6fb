"""Counts on the way to a page are those of the page, and every destination has a key of its own."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.context import NAV
from recruitment.models import Blocker, Lead, StudySite
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.blockers import open_blocker
from tests.factories.recruitment import make_lead

SignIn = Callable[[User], Client]


def received(study_site: StudySite, owner: User | None = None) -> Lead:
    return make_lead(study_site, received_at=timezone.now() - timedelta(hours=2), owner=owner)


def test_every_destination_has_a_key_of_its_own() -> None:
    keys = Counter(key for _, _, key, _ in NAV)

    assert all(len(key) == 1 for key in keys)
    assert set(keys.values()) == {1}


def test_the_unowned_tab_counts_held_leads_apart(study_site: StudySite, coordinator: User) -> None:
    shown, held, promised = (received(study_site) for _ in range(3))
    Lead.objects.filter(pk__in=[held.pk, promised.pk]).update(is_held=True)
    Lead.objects.filter(pk=promised.pk).update(is_promised=True)
    read, ask = Queue(coordinator, [study_site], timezone.now()), Ask(tab=Tab.UNOWNED)

    counts = read.counts(ask)

    assert (counts.tabs[Tab.UNOWNED], counts.held) == (2, 2)
    assert sum(tile.count for tile in counts.tiles[Tab.UNOWNED].values()) == 2
    assert sum(tile.count for tile in counts.tiles[Tab.TEAM].values()) == 3
    assert {lead.pk for lead in read.listing(ask)} == {shown.pk, promised.pk}


def test_the_recovery_tab_leads_to_exactly_what_it_counts(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    stale, blocked = (received(study_site, coordinator) for _ in range(2))
    open_blocker(
        lead=blocked,
        category=BlockerCategory.INTERPRETER,
        by=coordinator,
        at=now - timedelta(hours=1),
        seen=blocked.version,
    )
    Blocker.objects.filter(lead=blocked).update(review_by=now - timedelta(minutes=5))
    Lead.objects.filter(pk=stale.pk).update(stale_at=now - timedelta(minutes=5))
    client = as_user(coordinator)
    tab = client.get(reverse("queue")).context["tabs"][-1]

    page = client.get(tab["url"])

    assert (tab["label"], tab["count"], page.context["total"]) == ("Recovery", 1, 1)
    assert client.get(reverse("recovery")).context["total"] == 2
    filtered = client.get(reverse("queue") + f"?study={study_site.study_id}").context["tabs"][-1]
    assert filtered["count"] == ""
