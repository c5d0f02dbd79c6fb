"""The recovery queue: who stands still, in which lane, and why as far as the log says (S4, RQ1)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from accounts.models import User
from recruitment.models import Blocker, Lead, LeadEvent, Review, StudySite
from recruitment.models.log import standing
from recruitment.queries.stage_labels import short_label_of
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.events import Fact
from recruitment.rules.recovery import (
    PAST_VISIT,
    THIRD_TIME,
    AgingLane,
    aging_lane,
    times_stale,
)
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.stale_causes import Proposal, propose_process
from recruitment.rules.stale_patients import PatientProposal, propose_patient
from recruitment.rules.vocabulary import VisitResult

SHOWN = 100  # leads of each list on one page; the oldest first
RELATED = ("person", "study_site__study", "study_site__site", "owner", "last_movement_event")


@dataclass(frozen=True)
class StaleRow:
    """One lead that stands still, with what is proposed about it. Times are UTC."""

    lead: Lead
    lane: AgingLane
    times: int
    patient: PatientProposal
    process: Proposal
    blocker: Blocker | None
    now: datetime

    @property
    def is_stale(self) -> bool:
        """Whether it can be reviewed: a blocked lead may only be past its review-by (ST4)."""
        return self.lead.stale_at is not None and self.lead.stale_at <= self.now

    @property
    def is_third(self) -> bool:
        """Whether only a site lead may do more than close or escalate (RQ4)."""
        return self.times >= THIRD_TIME

    @property
    def since(self) -> datetime:
        """When it last moved, or entered its stage if that was later."""
        return max(self.lead.stage_entered_at, self.lead.last_movement_at or self.lead.received_at)

    @property
    def still(self) -> timedelta:
        """For how long nothing moved."""
        return self.now - self.since

    @property
    def limit(self) -> timedelta:
        """How long it might have stood still."""
        return max((self.lead.stale_at or self.now) - self.since, timedelta(0))

    @property
    def zone(self) -> str:
        """The site's time zone."""
        return str(self.lead.study_site.site.time_zone)

    @property
    def stage_label(self) -> str:
        """What the study calls its stage."""
        return short_label_of(self.lead.study_site.study, self.lead.stage)


@dataclass(frozen=True)
class Recovery:
    """The lists of a reader at `now` (UTC), for everybody's leads or for those of `owner`.

    With `only_stale` the lanes hold what the queue counts as stale, and no blocked leads beside.
    """

    places: Sequence[StudySite]
    now: datetime
    owner: User | None = None
    only_stale: bool = False

    @property
    def leads(self) -> QuerySet[Lead]:
        """Open leads of these places, and of the owner if there is one."""
        found = Lead.objects.filter(study_site__in=[row.pk for row in self.places], stage__in=OPEN)
        return found if self.owner is None else found.filter(owner=self.owner)

    @property
    def standing(self) -> QuerySet[Lead]:
        """Stale leads, and blocked ones past the day to look again (ST4), oldest first."""
        wanted = Q(stale_at__lte=self.now)
        if not self.only_stale:
            wanted |= Q(Exists(_overlooked(self.now)))
        return self.leads.filter(wanted).order_by(F("stale_at").asc(nulls_last=True), "pk")

    @property
    def at_risk(self) -> QuerySet[Lead]:
        """Not stale, past 60 % of the way there (ST2), the nearest first; no call-back windows."""
        found = self.leads.filter(risk_at__lte=self.now, stale_at__gt=self.now)
        return found.exclude(stage=Stage.NO_RESPONSE).order_by("stale_at", "pk")

    @property
    def call_back(self) -> QuerySet[Lead]:
        """In their call-back window, which is no staleness (D17); the first to end first."""
        found = self.leads.filter(stage=Stage.NO_RESPONSE, stale_at__gt=self.now)
        return found.order_by("stale_at", "pk")

    @property
    def past_visit(self) -> QuerySet[Lead]:
        """Booked or screened, and 30 days past the visit without its outcome (RQ6)."""
        held = Q(visits__result__in=["", VisitResult.ATTENDED], visits__undone_at__isnull=True)
        found = self.leads.filter(stage__in=[Stage.SCHEDULED, Stage.SCREENED])
        found = found.annotate(visited_at=Max("visits__starts_at", filter=held))
        return found.filter(visited_at__lt=self.now - PAST_VISIT).order_by("visited_at", "pk")

    def counts(self) -> Mapping[AgingLane, int]:
        """How many stand in each lane, exactly. One statement."""
        blocked = Exists(Blocker.objects.filter(lead=OuterRef("pk"), resolved_at__isnull=True))
        groups = (
            self.standing.order_by()
            .annotate(is_blocked=blocked, nobody=Q(first_action_at__isnull=True))
            .values_list("is_blocked", "nobody")
            .annotate(n=Count("pk"))
        )
        found: Counter[AgingLane] = Counter()
        for is_blocked, nobody, n in groups:
            first = None if nobody else self.now
            found[aging_lane(first_action_at=first, is_blocked=is_blocked)] += n
        return found

    def rows(self, calendars: Mapping[int, BusinessCalendar]) -> list[StaleRow]:
        """The oldest that stand still, with proposals. Four statements.

        `calendars` has the working time of each place by its key.
        """
        return self.rows_of(self.standing[:SHOWN], calendars)

    def rows_of(
        self, leads: QuerySet[Lead], calendars: Mapping[int, BusinessCalendar]
    ) -> list[StaleRow]:
        """The same for these leads."""
        found = list(leads.select_related(*RELATED))
        keys = [lead.pk for lead in found]
        logs, blockers, asked = facts_of(keys), _open_blockers(keys), _asked(keys)
        return [
            stale_row(
                lead,
                facts=logs[lead.pk],
                blockers=blockers.get(lead.pk, []),
                is_reviewed=lead.pk in asked,
                calendar=calendars[lead.study_site_id],
                now=self.now,
            )
            for lead in found
        ]


