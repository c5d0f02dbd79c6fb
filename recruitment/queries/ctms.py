"""Hand-offs to study operations: the sheet of one, and what is still open (CT2, CT3, CT6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from recruitment.models import (
    ContactPermission,
    CtmsHandoff,
    Lead,
    LeadEvent,
    Milestone,
    Prescreen,
    RecordsItem,
    StudySite,
)
from recruitment.rules.calendars import BusinessCalendar, add_business_days
from recruitment.rules.events import MilestoneCode
from recruitment.rules.records import ItemState, roll_up
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import PermissionState, RecordsState, VisitResult
from recruitment.rules.work_codes import CtmsState
from trialsnest.lib.words import day, local

OUTCOME_AFTER = 5  # business days after the number came back (CT6)
SHEET_DATES = (
    MilestoneCode.RECEIVED,
    MilestoneCode.FIRST_TWO_WAY_CONTACT,
    MilestoneCode.PRESCREEN_COMPLETED,
    MilestoneCode.REVIEWED,
    MilestoneCode.RECORDS_REVIEWED,
    MilestoneCode.READY_TO_SCHEDULE,
    MilestoneCode.VISIT_SCHEDULED,
    MilestoneCode.VISIT_ATTENDED,
)


@dataclass(frozen=True)
class Sheet:
    """The one page that goes to study operations (CT2). `fields` are pairs of head and text."""

    fields: Sequence[tuple[str, str]]
    dates: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reconciliation:
    """What is open between this workspace and the study's own records (CT6)."""

    without_number: Sequence[CtmsHandoff]
    unacknowledged: Sequence[CtmsHandoff]
    without_outcome: Sequence[CtmsHandoff]
    months: Sequence["Month"]


@dataclass
class Month:
    """One calendar month on the site's clock, to be held against the site's own log."""

    first_on: date
    screened: int = 0
    failed: int = 0
    enrolled: int = 0


def handoff_of(lead: Lead) -> CtmsHandoff | None:
    """The lead's latest hand-off. One statement."""
    found: CtmsHandoff | None = (
        CtmsHandoff.objects.filter(lead=lead).select_related("visit", "sent_by").last()
    )
    return found


def sheet_of(handoff: CtmsHandoff, lead: Lead) -> Sheet:
    """The sheet of a hand-off, dates on the site's clock. Five statements. Dates and codes only."""
    zone = lead.study_site.site.time_zone
    reached = dict(Milestone.objects.filter(lead=lead).values_list("code", "event__occurred_at"))
    prescreen = Prescreen.objects.filter(lead=lead).order_by("changed_at", "pk").last()
    completed = reached.get(MilestoneCode.PRESCREEN_COMPLETED)
    items = RecordsItem.objects.filter(lead=lead).values_list("state", "is_required")
    rolled = roll_up(ItemState(RecordsState(state), required) for state, required in items)
    person = lead.person
    language = person.language + (", interpreter needed" if person.needs_interpreter else "")
    fields = [
        ("Lead", lead.number),
        ("Study", lead.study_site.study.code),
        ("Site", lead.study_site.site.name),
        ("Visit", day(local(handoff.visit.starts_at, zone))),
        ("Kind of visit", handoff.visit.get_type_display()),
        ("Source", lead.source.code),
        ("Prescreen completed", day(local(completed, zone)) if completed else ""),
        ("Prescreen version", prescreen.version if prescreen else ""),
        ("Records", rolled.label),
        ("Language", language),
        ("Needs", handoff.needs),
        ("Contact", _contact_words(lead)),
        ("Best time", person.best_time),
        ("Owner", lead.owner.name if lead.owner else ""),
    ]
    dates = [
        (code.label, day(local(reached[code], zone))) for code in SHEET_DATES if code in reached
    ]
    return Sheet(fields, dates)


def reconciliation(
    places: Sequence[StudySite], *, now: datetime, calendars: dict[int, BusinessCalendar]
) -> Reconciliation:
    """Everything open for `places`, oldest first, and the months. Five statements.

    `calendars` has the working time of each place by its key.
    """
    rows = list(
        CtmsHandoff.objects.filter(lead__study_site__in=places)
        .select_related("visit", "lead__study_site__study", "lead__study_site__site")
        .annotate(
            has_outcome=Exists(
                Milestone.objects.filter(
                    lead=OuterRef("lead"), code=MilestoneCode.SCREENING_OUTCOME
                )
            )
        )
    )
    return Reconciliation(
        without_number=[row for row in rows if _attended(row) and not row.number],
        unacknowledged=[row for row in rows if row.state == CtmsState.SENT],
        without_outcome=[row for row in rows if _awaits(row, now, calendars)],
        months=months_of(places),
    )


def months_of(places: Iterable[StudySite]) -> list[Month]:
    """Leads screened, failed and enrolled by month, the latest first. One statement.

    A lead counts at its first attended visit and at its first screening outcome; failed is an
    outcome other than enrolled.
    """
    zones = {place.pk: place.site.time_zone for place in places}
    events = LeadEvent.objects.filter(
        milestones__code__in=[MilestoneCode.VISIT_ATTENDED, MilestoneCode.SCREENING_OUTCOME],
        study_site__in=zones,
    ).values_list("study_site_id", "occurred_at", "milestones__code", "to_stage")
    found: dict[date, Month] = {}
    for place, occurred_at, code, to_stage in events:
        first_on = local(occurred_at, zones[place]).date().replace(day=1)
        month = found.setdefault(first_on, Month(first_on))
        if code == MilestoneCode.VISIT_ATTENDED:
            month.screened += 1
        elif code == MilestoneCode.SCREENING_OUTCOME and to_stage == Stage.ENROLLED:
            month.enrolled += 1
        elif code == MilestoneCode.SCREENING_OUTCOME:
            month.failed += 1
    return sorted(found.values(), key=lambda month: month.first_on, reverse=True)


def _attended(row: CtmsHandoff) -> bool:
    return bool(row.visit.result == VisitResult.ATTENDED)


def _awaits(row: CtmsHandoff, now: datetime, calendars: dict[int, BusinessCalendar]) -> bool:
    """A number came back more than five business days ago, and nobody recorded an outcome."""
    has_outcome: bool = row.has_outcome  # type: ignore[attr-defined]  # annotated above
    if row.acknowledged_at is None or has_outcome:
        return False
    calendar = calendars[row.lead.study_site_id]
    return add_business_days(row.acknowledged_at, OUTCOME_AFTER, calendar) < now


def _contact_words(lead: Lead) -> str:
    """The channels she agreed to, as last said."""
    said = (
        ContactPermission.objects.filter(person=lead.person_id)
        .order_by("channel", "-at", "-id")
        .distinct("channel")
    )
    agreed = [row.get_channel_display() for row in said if row.state == PermissionState.YES]
    return ", ".join(agreed) or "None agreed to"
