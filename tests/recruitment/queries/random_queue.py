"""Leads in every state that ranks, for the tests of the queue's order."""

import random
import uuid
from datetime import datetime, timedelta

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
from recruitment.rules.events import EventKind
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Party,
    RecordsState,
    RecordsType,
)
from tests.factories.accounts import UserFactory
from tests.factories.recruitment import MONDAY, make_enquirer, make_lead
from tests.recruitment.ranked import rank_again

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


def halt(study_site_id: int) -> None:
    StudyBlocker.objects.create(
        study_site_id=study_site_id,
        category=BlockerCategory.STUDY_PAUSED,
        waiting_on=Party.SPONSOR,
        review_by=MONDAY + timedelta(days=1),
        opened_at=MONDAY,
    )


def random_leads(study_sites: list[StudySite], by: User, n: int, seed: int) -> None:
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
    rank_again()
