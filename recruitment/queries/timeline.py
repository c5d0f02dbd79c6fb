"""The timeline of one lead: what was done in one step is one entry, its first fact leading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from django.db.models import OuterRef, QuerySet, Subquery

from recruitment.models import Lead, LeadEvent, LeadNote
from recruitment.queries.close_told import close_parts, close_told
from recruitment.queries.stage_labels import label_of
from recruitment.rules.event_words import event_words
from recruitment.rules.events import EventKind, is_movement
from recruitment.rules.vocabulary import Channel
from trialsnest.lib import shield
from trialsnest.lib.prepared import prepared
from trialsnest.lib.words import clock, day_short, local

EVENTS = 300  # the latest that a page reads
LATE = timedelta(hours=1)  # what is entered so long after it happened is marked
QUIET = frozenset({EventKind.ACTION_DONE, EventKind.ACTION_CANCELED})
CONTACTS = frozenset({EventKind.OUTREACH_LOGGED, EventKind.CONTACT_RECEIVED})
DATED = {
    EventKind.ACTION_SET: "Due",
    EventKind.BLOCKER_OPENED: "To look at again",
    EventKind.VISIT_BOOKED: "For",
    EventKind.STALE_REVIEWED: "Recovered if it moves by",
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    what: str
    who: str
    more: str
    is_move: bool
    is_stale: bool
    seq: int = 0  # of its first event; names it on the page
    late: str = ""  # when it was entered, where that was later than it happened
    void: str = ""  # who took it back, when, how and why; empty while it stands

    @property
    def is_void(self) -> bool:
        """Whether it was taken back."""
        return bool(self.void)


@dataclass(frozen=True)
class TimelineDay:
    """The entries of one day on the site's clock, latest first."""

    on: date
    entries: list[Entry]


def events_of(lead: Lead, *, most: int = EVENTS) -> list[LeadEvent]:
    """The latest events, at most so many, with who acted and their words. One statement."""
    events = _events(most, lead=lead.pk)
    for event in events:
        event.lead = lead  # read already; its study words the stages
    return events


@prepared
def _events(most: int, *, lead: int) -> QuerySet[LeadEvent]:
    words = LeadNote.objects.values("text")
    notes = {
        "note": Subquery(words.filter(event=OuterRef("pk"))[:1]),
        "void_note": Subquery(words.filter(event__voids=OuterRef("pk"))[:1]),
    }
    events = LeadEvent.objects.filter(lead=lead).annotate(**notes, **close_parts())
    events = events.select_related("actor", "to_owner", "decided_by", "voided_by__actor")
    return events.order_by("-seq")[:most]


def steps_of(events: Iterable[LeadEvent]) -> list[list[LeadEvent]]:
    """The events by what was done in one step, the latest first; inside a step as they came.

    What only voids another entry is told with that entry.
    """
    steps: dict[object, list[LeadEvent]] = {}
    for event in sorted(events, key=lambda event: event.seq):
        if event.kind != EventKind.VOIDED:
            steps.setdefault((event.action_id, event.occurred_at), []).append(event)
    ordered = sorted(steps.values(), key=lambda step: (step[0].occurred_at, step[0].seq))
    return ordered[::-1]


def days_of(steps: Iterable[Sequence[LeadEvent]], zone: str) -> list[TimelineDay]:
    """One entry for each step, by days on the site's clock, in the order given."""
    days: list[TimelineDay] = []
    for step in steps:
        on = local(step[0].occurred_at, zone).date()
        if not days or days[-1].on != on:
            days.append(TimelineDay(on, []))
        days[-1].entries.append(entry_of(step, zone))
    return days


def entry_of(step: Sequence[LeadEvent], zone: str) -> Entry:
    """A step in words: its first fact leads, the others follow."""
    shown = [event for event in step if _is_told(event)] or list(step)
    leading = (event for event in shown if event.kind == EventKind.STALE_REVIEWED)
    others = (event for event in shown if event.kind != EventKind.ACTION_SET)
    first = next(chain(leading, others), shown[0])
    more = _more(first, zone)
    for event in shown:
        if event is not first:
            more += [_words(event), *_more(event, zone)]
    void = getattr(first, "voided_by", None)
    return Entry(
        at=first.occurred_at,
        what=_words(first),
        who=first.actor.name if first.actor else "",
        more=_sentences(more),
        is_move=void is None and any(is_movement(event.fact) for event in step),
        is_stale=first.kind == EventKind.STALE_FLAGGED,
        seq=first.seq,
        late=_late_words(first, zone),
        void=_void_words(void, zone, why=getattr(first, "void_note", "")) if void else "",
    )


def _late_words(event: LeadEvent, zone: str) -> str:
    """When somebody entered what had happened earlier; empty where she did so at once (LC10)."""
    if event.actor is None or event.recorded_at - event.occurred_at < LATE:
        return ""
    there = local(event.recorded_at, zone)
    return f"Entered later, {day_short(there)} {clock(there)}"


def _void_words(void: LeadEvent, zone: str, *, why: str) -> str:
    """Who took an entry back, when and how, and why where that was said (AU4)."""
    there = local(void.recorded_at, zone)
    who = f" by {void.actor.name}" if void.actor else ""
    how = "Undone" if void.code == "undo" else "Voided as a wrong entry"
    told = f"{how}{who}, {day_short(there)} {clock(there)}"
    return f"{told}: {shield.words(why)}" if why else told


def _is_told(event: LeadEvent) -> bool:
    """Whether it has a line of its own: a next action's end has one where it says something."""
    says = bool(event.reason_code or event.note)  # type: ignore[attr-defined]  # annotated
    return event.kind not in QUIET or says


def _sentences(parts: Sequence[str]) -> str:
    """The parts as sentences; one that ends with a full stop keeps it, and only it."""
    said = [part for part in parts if part]
    return " ".join([part if part.endswith(".") else f"{part}." for part in said[:-1]] + said[-1:])


def _more(event: LeadEvent, zone: str) -> list[str]:
    words = []
    if event.kind == EventKind.STAGE_CHANGED:
        words.append(close_told(event, zone))
    if event.kind in CONTACTS:
        words.append(f"By {Channel(event.reason_code).label.lower()}")
    if event.kind in DATED and event.due_at is not None:
        there = local(event.due_at, zone)
        words.append(f"{DATED[EventKind(event.kind)]} {day_short(there)} {clock(there)}")
    if event.to_owner is not None:
        words.append(event.to_owner.name)
    if event.decided_by is not None:
        words.append(_decided(event, zone))
    words.append(shield.words(event.note or ""))  # type: ignore[attr-defined]  # annotated
    return words


def _decided(event: LeadEvent, zone: str) -> str:
    """Whose decision it was and when, and who wrote it down (LC7, D1)."""
    decided = f"Decided by {event.decided_by} on {day_short(local(event.occurred_at, zone))}"
    return f"{decided}, recorded by {event.actor.name}" if event.actor else decided


def _words(event: LeadEvent) -> str:
    return event_words(
        event.kind,
        code=event.code,
        reason_code=event.reason_code,
        to_stage=event.to_stage,
        to_label=label_of(event.lead.study_site.study, event.to_stage) if event.to_stage else "",
    )
