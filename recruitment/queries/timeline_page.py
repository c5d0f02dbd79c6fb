"""The part of a lead's timeline that a page shows: what it is narrowed to, and how far back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from recruitment.models import Lead, LeadEvent
from recruitment.queries.timeline import CONTACTS, EVENTS, TimelineDay, days_of, events_of, steps_of
from recruitment.rules.events import EventKind, is_movement

ENTRIES = 40  # shown at first, and so many more each time
MOST_STEPS = 100  # how often somebody may go further back
K = EventKind


class Show(TextChoices):
    """What the timeline is narrowed to."""

    ALL = "", "All"
    MOVEMENT = "movement", "Movement"
    CONTACT = "contact", "Contact"
    RECORDS = "records", "Records"
    CORRECTIONS = "corrections", "Corrections"


OF_CONTACT = CONTACTS | {K.PERMISSION_RECORDED}
OF_RECORDS = frozenset({K.RECORDS_CHANGED, K.RECORDS_CHASED})
CORRECTED = "corrected"  # the code of a stage that replaces a wrong one (AU4)


def _voided(event: LeadEvent) -> bool:
    return getattr(event, "voided_by", None) is not None


def _corrects(event: LeadEvent) -> bool:
    is_right_one = event.kind == K.STAGE_CHANGED and event.code == CORRECTED
    return _voided(event) or is_right_one or event.kind == K.PERSON_CORRECTED


SHOWS: Mapping[Show, Callable[[LeadEvent], bool]] = {
    Show.ALL: lambda event: True,
    Show.MOVEMENT: lambda event: is_movement(event.fact) and not _voided(event),
    Show.CONTACT: lambda event: event.kind in OF_CONTACT,
    Show.RECORDS: lambda event: event.kind in OF_RECORDS,
    Show.CORRECTIONS: _corrects,
}
"""A step is shown where one of its events is asked for; it is told whole."""


@dataclass(frozen=True)
class Timeline:
    """The entries shown by days, and what lies behind them."""

    show: Show
    days: Sequence[TimelineDay]
    first_new: int  # the seq of the first entry that the last "Show earlier" brought; 0 for none
    next_seq: int  # the seq of the first entry that is not shown; 0 where it is not read yet
    earlier: int  # how far the next "Show earlier" goes; 0 where nothing lies behind


def timeline_of(
    lead: Lead, zone: str, *, show: Show, earlier: int = 0, events: Sequence[LeadEvent] = ()
) -> Timeline:
    """The timeline of `lead`, after `earlier` times of going further back.

    `events` are the page's own, latest first. One statement where they are missing or end before
    what is asked for.
    """
    earlier = min(max(earlier, 0), MOST_STEPS)
    most = EVENTS * (earlier + 1)
    if not events or (earlier and events[-1].seq > 1):
        events = events_of(lead, most=most)
    is_asked = SHOWS[show]
    found = [step for step in steps_of(events) if any(is_asked(event) for event in step)]
    end, start = ENTRIES * (earlier + 1), ENTRIES * earlier
    behind = len(found) > end or (bool(events) and events[-1].seq > 1)
    return Timeline(
        show=show,
        days=days_of(found[:end], zone),
        first_new=found[start][0].seq if earlier and len(found) > start else 0,
        next_seq=found[end][0].seq if len(found) > end else 0,
        earlier=earlier + 1 if behind and earlier < MOST_STEPS else 0,
    )
