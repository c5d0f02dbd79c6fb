"""Visit slots that an undo or a correction takes up again: only while nobody else has them (G7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.models import Lead, RowChange, SlotHold, StudySite, Visit, week_load
from recruitment.models.capacity import USES_A_SLOT, held_now
from recruitment.rules.refusals import Refusal
from trialsnest.lib.weeks import Week
from trialsnest.lib.words import clock, day, day_short
from trialsnest.lib.zones import local_time

VISIT, HOLD = str(Visit._meta.model_name), str(SlotHold._meta.model_name)
ANEW = {
    VISIT: "The visit on {} cannot come back; book it anew in another week, or ask the site lead"
    " to override.",
    HOLD: "The time kept on {} cannot come back; leave it as it is, and offer dates anew.",
}
"""What cannot be, and what to do instead, by what would take up a slot again."""


@dataclass(frozen=True)
class Again:
    """Slots that one lead takes up again: what and when (UTC), and the last change before."""

    lead: Lead
    times: Sequence[tuple[str, datetime]]
    since: int  # the key of the newest row change among those that are taken back


def slots_again(
    lead: Lead, changes: Sequence[RowChange], *, at: datetime, reopens: bool = False
) -> Again:
    """What these changes take up again once they are put back; asked before that is done.

    With `reopens` also what is still kept for a lead that was closed. Three statements at most.
    """
    before = {(done.table, done.row_id): done.before or {} for done in changes}
    visits = Visit.everything.filter(pk__in=_keys(before, VISIT)).exclude(result__in=USES_A_SLOT)
    holds = SlotHold.everything.filter(pk__in=_keys(before, HOLD), until__gt=at)
    times = [(VISIT, row.starts_at) for row in visits if before[VISIT, row.pk].get("result") == ""]
    times += [
        (HOLD, row.starts_at)
        for row in holds.filter(ended_at__isnull=False)
        if before[HOLD, row.pk].get("ended_at", "") is None
    ]
    if reopens:
        kept = SlotHold.objects.filter(lead=lead, ended_at__isnull=True, until__gt=at)
        times += [(HOLD, row.starts_at) for row in kept]
    return Again(lead, times, max((done.pk for done in changes), default=0))


def check_slots_again(found: Iterable[Again], *, at: datetime) -> None:
    """Raise Refusal naming who has the slot now, unless the week still has room for each.

    Asked once everything stands again, in one transaction, so that bookings of the same study wait
    for it. A week that is full without anybody having come in since stays as it was (G3).
    """
    found = [each for each in found if each.times]
    group = [each.lead.pk for each in found]
    for each in sorted(found, key=lambda each: (each.lead.study_site_id, each.lead.pk)):
        place = (
            StudySite.objects.select_related("site")
            .select_for_update(of=("self",), no_key=True)
            .get(pk=each.lead.study_site_id)
        )
        for kind, starts_at in each.times:
            week = Week.containing(starts_at, place.site.time_zone)
            load = week_load(place, week, at=at)
            taken = _taken_since(each, week, group, at=at) if load.taken > load.slots else []
            if taken:
                raise Refusal(_whose(taken, kind, starts_at, week))


def _keys(rows: Iterable[tuple[str, int]], table: str) -> list[int]:
    return [key for name, key in rows if name == table]


def _whose(taken: Sequence[Visit | SlotHold], kind: str, starts_at: datetime, week: Week) -> str:
    """Who has the slot now, before all at the same time, and what to do instead."""
    row = min(taken, key=lambda row: (row.starts_at != starts_at, -row.pk))
    how = "was booked for" if isinstance(row, Visit) else "is offered"
    return (
        f"Since then lead {row.lead.number} {how} {_words(row.starts_at, week.zone)}, and the week"
        f" of {day(week.monday)} has no place left. "
        + ANEW[kind].format(_words(starts_at, week.zone))
    )


def _taken_since(
    each: Again, week: Week, group: Sequence[int], *, at: datetime
) -> list[Visit | SlotHold]:
    """Visits and kept times of other leads that came into the week after what is taken back."""
    later = RowChange.objects.filter(
        table__in=[VISIT, HOLD], pk__gt=each.since, lead__study_site=each.lead.study_site_id
    ).exclude(lead__in=group)
    came = [(done.table, done.row_id) for done in later if _brings(done)]
    within = {"starts_at__gte": week.start, "starts_at__lt": week.end}
    visits = Visit.objects.filter(pk__in=_keys(came, VISIT), result__in=USES_A_SLOT, **within)
    holds = SlotHold.objects.filter(held_now(at), pk__in=_keys(came, HOLD), **within)
    return [*visits.select_related("lead"), *holds.select_related("lead")]


def _brings(done: RowChange) -> bool:
    """Whether a row was made, or came back to life, by this change."""
    before = done.before
    return before is None or any(before.get(name) for name in ("result", "ended_at", "undone_at"))


def _words(at: datetime, zone: str) -> str:
    there = local_time(at, zone)
    return f"{day_short(there)} {clock(there)}"
