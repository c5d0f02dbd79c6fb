"""Leads with something due for every job that looks at the time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import User
from recruitment.models import Lead, LeadEvent, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    Party,
)
from recruitment.services.blockers import open_blocker
from recruitment.services.breaches import flag_breaches
from recruitment.services.missed_visits import plan_missed_visits
from recruitment.services.outreach import log_outreach
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import bring_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SWEEPS: tuple[Callable[..., int], ...] = (
    flag_stale,
    flag_breaches,
    tell_pauses_over,
    plan_missed_visits,
)


def notices(lead: Lead, kind: EventKind) -> list[LeadEvent]:
    return list(lead.events.filter(kind=kind).order_by("seq"))


def call(lead: Lead, by: User, at: datetime, **values: object) -> None:
    defaults = {"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER, "seen": lead.version}
    log_outreach(lead=lead, by=by, at=at, **{**defaults, **values})  # type: ignore[arg-type]
    lead.refresh_from_db()


def block(
    lead: Lead,
    by: User,
    *,
    review_by: datetime | None,
    category: BlockerCategory = BlockerCategory.PATIENT_DECIDING,
    party: Party | None = None,
    at: datetime = MONDAY + HOUR,
) -> None:
    lead.refresh_from_db()
    open_blocker(
        lead=lead,
        category=category,
        waiting_on=party,
        by=by,
        at=at,
        seen=lead.version,
        review_by=review_by,
        plan=Plan(ActionType.CALL, MONDAY + DAY + 2 * HOUR),
    )
    lead.refresh_from_db()


def one_for_every_job(study_site: StudySite, by: User) -> list[Lead]:
    blocked = make_lead(study_site, owner=by)
    block(blocked, by, review_by=MONDAY + 2 * DAY)
    visiting = make_lead(study_site, owner=by)
    bring_to(Stage.SCHEDULED, visiting, by)
    return [blocked, visiting, make_lead(study_site)]
