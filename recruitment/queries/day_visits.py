"""The visits of a day: confirmed or not, what is missing, and what became of them (S6, G2, G6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from recruitment.models import (
    Blocker,
    Lead,
    ReadinessItem,
    RecordsItem,
    StudySite,
    StudyStaff,
    Visit,
)
from recruitment.queries.out_today import today_at
from recruitment.rules.records import CLEAR
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import BlockerCategory, RecordsState, RecordsType, VisitResult
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState

C, S = ReadinessItemCode, ReadinessState
SHOWN = 200  # visits on one page
RELATED = ("lead__person", "lead__study_site__study", "lead__study_site__site", "lead__owner")


@dataclass(frozen=True)
class DayVisit:
    """One visit, what it still lacks, and who may decide about the person. `zone` is the site's."""

    visit: Visit
    zone: str
    missing: Sequence[str] = ()
    staff: Sequence[StudyStaff] = ()

    @property
    def lead(self) -> Lead:
        """The lead."""
        lead: Lead = self.visit.lead
        return lead

    @property
    def is_missed(self) -> bool:
        """Whether it was not held."""
        return self.visit.result not in {"", VisitResult.ATTENDED}


@dataclass(frozen=True)
class DayVisits:
    """Past visits without a result, those that are still to come today, and what was recorded."""

    past: Sequence[DayVisit] = field(default_factory=list)
    ahead: Sequence[DayVisit] = field(default_factory=list)
    done: Sequence[DayVisit] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to list."""
        return not (self.past or self.ahead or self.done)

    @property
    def unconfirmed(self) -> int:
        """How many of those to come nobody has confirmed."""
        return sum(row.visit.confirmed_at is None for row in self.ahead)


def day_visits(
    places: Sequence[StudySite], *, now: datetime, owner: User | None = None
) -> DayVisits:
    """The visits of these places up to tonight, on each site's clock; of one `owner` or of all.

    Past ones without a result come from any day, the oldest first. Five statements. `now` is UTC.
    """
    found = _read(places, now=now, owner=owner)
    open_ones = [visit for visit in found if not visit.result]
    missing, staff = _missing(open_ones), _staff(open_ones)
    rows = [
        DayVisit(
            visit,
            visit.lead.study_site.site.time_zone,
            missing.get(visit.lead_id, ()),
            staff.get(visit.lead.study_site_id, ()),
        )
        for visit in found
    ]
    return DayVisits(
        past=[row for row in rows if not row.visit.result and row.visit.starts_at <= now],
        ahead=[row for row in rows if not row.visit.result and row.visit.starts_at > now],
        done=[row for row in rows if row.visit.result],
    )


def next_visit(
    places: Sequence[StudySite], *, now: datetime, owner: User | None = None
) -> Visit | None:
    """The first visit that is booked after now. One statement."""
    visits = Visit.objects.filter(
        lead__study_site__in=places, lead__stage__in=OPEN, result="", starts_at__gt=now
    )
    if owner is not None:
        visits = visits.filter(lead__owner=owner)
    found: Visit | None = visits.select_related(*RELATED).order_by("starts_at", "pk").first()
    return found


def _read(places: Sequence[StudySite], *, now: datetime, owner: User | None) -> list[Visit]:
    wanted = Q(pk__in=[])
    for place in places:
        today = today_at(place, now=now)
        held = Q(starts_at__gte=today.starts_at, starts_at__lt=today.ends_at) & ~Q(result="")
        ahead = Q(result="", lead__stage__in=OPEN, starts_at__lt=today.ends_at)
        wanted |= Q(lead__study_site=place) & (ahead | held)
    visits = Visit.objects.filter(wanted)
    if owner is not None:
        visits = visits.filter(lead__owner=owner)
    return list(visits.select_related(*RELATED).order_by("starts_at", "pk")[:SHOWN])


def _missing(visits: Sequence[Visit]) -> Mapping[int, Sequence[str]]:
    """What each lead's visit lacks, in words. Three statements, none without visits."""
    leads = [visit.lead_id for visit in visits]
    if not leads:
        return {}
    states: dict[int, dict[str, str]] = defaultdict(dict)
    for lead, code, state in ReadinessItem.objects.filter(lead__in=leads).values_list(
        "lead", "code", "state"
    ):
        states[lead][code] = state
    records: dict[int, list[str]] = defaultdict(list)
    items = RecordsItem.objects.filter(lead__in=leads, is_required=True)
    for lead, type_, state in items.order_by("pk").values_list("lead", "type", "state"):
        if RecordsState(state) not in CLEAR:
            records[lead].append(str(RecordsType(type_).label))
    blockers: dict[int, list[str]] = defaultdict(list)
    rows = Blocker.objects.filter(lead__in=leads, resolved_at__isnull=True)
    for lead, category in rows.order_by("opened_at", "pk").values_list("lead", "category"):
        blockers[lead].append(str(BlockerCategory(category).label))
    return {
        visit.lead_id: _lacks(
            visit, states[visit.lead_id], records[visit.lead_id], blockers[visit.lead_id]
        )
        for visit in visits
    }


def _lacks(
    visit: Visit, states: Mapping[str, str], records: Iterable[str], blockers: Iterable[str]
) -> list[str]:
    said = [] if visit.place else ["Place of the visit"]
    if states.get(C.PREPARATION) != S.CLEAR:
        said.append("Preparation not sent")
    if visit.lead.person.needs_interpreter and states.get(C.INTERPRETER) != S.CLEAR:
        said.append("Interpreter not arranged")
    told = {C.PREPARATION, C.INTERPRETER}
    said += [str(c.label) for c in C if c not in told and states.get(c) == S.NOT_CLEAR]
    said += [f"Records: {label}" for label in records]
    return said + [f"Blocked: {label}" for label in blockers]


def _staff(visits: Sequence[Visit]) -> Mapping[int, Sequence[StudyStaff]]:
    """Who of each study team decides about screening (LC7). One statement, none without visits."""
    places = {visit.lead.study_site_id for visit in visits}
    found: dict[int, list[StudyStaff]] = defaultdict(list)
    if places:
        rows = StudyStaff.objects.filter(
            study_site__in=places, decides="study_team", is_active=True
        )
        for row in rows.order_by("name", "pk"):
            found[row.study_site_id].append(row)
    return found
