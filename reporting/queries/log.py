"""The log of one study at one site as it was known at a moment (D36; house.md 4.6)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from recruitment.models import AskLead, Lead, LeadEvent, Source, StudySite, weeks_from
from recruitment.rules.capacity import WEEKS_SHOWN
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.stages import Bucket
from recruitment.services.attempt_policy import policy_of
from recruitment.services.calendars import rest_days_of
from recruitment.services.terms import terms_of
from reporting.figures.inputs import AskFacts, LeadFacts, SourceFacts
from reporting.figures.later import Later
from reporting.figures.work_facts import AgreedFacts, WeekSlots
from reporting.queries.agreed import ItemRecord, agreed_at, read_agreed
from reporting.queries.asks import AskRecord, asks_at, read_asks
from reporting.queries.capacity import Hold, kept_times, read_holds, read_slots
from reporting.queries.history import Terms, in_order, later_of, lead_facts
from trialsnest.lib.prepared import prepared

COLUMNS = (
    "pk",
    "lead_id",
    "recorded_at",
    "voids_id",
    "kind",
    "seq",
    "occurred_at",
    "actor_id",
    "from_stage",
    "to_stage",
    "code",
    "reason_code",
    "to_owner_id",
    "subject_id",
    "due_at",
)


class _Row(NamedTuple):
    """One event as read."""

    pk: int
    lead_id: int
    recorded_at: datetime
    voids_id: int | None
    fact: Fact


@dataclass(frozen=True)
class StudySiteLog:
    """Everything the log of one study at one site said up to a moment, read once."""

    sources: Mapping[int, tuple[SourceFacts, bool]]
    source_of: Mapping[int, int]
    rows: Mapping[int, Sequence[_Row]]
    terms: Terms
    asks: Sequence[AskRecord]
    waiting: Mapping[int, tuple[int, ...]]
    agreed: Sequence[ItemRecord]
    holds: Mapping[int, Sequence[Hold]]
    slots: Mapping[date, int]
    usual_slots: int
    zone: str

    def leads_known_at(self, *, cut_off: datetime, as_of: datetime) -> tuple[LeadFacts, ...]:
        """Every lead received before `cut_off`, as its log told at `as_of` (both UTC)."""
        return tuple(lead for _, lead in self.known_at(cut_off=cut_off, as_of=as_of))

    def known_at(self, *, cut_off: datetime, as_of: datetime) -> Iterator[tuple[int, LeadFacts]]:
        """The same one after the other, each with its key."""
        for lead_id in self.rows:
            lead = self.told_of(lead_id, cut_off=cut_off, as_of=as_of)
            if lead is not None:
                yield lead_id, self.with_waits(lead_id, lead, until=min(cut_off, as_of))

    def told_of(self, lead_id: int, *, cut_off: datetime, as_of: datetime) -> LeadFacts | None:
        """What its own log tells of one lead; None when it was received at the cut-off or later."""
        source, is_test = self.sources[self.source_of[lead_id]]
        log = in_order(_standing(self.rows[lead_id], as_of))
        return lead_facts(log, source=source, is_test=is_test, cut_off=cut_off, terms=self.terms)

    def later_of(self, lead_id: int, *, cut_off: datetime, as_of: datetime) -> Later:
        """From what follows how a lead that was received by then stands afterwards."""
        log = in_order(_standing(self.rows[lead_id], as_of))
        return later_of(log, cut_off=cut_off, terms=self.terms)

    def with_waits(self, lead_id: int, lead: LeadFacts, *, until: datetime) -> LeadFacts:
        """The lead with the asks it waits for, and the times kept for it just before `until`."""
        asks, kept = self.waiting.get(lead_id, ()), tuple[datetime, ...]()
        if lead.bucket != Bucket.CLOSED:
            kept = kept_times(self.holds.get(lead_id, ()), until=until)
        if not asks and not kept:
            return lead
        return replace(lead, asks=asks, taken=(*lead.taken, *kept))

    def asks_known_at(self, *, cut_off: datetime, as_of: datetime) -> tuple[AskFacts, ...]:
        """Every ask to the sponsor as its history told at `as_of` of the time before `cut_off`."""
        return asks_at(self.asks, until=min(cut_off, as_of))

    def agreed_known_at(self, *, cut_off: datetime, as_of: datetime) -> tuple[AgreedFacts, ...]:
        """Every action that reviews completed before `cut_off` agreed, as it stood then."""
        return agreed_at(self.agreed, until=min(cut_off, as_of))

    def weeks_after(self, cut_off: datetime) -> tuple[WeekSlots, ...]:
        """The site's week of the cut-off and those that follow, with the slots set for each."""
        return tuple(
            WeekSlots(week.start, week.end, self.slots.get(week.monday, self.usual_slots))
            for week in weeks_from(cut_off, self.zone, WEEKS_SHOWN)
        )


