"""The queue: the order of the lanes in SQL and in Python, and what is listed."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import (
    Lead,
    NextAction,
    StudySite,
)
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_rows import QueueRow, ranked_of
from recruitment.rules.lanes import Lane, contact_times, place
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Bucket, Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    Party,
)
from recruitment.services.next_actions import set_next_action
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import (
    MONDAY,
    SiteFactory,
    StudySiteFactory,
    make_lead,
)
from tests.recruitment.queries.random_queue import halt, random_leads
from tests.recruitment.ranked import rank_again


@pytest.mark.slow
@pytest.mark.parametrize("hour", [0, 3, 9, 12, 15, 20, 23])
def test_the_database_orders_leads_exactly_as_the_rule_does(
    hour: int, study_site: StudySite, coordinator: User
) -> None:
    berlin = StudySiteFactory(site=SiteFactory(time_zone="Europe/Berlin"))
    study_sites = [study_site, berlin]
    random_leads(study_sites, coordinator, 60, seed=hour)
    halted = frozenset({berlin.pk} if hour % 2 else ())
    for key in halted:
        halt(key)
    now = MONDAY.replace(hour=hour)
    queue = Queue(coordinator, study_sites, now)

    ordered = list(queue.page(Ask(tab=Tab.TEAM), total=60).rows)
    found = {lead.number: lead for lead in queue.listed(Ask(tab=Tab.TEAM))}
    days = queue.days()

    def key(lead: Lead) -> tuple[object, ...]:
        times = contact_times(now, lead.time_zone)
        placed = place(ranked_of(lead, halted=halted), days[lead.study_site_id], times)
        return (*placed.key, lead.pk)

    expected = [lead.number for lead in sorted(found.values(), key=key)]
    assert [row.number for row in ordered] == expected[:50]


def test_s05_a_call_promised_for_two_is_first_at_a_quarter_to(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=MONDAY - timedelta(days=1))
    make_lead(study_site, owner=coordinator, received_at=MONDAY - timedelta(days=9))
    promised = MONDAY.replace(hour=19)  # 14:00 in New York
    set_next_action(
        lead=lead,
        plan=Plan(ActionType.CALL, promised, is_promised=True),
        by=coordinator,
        at=MONDAY,
        seen=lead.version,
        reason="She asked",
    )

    def first(now: datetime) -> QueueRow:
        rows = Queue(coordinator, [study_site], now).page(Ask(tab=Tab.MINE), total=2).rows
        return rows[0]

    at_quarter_to = first(promised - timedelta(minutes=15))
    assert (at_quarter_to.number, at_quarter_to.lane) == (lead.number, Lane.PROMISED_CALLBACK)
    assert at_quarter_to.why == "call-back promised for 14:00"
    assert first(promised - timedelta(hours=3)).number != lead.number


def test_stale_leads_leave_the_list_unless_nobody_has_acted_on_them(
    study_site: StudySite, coordinator: User
) -> None:
    untouched = make_lead(study_site, owner=coordinator)
    tried = make_lead(study_site, owner=coordinator)
    log_outreach(
        lead=tried,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=coordinator,
        at=MONDAY + timedelta(hours=1),
        seen=tried.version,
    )
    queue = Queue(coordinator, [study_site], MONDAY + timedelta(days=30))

    counts = queue.counts(Ask())
    listed = queue.page(Ask(), counts.tabs[Tab.MINE]).rows

    assert counts.tiles[Tab.MINE][Bucket.STALE].count == 2
    assert [row.number for row in listed] == [untouched.number]
    assert counts.tabs[Tab.MINE] == 1


def test_waiting_holds_mine_that_wait_on_others_until_their_next_action_is_due(
    study_site: StudySite, coordinator: User
) -> None:
    """D16: mine, not the coordinator's turn, next action not due."""
    waits, due, own_turn, unowned = (
        make_lead(study_site, owner=owner)
        for owner in (coordinator, coordinator, coordinator, None)
    )
    for lead in (waits, due, unowned):
        Lead.objects.filter(pk=lead.pk).update(waiting_on=Party.RECORDS_PROVIDER)
    now = MONDAY + timedelta(hours=3)
    for lead in (waits, own_turn, unowned):
        NextAction.objects.filter(lead=lead).update(due_at=now + timedelta(hours=1))
    NextAction.objects.filter(lead=due).update(due_at=now)
    rank_again()
    queue = Queue(coordinator, [study_site], now)

    counts = queue.counts(Ask(tab=Tab.WAITING))
    rows = queue.page(Ask(tab=Tab.WAITING), total=counts.tabs[Tab.WAITING]).rows
    of_bucket = queue.page(Ask(tab=Tab.WAITING, bucket=Bucket.NEW_INQUIRY), total=1).rows

    assert counts.tabs == {Tab.MINE: 3, Tab.UNOWNED: 1, Tab.WAITING: 1, Tab.TEAM: 4}
    assert [row.number for row in rows] == [waits.number]
    assert [row.number for row in of_bucket] == [waits.number]
    assert counts.tiles[Tab.WAITING][Bucket.NEW_INQUIRY].count == 1


def test_the_list_is_narrowed_to_a_stage_and_to_an_owner(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    hers = make_lead(study_site, owner=site_lead)
    own = make_lead(study_site, owner=coordinator)
    Lead.objects.filter(pk=own.pk).update(stage=Stage.CONTACTED)
    queue = Queue(coordinator, [study_site], MONDAY + timedelta(hours=1))

    def listed(ask: Ask) -> list[str]:
        total = queue.counts(ask).tabs[Tab.TEAM]
        rows = queue.page(ask, total).rows
        assert len(rows) == total
        return [row.number for row in rows]

    assert listed(Ask(tab=Tab.TEAM, owner=site_lead.pk)) == [hers.number]
    assert listed(Ask(tab=Tab.TEAM, stage=Stage.CONTACTED)) == [own.number]
    assert listed(Ask(tab=Tab.TEAM, stage=Stage.CONTACTED, owner=site_lead.pk)) == []
