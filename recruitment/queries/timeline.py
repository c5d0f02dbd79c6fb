"""The timeline of one lead: what was done in one step is one entry, its first fact leading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from django.db.models import OuterRef, Subquery

from recruitment.models import Lead, LeadEvent, LeadNote
from recruitment.queries.close_told import close_parts, close_told
from recruitment.queries.stage_labels import label_of
from recruitment.rules.event_words import event_words
from recruitment.rules.events import EventKind, is_movement
from recruitment.rules.vocabulary import Channel
from trialsnest.lib import shield
from trialsnest.lib.words import clock, day_short, local

EVENTS = 300  # the latest that the timeline shows
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
    is_void: bool = False


@dataclass(frozen=True)
class TimelineDay:
    """The entries of one day on the site's clock, latest first."""

    on: date
    entries: list[Entry]


def events_of(lead: Lead) -> list[LeadEvent]:
    """The latest events with who acted and their words. One statement."""
    events: list[LeadEvent] = list(
        LeadEvent.objects.filter(lead=lead)
        .select_related("actor", "to_owner", "decided_by", "voided_by__actor")
        .annotate(note=Subquery(LeadNote.objects.filter(event=OuterRef("pk")).values("text")[:1]))
        .annotate(**close_parts())
        .order_by("-seq")[:EVENTS]
    )
    for event in events:
        event.lead = lead  # read already; its study words the stages
    return events


def days_of(events: Sequence[LeadEvent], zone: str) -> list[TimelineDay]:
    """One entry for what was done in one step, by days on the site's clock, latest first."""
    steps: dict[object, list[LeadEvent]] = {}
    for event in sorted(events, key=lambda event: event.seq):
        if event.kind == EventKind.VOIDED and not event.note:  # type: ignore[attr-defined]
            continue  # told with the entry it voids
        steps.setdefault((event.action_id, event.occurred_at), []).append(event)
    ordered = sorted(steps.values(), key=lambda step: (step[0].occurred_at, step[0].seq))
    days: list[TimelineDay] = []
    for step in reversed(ordered):
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
    if void is not None:
        more.append(_void_words(void, zone))
    return Entry(
        at=first.occurred_at,
        what=_words(first),
        who=first.actor.name if first.actor else "",
        more=_sentences(more),
        is_move=void is None and any(is_movement(event.fact) for event in step),
        is_stale=first.kind == EventKind.STALE_FLAGGED,
        is_void=void is not None,
    )


def _void_words(void: LeadEvent, zone: str) -> str:
    """Who took an entry back, and when."""
    there = local(void.recorded_at, zone)
    who = f" by {void.actor.name}" if void.actor else ""
    how = "Undone" if void.code == "undo" else "Voided as a wrong entry"
    return f"{how}{who}, {day_short(there)} {clock(there)}"


def _is_told(event: LeadEvent) -> bool:
    """Whether it has a line of its own: a next action's end has one where it says something."""
    says = bool(event.reason_code or event.note)  # type: ignore[attr-defined]
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
    words.append(shield.words(event.note or ""))  # type: ignore[attr-defined]
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