def read_log(
    study_site: StudySite, *, until: datetime, leads: Sequence[int] | None = None
) -> StudySiteLog:
    """What was recorded up to `until` (UTC), itself included; of these `leads` only, if given.

    Reads events, never a lead's projected columns, and no person. Eight statements, and up to
    seven more for hours, rest days and the cadence that this process has not read yet.
    """
    by_lead: dict[int, list[_Row]] = defaultdict(list)
    if leads is None:
        events, source_of = (
            _events(place=study_site.pk, until=until),
            _source_of(place=study_site.pk),
        )
    else:
        events, source_of = _events_of(leads=leads, until=until), _source_of_these(leads=leads)
    for values in events:
        row = _row(*values)
        by_lead[row.lead_id].append(row)
    waiting: dict[int, list[int]] = defaultdict(list)
    for lead_id, ask_id in _waiting(place=study_site.pk):
        waiting[lead_id].append(ask_id)
    policy = policy_of(study_site.study)
    return StudySiteLog(
        sources={
            pk: (SourceFacts(code, label, kind), test)
            for pk, code, label, kind, test in _sources(study=study_site.study_id)
        },
        source_of=dict(source_of),
        rows=by_lead,
        terms=Terms(
            clocks=terms_of(study_site),
            rest_days=rest_days_of(study_site.study),
            max_attempts=policy.attempts,
            call_back=policy.call_back,
        ),
        asks=read_asks(study_site),
        waiting={lead_id: tuple(keys) for lead_id, keys in waiting.items()},
        agreed=read_agreed(study_site),
        holds=read_holds(study_site),
        slots=read_slots(study_site),
        usual_slots=study_site.capacity_per_week,
        zone=study_site.site.time_zone,
    )


@prepared
def _events(*, place: int, until: datetime) -> QuerySet[LeadEvent, tuple[Any, ...]]:
    rows = LeadEvent.objects.filter(study_site=place, recorded_at__lte=until)
    return rows.order_by("lead_id", "seq").values_list(*COLUMNS)


@prepared
def _events_of(*, leads: Sequence[int], until: datetime) -> QuerySet[LeadEvent, tuple[Any, ...]]:
    rows = LeadEvent.objects.filter(lead__in=leads, recorded_at__lte=until)
    return rows.order_by("lead_id", "seq").values_list(*COLUMNS)


@prepared
def _sources(*, study: int) -> QuerySet[Source, tuple[Any, ...]]:
    rows = Source.objects.filter(study=study)
    return rows.values_list("pk", "code", "sponsor_label", "kind", "is_test")


@prepared
def _source_of(*, place: int) -> QuerySet[Lead, tuple[int, int]]:
    return Lead.objects.filter(study_site=place).values_list("pk", "source_id")


@prepared
def _source_of_these(*, leads: Sequence[int]) -> QuerySet[Lead, tuple[int, int]]:
    return Lead.objects.filter(pk__in=leads).values_list("pk", "source_id")


@prepared
def _waiting(*, place: int) -> QuerySet[AskLead, tuple[int, int]]:
    rows = AskLead.objects.filter(ask__study_site=place)
    return rows.order_by("ask").values_list("lead", "ask")


def _standing(rows: Sequence[_Row], as_of: datetime) -> list[tuple[Fact, datetime]]:
    """The facts known at `as_of`, without those voided by then and their voids."""
    known = [row for row in rows if row.recorded_at <= as_of]
    voided = {row.voids_id for row in known if row.voids_id is not None}
    return [
        (row.fact, row.recorded_at)
        for row in known
        if row.pk not in voided and row.fact.kind != EventKind.VOIDED
    ]


def _row(pk: int, lead_id: int, recorded_at: datetime, voids_id: int | None, *values: Any) -> _Row:
    kind, seq, occurred_at, actor_id, from_stage, to_stage, code, reason, owner, subject, due = (
        values
    )
    fact = Fact(
        kind=EventKind(kind),
        occurred_at=occurred_at,
        by_staff=actor_id is not None,
        recorded_at=recorded_at,
        seq=seq,
        from_stage=from_stage,
        to_stage=to_stage,
        code=code,
        reason_code=reason,
        to_owner_id=owner,
        subject_id=subject,
        due_at=due,
    )
    return _Row(pk, lead_id, recorded_at, voids_id, fact)
