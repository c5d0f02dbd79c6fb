"""The queue's prepared statements are the ORM's, for every way of asking and for many readers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.queue import Limits, Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_figures import CHECKS, figures, figures_beside, saved_views
from recruitment.rules.queue_checks import Check
from recruitment.rules.stages import Bucket, Stage
from recruitment.rules.vocabulary import BlockerCategory
from tests.factories.recruitment import MONDAY, SiteFactory, StudySiteFactory
from tests.recruitment.prepared import compared_with_the_orm
from tests.recruitment.queries.random_queue import halt, random_leads
from trialsnest.lib.tally import counted_to

pytestmark = pytest.mark.slow
NARROWED = [
    {},
    {"stage": Stage.CONTACTED},
    {"blocker": BlockerCategory.TRAVEL},
    *({"check": check} for check in Check),
]


@pytest.fixture
def read(study_site: StudySite, coordinator: User) -> Queue:
    """Two studies at sites, one of them halted, with leads in every state."""
    berlin = StudySiteFactory(site=SiteFactory(time_zone="Europe/Berlin"))
    random_leads([study_site, berlin], coordinator, 40, seed=21)
    halt(berlin.pk)
    late = {MONDAY - timedelta(days=1): [study_site.pk], MONDAY - timedelta(days=3): [berlin.pk]}
    return Queue(coordinator, [study_site, berlin], MONDAY, late)


def _asks(read: Queue) -> list[Ask]:
    source = Lead.objects.values_list("source", flat=True)[0]
    keys = {"study": read.study_sites[0].study_id, "source": source, "owner": read.user.pk}
    narrowed = [*NARROWED, *({name: key} for name, key in keys.items()), keys]
    return [
        Ask(tab=tab, bucket=bucket, **filters)  # type: ignore[arg-type]  # of many types
        for tab in Tab
        for bucket in (None, Bucket.STALE, Bucket.CONTACTED, Bucket.CLOSED)
        for filters in (narrowed if bucket is None else [{}, keys])
    ]


def test_every_list_is_read_as_the_orm_would_read_it(read: Queue) -> None:
    with compared_with_the_orm() as seen:
        for ask in _asks(read):
            total = read.counts(ask).of_list(ask)
            assert len(read.page(ask, total).rows) == total == read.listing(ask).count()
    assert {"filtered", "leads_of", "_rows", "waiting", "listed_now"} <= set(seen)


def test_all_figures_are_those_of_their_lists(read: Queue) -> None:
    asks = {f"n{at}": ask for at, ask in enumerate(_asks(read)[::7])} | dict(CHECKS)
    with compared_with_the_orm() as seen:
        found = figures(read, asks, named=Ask(source=1, owner=read.user.pk))
        saved_views(read)
    assert {key: found[key] for key in asks} == {
        key: read.listing(ask).count() for key, ask in asks.items()
    }
    assert {"_figures", "_views"} <= set(seen)


@pytest.mark.parametrize("limits", [Limits(), Limits(open=5, cap=3), Limits(closed=1, cap=30)])
def test_checks_beside_counts_are_those_of_their_lists(read: Queue, limits: Limits) -> None:
    cut = replace(read, limits=limits)
    whole = {name: read.listing(check).count() for name, check in CHECKS.items()}
    assert whole[Check.NO_OWNER]
    for ask in _asks(read):
        counts = cut.counts(ask)
        cap = limits.cap if counts.is_cut else None
        beside = figures_beside(cut, counts, ask, CHECKS)
        assert beside == {name: counted_to(n, cap) if cap else n for name, n in whole.items()}


def test_another_reader_at_another_time_is_served_by_the_same_text(
    read: Queue, site_lead: User
) -> None:
    ask = Ask(tab=Tab.MINE)
    read.counts(ask)
    other = replace(
        read, user=site_lead, study_sites=read.study_sites[:1], now=MONDAY.replace(hour=4)
    )
    with compared_with_the_orm():
        total = other.counts(ask).of_list(ask)
        assert other.page(ask, total).rows == []
        assert figures(other, CHECKS) == {
            name: other.listing(check).count() for name, check in CHECKS.items()
        }


def test_a_study_out_of_sight_lists_nothing(read: Queue) -> None:
    ask = Ask(tab=Tab.TEAM, study=max(row.study_id for row in read.study_sites) + 1)
    assert read.counts(ask).of_list(ask) == 0
    assert figures(read, {"n": ask})["n"] == 0