def listed(leads: QuerySet[Lead]) -> list[Lead]:
    """The first of a list with what its table shows. One statement."""
    return list(leads.select_related(*RELATED)[:SHOWN])


def total_of(first: Sequence[Lead], leads: QuerySet[Lead]) -> int:
    """How many there are, the `first` of them being `listed`. A statement only if some are not."""
    return len(first) if len(first) < SHOWN else leads.count()


def stale_row(
    lead: Lead,
    *,
    facts: Iterable[Fact],
    blockers: Sequence[Blocker],
    is_reviewed: bool,
    calendar: BusinessCalendar,
    now: datetime,
) -> StaleRow:
    """The row of one lead from what was read of it; no statements."""
    return StaleRow(
        lead=lead,
        lane=aging_lane(first_action_at=lead.first_action_at, is_blocked=bool(blockers)),
        times=times_stale(
            lead.times_stale, flagged_for=lead.stale_flagged_for, stale_at=lead.stale_at, at=now
        ),
        patient=propose_patient(
            Stage(lead.stage),
            [row.category for row in blockers],
            attempts=lead.attempts,
            is_reviewed=is_reviewed,
        ),
        process=propose_process(facts, at=now, calendar=calendar),
        blocker=blockers[0] if blockers else None,
        now=now,
    )


def proposals_for(lead: Lead, *, now: datetime, calendar: BusinessCalendar) -> StaleRow:
    """The row of one lead. Three statements."""
    keys = [lead.pk]
    return stale_row(
        lead,
        facts=facts_of(keys)[lead.pk],
        blockers=_open_blockers(keys).get(lead.pk, []),
        is_reviewed=bool(_asked(keys)),
        calendar=calendar,
        now=now,
    )


def facts_of(keys: Sequence[int]) -> dict[int, list[Fact]]:
    """The log of each of these leads as the fold reads it, without what was voided."""
    logs: dict[int, list[LeadEvent]] = {key: [] for key in keys}
    for event in LeadEvent.objects.filter(lead__in=keys).order_by("lead", "seq"):
        logs[event.lead_id].append(event)
    return {key: [event.fact for event in standing(log)] for key, log in logs.items()}


def visited_at(lead: Lead) -> datetime:
    """The visit that `past_visit` read."""
    return cast(datetime, lead.visited_at)  # type: ignore[attr-defined]  # annotated


def _overlooked(now: datetime) -> QuerySet[Blocker]:
    """Open blockers of the outer lead that were to be looked at again by now."""
    rows: QuerySet[Blocker] = Blocker.objects.filter(
        lead=OuterRef("pk"), resolved_at__isnull=True, review_by__lte=now
    )
    return rows


def _open_blockers(keys: Sequence[int]) -> dict[int, list[Blocker]]:
    found: dict[int, list[Blocker]] = {}
    rows = Blocker.objects.filter(lead__in=keys, resolved_at__isnull=True)
    for row in rows.order_by("opened_at", "pk"):
        found.setdefault(row.lead_id, []).append(row)
    return found


def _asked(keys: Sequence[int]) -> set[int]:
    return set(Review.objects.filter(lead__in=keys, decision="").values_list("lead", flat=True))
