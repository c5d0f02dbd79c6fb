"""The queue: the order of the lanes in SQL and in Python, and what is listed."""

import random
import uuid
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import (
    Blocker,
    Handoff,
    Lead,
    LeadEvent,
    NextAction,
    RecordsItem,
    StudyBlocker,
    StudySite,
    Visit,
)
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_rows import QueueRow, ranked_of
from recruitment.rules.events import EventKind
from recruitment.rules.lanes import Lane, contact_times, place
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import OPEN, Bucket, Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    Party,
    RecordsState,
    RecordsType,
)
from recruitment.services.next_actions import set_next_action
from recruitment.services.outreach import log_outreach
from tests.factories.accounts import UserFactory
from tests.factories.recruitment import (
    MONDAY,
    SiteFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
)

ZONES = ["America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Europe/Berlin"]


def _block(lead: Lead, review_by: datetime) -> None:
    Blocker.objects.create(
        lead=lead,
        category=BlockerCategory.TRAVEL,
        waiting_on=Party.PATIENT,
        opened_at=lead.received_at,
        review_by=review_by,
    )


def _date_beside(lead: Lead, pick: random.Random, by: User) -> None:
    """A chase, a visit to confirm or a hand-off to answer, with its own date (D18)."""
    date = MONDAY + timedelta(minutes=pick.randrange(-2000, 2000))
    kind = pick.choice(["chase", "confirm", "accept"])
    if kind == "chase":
        for type_ in (RecordsType.LABS, RecordsType.IMAGING):
            state = pick.choice([RecordsState.REQUESTED, RecordsState.RECEIVED])
            asked = state == RecordsState.REQUESTED
            RecordsItem.objects.create(
                lead=lead,
                type=type_,
                state=state,
                requested_at=lead.received_at,
                chase_at=date if asked else None,
                changed_at=MONDAY,
            )
    elif kind == "confirm":
        confirmed_at = pick.choice([None, None, MONDAY])
        Visit.objects.create(
            lead=lead,
            starts_at=date + timedelta(days=2),
            booked_at=lead.received_at,
            confirm_by=date,
            confirmed_at=confirmed_at,
        )
    else:
        Handoff.objects.create(
            lead=lead,
            sender=by,
            receiver=UserFactory(),
            offered_at=lead.received_at,
            accept_by=date,
            context="Call her in the evening.",
        )


def _offer(lead: Lead, at: datetime) -> None:
    LeadEvent.objects.create(
        lead=lead,
        seq=99,
        study_site=lead.study_site,
        kind=EventKind.VISIT_OFFERED,
        occurred_at=at,
        recorded_at=at,
        action_id=uuid.uuid4(),
    )


def _halt(study_site_id: int) -> None:
    StudyBlocker.objects.create(
        study_site_id=study_site_id,
        category=BlockerCategory.STUDY_PAUSED,
        waiting_on=Party.SPONSOR,
        review_by=MONDAY + timedelta(days=1),
        opened_at=MONDAY,
    )


def _random_leads(study_sites: list[StudySite], by: User, n: int, seed: int) -> None:
    """Leads in every state that ranks: columns set at random, as only a property test may."""
    pick = random.Random(seed)
    stages = sorted(OPEN - {Stage.NO_RESPONSE})
    for i in range(n):
        lead = make_lead(
            pick.choice(study_sites),
            received_at=MONDAY - timedelta(minutes=pick.randrange(1, 60 * 24 * 20)),
            enquirer=make_enquirer(i, time_zone=pick.choice(ZONES)),
        )
        span = timedelta(minutes=pick.randrange(-60 * 24 * 3, 60 * 24 * 3))
        visit = MONDAY + timedelta(minutes=pick.randrange(-600, 2000))
        acted = lead.received_at + timedelta(minutes=pick.randrange(1, 600))
        Lead.objects.filter(pk=lead.pk).update(
            stage=pick.choice(stages),
            first_action_at=pick.choice([None, acted, acted]),
            last_movement_at=pick.choice([None, acted]),
            visit_at=pick.choice([None, None, visit]),
            visit_confirmed=pick.random() < 0.5,
            is_held=pick.random() < 0.15,
        )
        NextAction.objects.filter(lead=lead).update(
            type=pick.choice(ActionType.values),
            due_at=MONDAY + pick.choice([span, timedelta(minutes=20), timedelta(hours=10)]),
            is_promised=pick.random() < 0.2,
        )
        if pick.random() < 0.2:
            _block(lead, MONDAY + timedelta(minutes=pick.randrange(-2000, 2000)))
        if pick.random() < 0.4:
            _date_beside(lead, pick, by)
        if pick.random() < 0.3:
            offered = lead.received_at + timedelta(hours=pick.randrange(1, 400))
            _offer(lead, offered)


@pytest.mark.slow
@pytest.mark.parametrize("hour", [0, 3, 9, 12, 15, 20, 23])
def test_the_database_orders_leads_exactly_as_the_rule_does(
    hour: int, study_site: StudySite, coordinator: User
) -> None:
    berlin = StudySiteFactory(site=SiteFactory(time_zone="Europe/Berlin"))
    study_sites = [study_site, berlin]
    _random_leads(study_sites, coordinator, 60, seed=hour)
    halted = frozenset({berlin.pk} if hour % 2 else ())
    for key in halted:
        _halt(key)
    now = MONDAY.replace(hour=hour)
    queue = Queue(coordinator, study_sites, now)

    ordered = list(queue.page(Ask(tab=Tab.TEAM), total=60).rows)
    found = {lead.number: lead for lead in queue._listed(Ask(tab=Tab.TEAM))}
    days = queue.days()

    def key(lead: Lead) -> tuple[object, ...]:
        times = contact_times(now, lead.person.time_zone)
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
