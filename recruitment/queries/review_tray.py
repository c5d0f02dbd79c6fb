"""The study team's tray: reviews that wait for its decision, and what else waits on it (S7)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from recruitment.models import (
    Blocker,
    Lead,
    LeadEvent,
    LeadNote,
    Prescreen,
    RecordsItem,
    Review,
    StudyBlocker,
    StudySite,
)
from recruitment.rules.events import EventKind
from recruitment.rules.records import ItemState, roll_up
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import BlockerCategory, Party, PrescreenState, RecordsState
from recruitment.rules.work_codes import FitSignal
from trialsnest.lib import shield
from trialsnest.lib.words import age

PAGE = 25  # reviews of one page
SHEET_ROWS = 200  # of the sheet, the longest waiting first
RELATED = ("lead__person", "lead__study_site__study", "lead__study_site__site", "requested_by")


@dataclass(frozen=True)
class TrayRow:
    """One review with what the study team decides it from. Times are UTC."""

    review: Review
    prescreen: Prescreen | None
    signal: str
    note: str
    records: RecordsState
    outstanding: Sequence[str]
    blockers: Sequence[str]
    now: datetime

    @property
    def lead(self) -> Lead:
        """The lead."""
        lead: Lead = self.review.lead
        return lead

    @property
    def waits(self) -> str:
        """For how long, as an age."""
        return age(self.now - self.review.requested_at)


def open_reviews(places: Sequence[StudySite]) -> QuerySet[Review]:
    """Undecided reviews of open leads there, the longest waiting first."""
    rows = Review.objects.filter(
        decision="", lead__study_site__in=[row.pk for row in places], lead__stage__in=OPEN
    )
    return rows.order_by("requested_at", "pk")


def last_decided(lead: Lead) -> Review | None:
    """The latest decision on the lead, with who decided and who recorded it. One statement."""
    decided = Review.objects.filter(lead=lead).exclude(decision="")
    return (
        decided.select_related("decided_by", "recorded_by").order_by("-decided_at", "-pk").first()
    )


def tray_rows(reviews: QuerySet[Review], *, now: datetime) -> list[TrayRow]:
    """These reviews with their facts. Five statements, whatever they are."""
    found = list(reviews.select_related(*RELATED))
    keys = [review.lead_id for review in found]
    prescreens = {
        row.lead_id: row
        for row in Prescreen.objects.filter(lead__in=keys, state=PrescreenState.COMPLETE)
    }
    told = _told(keys)
    items: dict[int, list[RecordsItem]] = defaultdict(list)
    for item in RecordsItem.objects.filter(lead__in=keys, is_required=True):
        items[item.lead_id].append(item)
    blockers: dict[int, list[str]] = defaultdict(list)
    open_ones = Blocker.objects.filter(lead__in=keys, resolved_at__isnull=True)
    for key, category in open_ones.values_list("lead", "category"):
        blockers[key].append(BlockerCategory(category).label)
    return [
        TrayRow(
            review=review,
            prescreen=prescreens.get(review.lead_id),
            signal=_signal(told.get(review.lead_id)),
            note=_note(told.get(review.lead_id)),
            records=roll_up(ItemState(RecordsState(row.state)) for row in items[review.lead_id]),
            outstanding=[
                f"{row.get_type_display()}: {row.get_state_display().lower()}"
                for row in items[review.lead_id]
            ],
            blockers=blockers[review.lead_id],
            now=now,
        )
        for review in found
    ]


def _told(keys: Sequence[int]) -> dict[int, LeadEvent]:
    """The last review of each lead's answers by a coordinator, with its note."""
    note = LeadNote.objects.filter(event=OuterRef("pk")).values("text")[:1]
    rows = LeadEvent.objects.filter(
        lead__in=keys, kind=EventKind.ANSWERS_REVIEWED, voided_by__isnull=True
    )
    read = rows.select_related("actor").annotate(note=Subquery(note)).order_by("lead", "seq")
    return {event.lead_id: event for event in read}


def _signal(event: LeadEvent | None) -> str:
    return FitSignal(event.reason_code).label if event is not None and event.reason_code else ""


def _note(event: LeadEvent | None) -> str:
    # Annotated
    return shield.words(event.note or "") if event is not None else ""  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Wait:
    """One line of the sheet: what waits on the study team, since when, and about which lead.

    `number` is empty for what concerns a study as a whole. No person is named on the sheet.
    """

    since: datetime
    what: str
    detail: str
    number: str
    place: StudySite
    asked_by: str
    look_again: datetime | None = None


def waits_on_team(places: Sequence[StudySite]) -> list[Wait]:
    """Reviews and decisions that the study team owes, the longest waiting first (B1, S7).

    A blocker counts where the decision is needed from it, or where it is waited on. Three
    statements.
    """
    keys = [row.pk for row in places]
    reviews = [
        Wait(
            since=row.requested_at,
            what="Study-team review",
            detail="",
            number=row.lead.number,
            place=row.lead.study_site,
            asked_by=row.requested_by.name if row.requested_by else "",
        )
        for row in open_reviews(places).select_related(*RELATED)[:SHEET_ROWS]
    ]
    on_team = Q(decision_from=Party.STUDY_TEAM) | Q(decision_from="", waiting_on=Party.STUDY_TEAM)
    here = Blocker.objects.filter(
        on_team, lead__study_site__in=keys, lead__stage__in=OPEN, resolved_at__isnull=True
    )
    related = ("lead__study_site__study", "lead__study_site__site", "opened_by")
    own = [
        _of_blocker(row, row.lead.study_site, row.lead.number)
        for row in here.filter(study_blocker=None).select_related(*related)[:SHEET_ROWS]
    ]
    whole = StudyBlocker.objects.filter(on_team, study_site__in=keys, resolved_at__isnull=True)
    places_read = whole.select_related("study_site__study", "study_site__site", "opened_by")
    of_study = [_of_blocker(row, row.study_site, "") for row in places_read[:SHEET_ROWS]]
    return sorted([*reviews, *own, *of_study], key=lambda wait: wait.since)[:SHEET_ROWS]


def _of_blocker(row: Blocker | StudyBlocker, place: StudySite, number: str) -> Wait:
    return Wait(
        since=row.opened_at,
        what=BlockerCategory(row.category).label,
        detail=row.detail,
        number=number,
        place=place,
        asked_by=row.opened_by.name if row.opened_by else "",
        look_again=row.review_by,
    )
