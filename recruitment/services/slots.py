"""Visit slots of a week: seeing that one is free, and keeping times for a person (G7)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from recruitment.models import SlotHold, StudySite, week_load
from recruitment.rules.capacity import MOST_HELD, WeekLoad
from recruitment.rules.refusals import InvalidInput
from recruitment.services.log import Change
from recruitment.services.overrides import NotSiteLead
from recruitment.services.site_leads import leads_site
from trialsnest.lib.weeks import Week
from trialsnest.lib.words import clock, day, day_short
from trialsnest.lib.zones import local_time

LONGEST_HOLD = timedelta(days=28)


def check_slot(work: Change, starts_at: datetime, *, override: str, field: str) -> str:
    """See that the week of `starts_at` (UTC) has a slot for this lead; the site's clock counts.

    What the lead itself holds or has booked is left out. A full week is refused with its count,
    unless a site lead gives a reason: then the count comes back, to stand with the override.
    Two bookings of one study at a site wait for each other.
    """
    load = _load(work, starts_at)
    if load.free:
        return ""
    words = f"The week of {day(load.monday)} is full: {load.words}."
    if override.strip():
        if work.by is None or not leads_site(work.by, work.lead.study_site):
            raise NotSiteLead(f"{words} Only a site lead may book over it.")
        return words
    raise InvalidInput(
        f"{words} Choose another week, or ask the site lead to override.", field=field
    )


def hold_slots(work: Change, moments: Sequence[datetime], *, until: datetime | None) -> None:
    """Keep these times for the person until a date; earlier holds of the lead end. All UTC.

    Raises InvalidInput for more than three, a time that has passed, one in a full week, and a
    hold without an end or beyond 28 days. Holds may run out; nothing needs to be done then.
    """
    end_holds(work)
    if not moments:
        return
    if len(set(moments)) > MOST_HELD:
        raise InvalidInput(f"Keep at most {MOST_HELD} times.", field="hold_until")
    if until is None or not work.at < until <= work.at + LONGEST_HOLD:
        raise InvalidInput("Say until when, within the next 28 days.", field="hold_until")
    for number, starts_at in enumerate(sorted(set(moments)), start=1):
        if starts_at <= work.at:
            raise InvalidInput("A time that is kept must lie ahead.", field=f"day_{number}")
        load = _load(work, starts_at)
        mine = _held_in(work, starts_at)
        if load.free <= mine:
            raise InvalidInput(
                f"The week of {day(load.monday)} is full: {load.words}.", field=f"day_{number}"
            )
        work.make(SlotHold, starts_at=starts_at, until=until, held_at=work.at, held_by=work.by)


def end_holds(work: Change) -> None:
    """Give back the times kept for the lead. One statement, and two for each."""
    for hold in SlotHold.objects.filter(lead=work.lead, ended_at__isnull=True):
        work.alter(hold, ended_at=work.at)


def given_away(work: Change) -> list[SlotHold]:
    """The times kept for a closed lead that its week has no place for any more.

    A closed lead keeps no slot, so others may have come in; asked before it is reopened. One
    statement where nothing is kept.
    """
    lost: list[SlotHold] = []
    kept: Counter[date] = Counter()
    for hold in SlotHold.objects.filter(
        lead=work.lead, ended_at__isnull=True, until__gt=work.at, starts_at__gt=work.at
    ):
        load = _load(work, hold.starts_at)
        if load.free > kept[load.monday]:
            kept[load.monday] += 1
        else:
            lost.append(hold)
    return lost


def lost_words(holds: Sequence[SlotHold], zone: str) -> str:
    """That these times were given to others, in a sentence; empty for none."""
    if not holds:
        return ""
    times = [local_time(hold.starts_at, zone) for hold in holds]
    told = " and ".join(f"{day_short(there)} {clock(there)}" for there in times)
    what = "The time kept on" if len(times) == 1 else "The times kept on"
    return f"{what} {told} went to others meanwhile; offer dates anew."


def _load(work: Change, starts_at: datetime) -> WeekLoad:
    place = work.lead.study_site
    locked = StudySite.objects.select_for_update(no_key=True).get(pk=place.pk)
    place.capacity_per_week = locked.capacity_per_week  # it may have been set since the page
    week = Week.containing(starts_at, place.site.time_zone)
    return week_load(place, week, at=work.at, but=work.lead)


def _held_in(work: Change, starts_at: datetime) -> int:
    """How many times this step keeps in the same week already."""
    week = Week.containing(starts_at, work.lead.study_site.site.time_zone)
    held = SlotHold.objects.filter(lead=work.lead, ended_at__isnull=True, until__gt=work.at)
    return int(held.filter(starts_at__gte=week.start, starts_at__lt=week.end).count())
