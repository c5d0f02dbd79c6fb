"""Counts that stop at a limit agree with the exact ones below it, and are never wrong beyond."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.template import Context, Template

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.queue import Limits, Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_figures import CHECKS, figures
from recruitment.queries.queue_rank import ranks, trace_of
from recruitment.rules.queue_checks import Check
from recruitment.rules.stages import CLOSED, OPEN, Bucket, Stage
from recruitment.rules.vocabulary import Party
from tests.factories.recruitment import MONDAY, SiteFactory, StudySiteFactory
from tests.recruitment.queries.random_queue import random_leads
from tests.recruitment.ranked import rank_again
from trialsnest.lib.tally import Count, More

pytestmark = pytest.mark.slow
N = 70


@pytest.fixture
def exact(study_site: StudySite, coordinator: User, site_lead: User) -> Queue:
    """Leads in every state at two sites, owned by two people and by nobody, some on lists."""
    berlin = StudySiteFactory(site=SiteFactory(time_zone="Europe/Berlin"))
    random_leads([study_site, berlin], coordinator, N, seed=11)
    pick = random.Random(3)
    for lead in Lead.objects.all():
        values = {
            "owner": pick.choice([coordinator, coordinator, site_lead, None]),
            "waiting_on": pick.choice(Party.values),
            "stale_at": pick.choice([None, None, MONDAY - timedelta(days=1)]),
        }
        if pick.random() < 0.15:
            values["stage"] = Stage.NO_RESPONSE
        Lead.objects.filter(pk=lead.pk).update(**values)
    rank_again()
    return Queue(coordinator, [study_site, berlin], MONDAY)


def close_some(n: int) -> None:
    """Closed leads, written past the services, which would be long over many leads."""
    for lead in Lead.objects.filter(stage__in=OPEN).order_by("pk")[:n]:
        lead.next_actions.update(ended_at=MONDAY, ended_how="done")
        Lead.objects.filter(pk=lead.pk).update(
            stage=Stage.CLOSED_OTHER,
            waiting_on="",
            stale_at=None,
            next_type="",
            due_at=None,
            date_at=None,
            is_promised=False,
            dates_offered=False,
            visit_at=None,
            is_held=False,
        )


def to(cap: int, count: Count | None) -> Count | None:
    """What a count may say that stops at `cap`."""
    assert not isinstance(count, More)
    return count if count is None or count <= cap else More(cap)


ASKS = [
    Ask(tab=Tab.TEAM),
    Ask(tab=Tab.MINE),
    Ask(tab=Tab.WAITING),
    Ask(tab=Tab.UNOWNED),
    Ask(tab=Tab.TEAM, stage=Stage.CONTACTED),
    Ask(tab=Tab.UNOWNED, check=Check.LEFT_LYING),
]


@pytest.mark.parametrize("cap", [2, 7, 1000])
@pytest.mark.parametrize("closed_limit", [0, 1000])
def test_a_capped_count_is_the_exact_one_or_says_that_there_are_more(
    cap: int, closed_limit: int, exact: Queue
) -> None:
    close_some(12)
    read = replace(exact, limits=Limits(open=0, closed=closed_limit, cap=cap))
    own = {Tab.MINE, Tab.WAITING}
    for ask in ASKS:
        true, found = exact.counts(ask), read.counts(ask)
        assert not true.is_cut
        if not sum(found.tabs[tab] != 0 for tab in Tab):
            continue  # nothing matches, so nothing was cut
        assert found.is_cut
        assert own <= set(found.tiles)
        assert (Tab.UNOWNED in found.tiles) == (ask.tab == Tab.UNOWNED)
        for tab, tiles in found.tiles.items():
            limit = N if tab in own else cap  # her own leads are counted whatever there is
            assert found.tabs[tab] == to(limit, true.tabs[tab]), (ask, tab)
            assert found.overdue[tab] == to(limit, true.overdue[tab]), (ask, tab)
            assert found.windows[tab] == to(limit, true.windows[tab]), (ask, tab)
            if found.today[tab] is not None:
                assert found.today[tab] == to(limit, true.today[tab]), (ask, tab)
            else:
                assert isinstance(found.overdue[tab], More)
            for bucket, tile in tiles.items():
                known, most = true.tiles[tab][bucket], limit
                if bucket == Bucket.CLOSED and (closed_limit or tab in own):
                    most = N  # the closed ones are few enough to be counted
                if tile.is_cut:
                    assert tile == replace(known, count=More(cap), overdue=0, today=0)
                    assert isinstance(known.count, int)
                    assert known.count > cap or bucket == Bucket.CLOSED
                else:
                    assert tile == known, (ask, tab, bucket, most)
        assert found.tabs[Tab.UNOWNED] == to(cap, true.tabs[Tab.UNOWNED])
        assert found.stale == to(cap, true.stale)
        assert found.held == to(cap, true.held)


def test_few_leads_are_counted_exactly_and_one_more_is_not(exact: Queue) -> None:
    open_leads = Lead.objects.filter(stage__in=OPEN).count()
    for limit, is_cut in ((open_leads, False), (open_leads - 1, True)):
        read = replace(exact, limits=Limits(open=limit, cap=3))
        assert read.counts(Ask(tab=Tab.TEAM)).is_cut == is_cut
    narrowed = Ask(tab=Tab.TEAM, stage=Stage.CONTACTED)
    found = replace(exact, limits=Limits(open=open_leads - 1, cap=3)).counts(narrowed)
    assert found == exact.counts(narrowed)  # of a narrowed list only what it holds is counted


def test_many_closed_leads_leave_the_open_ones_exact(exact: Queue) -> None:
    close_some(12)
    true = exact.counts(Ask())
    found = replace(exact, limits=Limits(closed=5, cap=3)).counts(Ask())
    assert not found.is_cut
    for tab in Tab:
        for bucket in set(Bucket) - {Bucket.CLOSED}:
            assert found.tiles[tab][bucket] == true.tiles[tab][bucket]
    assert Lead.objects.filter(stage__in=CLOSED).count() == 12
    assert found.tiles[Tab.TEAM][Bucket.CLOSED].count == More(3)
    own = true.tiles[Tab.MINE][Bucket.CLOSED].count
    assert found.tiles[Tab.MINE][Bucket.CLOSED].count == own
    free = true.tiles[Tab.UNOWNED][Bucket.CLOSED].count
    assert found.tiles[Tab.UNOWNED][Bucket.CLOSED].count == to(3, free)


def test_nothing_is_summed_of_counts_that_stopped() -> None:
    with pytest.raises(TypeError):
        More(3) + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        sum([1, More(3)])  # type: ignore[list-item]
    assert (More(1000).text, More(1000).words) == ("1,000+", "more than 1,000")
    page = Template("{{ count }}").render(Context({"count": More(1000)}))
    assert 'aria-hidden="true">1,000+<' in page
    assert 'class="vh">more than 1,000<' in page


def test_figures_stop_at_the_same_limit(exact: Queue) -> None:
    asks = {**CHECKS, "team": Ask(tab=Tab.TEAM), "mine": Ask(tab=Tab.MINE)}
    true, found = figures(exact, asks), figures(exact, asks, cap=4)
    assert true["team"] > 4
    assert found == {name: to(4, count) for name, count in true.items()}


@pytest.mark.parametrize("hour", [3, 15])
def test_a_long_list_that_is_not_counted_is_read_whole_by_its_keys(
    hour: int, exact: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recruitment.queries.queue.PAGE", 9)
    now = MONDAY.replace(hour=hour)
    exact = replace(exact, now=now)
    read = replace(exact, limits=Limits(open=0, cap=3))
    ask = Ask(tab=Tab.TEAM)
    expected = [lead.number for lead in exact.listed(ask)]
    total = read.counts(ask).of_list(ask)
    assert total == More(3)
    pages, page = [], read.page(ask, total)
    while page.rows:
        pages.append([row.number for row in page.rows])
        assert page.first == 9 * (len(pages) - 1)
        if not page.older:
            break
        page = read.page(replace(ask, page=len(pages) + 1, after=page.older), total)
    assert [number for numbers in pages for number in numbers] == expected
    back = read.page(replace(ask, page=len(pages) - 1, before=page.newer), total)
    assert [row.number for row in back.rows] == pages[-2]


@pytest.mark.parametrize("hour", [3, 15])
def test_a_rank_is_exact_up_to_the_limit_and_says_so_beyond(hour: int, exact: Queue) -> None:
    exact = replace(exact, now=MONDAY.replace(hour=hour))
    read = replace(exact, limits=Limits(open=0, cap=20))
    ask = Ask(tab=Tab.TEAM)
    for lead in exact.listed(ask)[::5]:
        trace = trace_of(exact, lead)
        places = [trace.place, *([trace.otherwise.place] if trace.otherwise else [])]
        true, length = ranks(exact, ask, lead, places)
        found, total = ranks(read, ask, lead, places)
        assert found == [to(20, rank) for rank in true]
        assert total == to(20, length) == More(20)
        said = trace.sentence(rank=found[0], of=total)
        at = f"Rank {true[0]}" if isinstance(found[0], int) else "Beyond rank 20"
        assert said.startswith(f"{at} of more than 20: ")
