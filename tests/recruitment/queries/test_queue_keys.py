"""Reading the queue from key to key: every page, in both directions, is a piece of the one list."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from recruitment.models import Lead, NextAction, StudySite
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_keys import Key
from recruitment.queries.queue_order import Span
from recruitment.queries.queue_rows import ranked_of
from recruitment.rules.lanes import contact_times, place
from recruitment.rules.stages import Bucket, Stage
from tests.factories.recruitment import MONDAY, SiteFactory, StudySiteFactory, make_lead
from tests.recruitment.queries.random_queue import halt, random_leads

MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def _by_rule(queue: Queue, leads: list[Lead]) -> list[int]:
    """The leads sorted by rules.lanes."""
    days = queue.days()

    def key(lead: Lead) -> tuple[object, ...]:
        times = contact_times(queue.now, lead.time_zone)
        ranked = ranked_of(lead, halted=queue.halted)
        return (*place(ranked, days[lead.study_site_id], times).key, lead.pk)

    return [lead.pk for lead in sorted(leads, key=key)]


def _forth(queue: Queue, ask: Ask, size: int, *, is_short: bool) -> list[list[Key]]:
    pages, after = [], None
    while page := queue.keys(ask, Span(size, after=after), is_short=is_short):
        pages.append(page)
        after = page[-1]
    return pages


def _back(queue: Queue, ask: Ask, size: int, end: Key, *, is_short: bool) -> list[Key]:
    found, before = [end], end
    while page := queue.keys(ask, Span(size, before=before), is_short=is_short):
        found[:0] = page
        before = page[0]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("hour", [0, 3, 9, 12, 14, 15, 17, 20, 23])
def test_the_list_read_from_key_to_key_is_the_list_sorted_by_the_rule(
    hour: int, study_site: StudySite, coordinator: User
) -> None:
    berlin = StudySiteFactory(site=SiteFactory(time_zone="Europe/Berlin"))
    random_leads([study_site, berlin], coordinator, 60, seed=100 + hour)
    Lead.objects.filter(pk__in=Lead.objects.order_by("pk")[:20]).update(owner=coordinator)
    if hour % 2:
        halt(berlin.pk)
    queue = Queue(coordinator, [study_site, berlin], MONDAY.replace(hour=hour))

    for ask in (Ask(tab=Tab.TEAM), Ask(tab=Tab.MINE), Ask(tab=Tab.TEAM, bucket=Bucket.CONTACTED)):
        expected = _by_rule(queue, queue.listed(ask))
        for is_short in (True, False):
            pages = _forth(queue, ask, 7, is_short=is_short)
            keys = [key for page in pages for key in page]
            assert [key.id for key in keys] == expected
            assert _back(queue, ask, 7, keys[-1], is_short=is_short) == keys


def test_the_keys_are_those_of_the_rule(study_site: StudySite, coordinator: User) -> None:
    random_leads([study_site], coordinator, 20, seed=5)
    queue = Queue(coordinator, [study_site], MONDAY)
    ask = Ask(tab=Tab.TEAM)

    found = {key.id: key for key in queue.keys(ask, Span(100))}

    for lead in queue.listed(ask):
        times = contact_times(queue.now, lead.time_zone)
        placed = place(ranked_of(lead), queue.days()[study_site.pk], times)
        assert tuple(found[lead.pk])[:5] == placed.key


def test_closed_leads_are_read_from_key_to_key_the_latest_first(
    study_site: StudySite, coordinator: User
) -> None:
    for _ in range(5):
        make_lead(study_site)
    NextAction.objects.update(ended_at=MONDAY, ended_how="done")
    empty = {"next_type": "", "due_at": None, "date_at": None, "waiting_on": "", "stale_at": None}
    Lead.objects.update(stage=Stage.CLOSED_OTHER, **empty)
    queue = Queue(coordinator, [study_site], MONDAY)
    ask = Ask(tab=Tab.TEAM, bucket=Bucket.CLOSED)

    keys = [key for page in _forth(queue, ask, 2, is_short=False) for key in page]

    rows = Lead.objects.order_by("-stage_entered_at", "-pk")
    assert [key.id for key in keys] == [row.pk for row in rows]
    assert _back(queue, ask, 2, keys[-1], is_short=False) == keys


@given(
    st.builds(
        Key,
        st.integers(0, 6),
        st.integers(0, 1),
        MOMENTS,
        MOMENTS,
        MOMENTS,
        st.integers(1, 2**63 - 1),
    )
)
def test_a_key_is_read_from_an_address_as_it_was_written(key: Key) -> None:
    assert Key.read(key.text) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "0.0.0.0.0",
        "0.0.0.0.0.",
        "0.0.0.0.0.0",
        "9a.0.0.0.0.1",
        "0.2.0.0.0.1",
        "é.0.0.0.0.1",
        "0.0.zzzzzzzzzzzzz.0.0.1",
        "0.0.0.0.0.zzzzzzzzzzzzzzzz",
        "0.0.0.0.0.-1",
        "--1.0.0.0.0.1",
    ],
)
def test_what_is_no_key_is_read_as_none(text: str) -> None:
    assert Key.read(text) is None
