"""Traces of random leads give the queue's order, and its ranks; the counts partition."""

import random
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_rank import ranks, trace_of
from recruitment.queries.queue_rows import ranked_of
from recruitment.rules.lanes import contact_times
from recruitment.rules.rank_trace import rank_trace
from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import Party
from tests.factories.recruitment import MONDAY, SiteFactory, StudySiteFactory
from tests.recruitment.queries.random_queue import halt, random_leads


@pytest.mark.slow
@pytest.mark.parametrize("hour", [1, 12, 21])
def test_sorting_by_the_traces_gives_the_order_of_the_queue_and_every_rank(
    hour: int, study_site: StudySite, coordinator: User
) -> None:
    berlin = StudySiteFactory(site=SiteFactory(time_zone="Europe/Berlin"))
    study_sites = [study_site, berlin]
    random_leads(study_sites, coordinator, 40, seed=100 + hour)
    if hour == 12:
        halt(berlin.pk)
    now = MONDAY.replace(hour=hour)
    read, ask = Queue(coordinator, study_sites, now), Ask(tab=Tab.TEAM)
    days = read.days()
    leads = read.listed(ask)

    def traced(lead: Lead) -> tuple[object, ...]:
        times = contact_times(now, lead.time_zone)
        found = ranked_of(lead, halted=read.halted)
        return (*rank_trace(found, days[lead.study_site_id], times).place.key, lead.pk)

    assert [lead.pk for lead in leads] == [lead.pk for lead in sorted(leads, key=traced)]
    for position, lead in enumerate(leads, 1):
        trace = trace_of(read, lead)
        assert trace.place.key == traced(lead)[:-1]
        assert trace.otherwise is None or trace.otherwise.place.key != trace.place.key
        places = [trace.place, *([trace.otherwise.place] if trace.otherwise else [])]
        found, total = ranks(read, ask, lead, places)
        assert (found[0], total) == (position, len(leads))
        if trace.otherwise is not None:
            others = [traced(other) for other in leads if other.pk != lead.pk]
            moved = (*trace.otherwise.place.key, lead.pk)
            assert found[1] == 1 + sum(other < moved for other in others)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_buckets_partition_random_leads_and_every_count_lists_exactly_that_many(
    seed: int, study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    """LC1, for every tab, with and without a filter."""
    random_leads([study_site], coordinator, 40, seed=seed)
    pick = random.Random(seed)
    for lead in Lead.objects.all():
        Lead.objects.filter(pk=lead.pk).update(
            owner=pick.choice([coordinator, coordinator, site_lead, None]),
            waiting_on=pick.choice(Party.values),
            stale_at=pick.choice([None, MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)]),
        )
    read = Queue(coordinator, [study_site], MONDAY)
    stage = Lead.objects.values_list("stage", flat=True)[0]

    for tab in Tab:
        for ask in (Ask(tab=tab), Ask(tab=tab, stage=stage), Ask(tab=tab, owner=site_lead.pk)):
            counts = read.counts(ask)
            whole = read.page(ask, counts.tabs[tab])
            assert len(whole.rows) == counts.tabs[tab] == read.listing(ask).count()
            listed: list[str] = []
            for bucket in Bucket:
                part = Ask(tab=tab, bucket=bucket, stage=ask.stage, owner=ask.owner)
                count = counts.tiles[tab][bucket].count
                rows = [row.number for row in read.page(part, count).rows]
                assert len(rows) == count == read.listing(part).count()
                listed += rows
            assert len(listed) == len(set(listed))
            assert {row.number for row in whole.rows} <= set(listed)
