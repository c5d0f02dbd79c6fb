"""The scheduling board: who may be offered dates, who has them, and what is missing (S6, LC4, G4).

The gate is the one that moves pass (rules.readiness): the board counts nothing anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from recruitment.models import (
    Blocker,
    Lead,
    LeadEvent,
    ReadinessItem,
    RecordsItem,
    Review,
    SlotHold,
    StudySite,
    Visit,
    week_loads_by_place,
    weeks_from,
)
from recruitment.models.gate_facts import TELL, Told, gate_from, with_checklist
from recruitment.models.log import standing
from recruitment.queries.boards import PAGE, BoardAsk, leads_asked
from recruitment.queries.lead_gate import BEFORE_DATES
from recruitment.rules.capacity import WEEKS_SHOWN, WeekLoad
from recruitment.rules.events import Fact
from recruitment.rules.readiness import FOR_READY, GateFacts, Lack, VisitFacts, lacks
from recruitment.rules.records import CLEAR
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import PrescreenState
from recruitment.rules.work_codes import ReadinessItemCode, VisitType
from trialsnest.lib.weeks import Week

RELATED = ("person", "owner", "study_site__study", "study_site__site")
OFFERED_FIRST = 2 * PAGE  # of those with dates, beside the others; all of them on their own list
BOOKED = "visits"  # what the address calls the list of visits


class SchedulingLane(TextChoices):
    """The lists of the board, in the order of the work."""

    OFFER = "offer", "Dates may be offered"
    OFFERED = "offered", "Dates offered, waiting for an answer"
    MISSING = "missing", "Something is missing first"


@dataclass(frozen=True)
class SchedulingRow:
    """One lead on its way to a visit: what comes before dates, and what before the booking."""

    lead: Lead
    before_dates: Sequence[Lack]
    before_booking: Sequence[str]
    unlooked: Sequence[str]
    holds: Sequence[SlotHold]
    can_work: bool

    @property
    def lane(self) -> SchedulingLane:
        """Its list. Dates that were offered stay offered, whatever came since."""
        if self.lead.dates_offered:
            return SchedulingLane.OFFERED
        return SchedulingLane.MISSING if self.before_dates else SchedulingLane.OFFER

    @property
    def is_ready(self) -> bool:
        """Whether it stands in Ready to schedule, from which dates are offered."""
        return bool(self.lead.stage == Stage.READY_TO_SCHEDULE)


@dataclass(frozen=True)
class PlaceLoad:
    """The coming weeks of a study at a site."""

    place: StudySite
    weeks: Sequence[WeekLoad]

    @property
    def free(self) -> int:
        """Slots left in all of them."""
        return sum(week.free for week in self.weeks)


@dataclass
class _Facts:
    """What was read about the leads of one page, by lead."""

    events: dict[int, list[LeadEvent]] = field(default_factory=lambda: defaultdict(list))
    items: dict[int, list[RecordsItem]] = field(default_factory=lambda: defaultdict(list))
    reviews: dict[int, Review] = field(default_factory=dict)
    blockers: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    checklist: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    holds: dict[int, list[SlotHold]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class SchedulingBoard:
    """The lists of the leads that `ask` wants, as `user` sees them at `now` (UTC).

    With `ask.shows` it is one list alone, by pages: leads with dates, or the booked visits.
    """

    user: User
    places: Sequence[StudySite]
    now: datetime
    ask: BoardAsk
    workable: frozenset[int]

    @cached_property
    def total(self) -> int:
        """How many the paged list has: leads with a complete prescreen and no dates yet, unless
        `ask` wants another one. One statement."""
        if self.ask.shows == SchedulingLane.OFFERED:
            return self.offered_total
        return self.visit_counts["all"] if self.ask.shows == BOOKED else self._candidates().count()

    @cached_property
    def offered_total(self) -> int:
        """How many were offered dates. One statement."""
        return self._offered().count()

    @cached_property
    def visit_counts(self) -> Mapping[str, int]:
        """How many visits have no result yet: of this week and the next (`all`), of this week
        (`this_week`), and of these not confirmed (`unconfirmed`). One statement."""
        this_week = self._in_weeks(1)
        return self._booked().aggregate(
            all=Count("pk"),
            this_week=Count("pk", filter=this_week),
            unconfirmed=Count("pk", filter=this_week & Q(confirmed_at__isnull=True)),
        )

    @cached_property
    def rows(self) -> Sequence[SchedulingRow]:
        """One page of leads without dates, and on the first one those that were offered some.
        Eleven statements; the likeliest first: ready, then without outstanding records."""
        if self.ask.shows == BOOKED:
            return []
        if self.ask.shows == SchedulingLane.OFFERED:
            found = list(self._offered()[self._page])
        else:
            found = list(self._candidates()[self._page])
            if self.ask.page == 1:
                found += self._offered()[:OFFERED_FIRST]
        facts = self._facts([lead.pk for lead in found])
        free = {load.place.pk: load.free for load in self._loads_of(found)}
        return [self._row(lead, facts, free[lead.study_site_id]) for lead in found]

    @cached_property
    def visits(self) -> Sequence[Visit]:
        """The first of the visits of this week and the next that have no result yet, by their
        time; with `ask.shows` one page of them. One statement."""
        if self.ask.shows == SchedulingLane.OFFERED:
            return []
        part = self._page if self.ask.shows == BOOKED else slice(PAGE)
        related = (f"lead__{name}" for name in RELATED)
        return list(self._booked().select_related(*related).order_by("starts_at", "pk")[part])

    @property
    def _page(self) -> slice:
        first = (self.ask.page - 1) * PAGE
        return slice(first, first + PAGE)

    def _offered(self) -> QuerySet[Lead]:
        offered = self._leads().filter(stage=Stage.READY_TO_SCHEDULE, dates_offered=True)
        return offered.order_by("due_at", "pk")

    def _booked(self) -> QuerySet[Visit]:
        leads = leads_asked(self.ask, self.user, self.places)
        return Visit.objects.filter(self._in_weeks(2), lead__in=leads, result="")

    def _in_weeks(self, weeks: int) -> Q:
        """Visits of this week, or of this and the next, on the clock of each site."""
        by_zone: dict[str, list[int]] = defaultdict(list)
        for place in self.places:
            by_zone[place.site.time_zone].append(place.pk)
        found = Q(pk__in=[])
        for zone, keys in by_zone.items():
            week = Week.containing(self.now, zone)
            end = week.end if weeks == 1 else week.next().end
            within = Q(starts_at__gte=week.start, starts_at__lt=end)
            found |= Q(lead__study_site__in=keys) & within
        return found

    def is_this_week(self, visit: Visit) -> bool:
        """Whether a visit falls into the week of now, on its site's clock."""
        zone: str = visit.lead.study_site.site.time_zone
        return bool(visit.starts_at < Week.containing(self.now, zone).end)

    @cached_property
    def loads(self) -> Sequence[PlaceLoad]:
        """The weeks of every place that has a row, by study and site. Three statements."""
        return self._loads_of([row.lead for row in self.rows] + [v.lead for v in self.visits])

    def _leads(self) -> QuerySet[Lead]:
        return leads_asked(self.ask, self.user, self.places).select_related(*RELATED)

    def _candidates(self) -> QuerySet[Lead]:
        asked = Q(prescreen=PrescreenState.COMPLETE, stage__in=BEFORE_DATES)
        leads = self._leads().filter(asked | Q(stage=Stage.READY_TO_SCHEDULE), dates_offered=False)
        records = RecordsItem.objects.filter(lead=OuterRef("pk"), is_required=True)
        ready = Case(When(stage=Stage.READY_TO_SCHEDULE, then=Value(0)), default=Value(1))
        return leads.annotate(
            behind=ready, lacks_records=Exists(records.exclude(state__in=CLEAR))
        ).order_by("behind", "lacks_records", Coalesce("last_movement_at", "received_at"), "pk")

    def _loads_of(self, leads: Iterable[Lead]) -> list[PlaceLoad]:
        places = {lead.study_site_id: lead.study_site for lead in leads}
        weeks = {
            place: weeks_from(self.now, place.site.time_zone, WEEKS_SHOWN)
            for place in sorted(places.values(), key=str)
        }
        loads = week_loads_by_place(weeks, at=self.now)
        return [PlaceLoad(place, loads[place.pk]) for place in weeks]

    def _facts(self, keys: Sequence[int]) -> _Facts:
        facts = _Facts()
        events = LeadEvent.objects.filter(lead__in=keys, kind__in=TELL, voided_by__isnull=True)
        for event in events.order_by("lead", "seq"):
            facts.events[event.lead_id].append(event)
        for item in RecordsItem.objects.filter(lead__in=keys):
            facts.items[item.lead_id].append(item)
        for review in Review.objects.filter(lead__in=keys).order_by("pk"):
            facts.reviews[review.lead_id] = review
        open_ones = Blocker.objects.filter(lead__in=keys, resolved_at__isnull=True)
        for key, category, party in open_ones.values_list("lead", "category", "waiting_on"):
            facts.blockers[key].append((category, party))
        set_ones = ReadinessItem.objects.filter(lead__in=keys)
        for key, code, state in set_ones.values_list("lead", "code", "state"):
            facts.checklist[key][code] = state
        held = SlotHold.objects.filter(lead__in=keys, ended_at__isnull=True, until__gt=self.now)
        for hold in held:
            facts.holds[hold.lead_id].append(hold)
        return facts

    def _row(self, lead: Lead, facts: _Facts, free: int) -> SchedulingRow:
        key, states = lead.pk, facts.checklist[lead.pk]
        gate, told = gate_from(
            prescreen=lead.prescreen,
            blockers=facts.blockers[key],
            said=_said(facts.events[key]),
            items=facts.items[key],
            review=facts.reviews.get(key),
        )
        ready = lacks(Stage.READY_TO_SCHEDULE, gate, overridden=told.overridden)
        needs = lead.person.needs_interpreter
        return SchedulingRow(
            lead=lead,
            before_dates=ready,
            before_booking=_before_booking(
                with_checklist(gate, states, needs_interpreter=needs), told, free=free
            ),
            unlooked=_unlooked(states, needs_interpreter=needs),
            holds=facts.holds[key],
            can_work=lead.study_site_id in self.workable,
        )


def _said(events: Sequence[LeadEvent]) -> list[Fact]:
    return [event.fact for event in standing(list(events))]


def _before_booking(facts: GateFacts, told: Told, *, free: int) -> list[str]:
    """What booking asks for besides what dates ask for; when and where is said with it (G2)."""
    visit = VisitFacts(type=VisitType.SCREENING, place="named with it", slots_left=free)
    found = lacks(Stage.SCHEDULED, replace(facts, visit=visit), overridden=told.overridden)
    return [lack.sentence for lack in found if lack.code not in FOR_READY]


def _unlooked(states: Mapping[str, str], *, needs_interpreter: bool) -> list[str]:
    """Items of the checklist that nobody has looked at (7.3)."""
    own = {ReadinessItemCode.PREPARATION}  # has its own sentence
    if not needs_interpreter:
        own.add(ReadinessItemCode.INTERPRETER)
    return [code.label for code in ReadinessItemCode if code not in states and code not in own]
