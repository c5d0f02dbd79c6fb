"""Where the patient's clock is read, and on what grounds (D29), and planned times on it (CK8, OA9).

Pure. Times handed out are UTC; the sentences give them on the patient's clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from recruitment.rules.area_codes import zone_of_band, zones_of_phones
from recruitment.rules.contact_hours import (
    HARD_LIMIT,
    ContactWindow,
    NoContactTime,
    may_contact,
    next_allowed,
)
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType
from trialsnest.lib.words import clock, day_short, zone_words
from trialsnest.lib.zones import local_time

STATED, LOCATION, OVERLAP, SITE = "stated", "location", "overlap", "site"
BASIS_WORDS = {
    STATED: "as stated",
    LOCATION: "from where the person lives",
    OVERLAP: "not known: only hours that suit the site and the area code",
    SITE: "the site's zone",
}
CALLS = frozenset({ActionType.CALL, ActionType.FINISH_PRESCREEN})
"""Next actions that are a telephone call to the person."""


@dataclass(frozen=True)
class ContactZones:
    """The zones in all of which the hour must suit, the likeliest first, and why these."""

    zones: tuple[str, ...]
    basis: str

    @property
    def basis_words(self) -> str:
        """Why these zones, as it stands beside the time."""
        return BASIS_WORDS[self.basis]

    @property
    def words(self) -> str:
        """The zones by name."""
        return " and ".join(zone_words(zone) for zone in self.zones)

    def local(self, at: datetime) -> str:
        """`Tue 3 Mar 08:00 Denver time`, for every zone it may be."""
        return " or ".join(
            f"{day_short(there)} {clock(there)} {zone_words(zone)}"
            for zone in self.zones
            for there in [local_time(at, zone)]
        )


def contact_zones(
    *, stated: str, location_band: str, site_zone: str, phones: Iterable[str]
) -> ContactZones:
    """The patient's zone: stated, else of the location band, else the overlap (D29).

    `stated` is "" when nobody said it; `phones` are E.164. With no number that tells a zone of its
    own, what is left is the site's.
    """
    if stated:
        return ContactZones((stated,), STATED)
    band = zone_of_band(location_band)
    if band:
        return ContactZones((band,), LOCATION)
    zones = tuple(dict.fromkeys((site_zone, *zones_of_phones(phones))))
    return ContactZones(zones, OVERLAP if len(zones) > 1 else SITE)


def is_within(at: datetime, where: ContactZones, window: ContactWindow) -> bool:
    """Whether the person may be called at `at` (UTC)."""
    return may_contact(at, where.zones, window)


def next_time(at: datetime, where: ContactZones, window: ContactWindow) -> datetime:
    """The first instant from `at` on at which the person may be called; UTC.

    Where no hour suits every zone the likeliest zone alone counts, so that there is always one to
    propose; a person sees the basis beside it.
    """
    try:
        return next_allowed(at, where.zones, window)
    except NoContactTime:
        return next_allowed(at, where.zones[0], window)


def keeps_hours(action: ActionType, *, may_text: bool) -> bool:
    """Whether it reaches the person at its hour: a call, or a message that may be a text."""
    return action in CALLS or (may_text and action == ActionType.MESSAGE)


def moved_into(
    plan: Plan, where: ContactZones, window: ContactWindow, *, may_text: bool = False
) -> Plan:
    """A proposed call at the next moment that the window allows; other plans as they are.

    With `may_text` a message may be a text and moves like a call.
    """
    if not keeps_hours(plan.type, may_text=may_text):
        return plan
    limit = HARD_LIMIT if plan.is_promised else window
    return replace(plan, due_at=next_time(plan.due_at, where, limit))


def check_planned(
    plan: Plan,
    where: ContactZones,
    window: ContactWindow,
    *,
    may_text: bool = False,
    field: str = "due_at",
) -> None:
    """Refuse a call planned outside the window, naming the next permitted time (OA9, CK8).

    A time that the person asked for may lie outside the window, but never outside 08:00 to 21:00
    (D27). With `may_text` a message may be a text and is held to the same hours. Where no hour
    suits every zone, what is named as permitted is not refused either.
    """
    if not keeps_hours(plan.type, may_text=may_text):
        return
    limit = HARD_LIMIT if plan.is_promised else window
    there = next_time(plan.due_at, where, limit)
    if there == plan.due_at:
        return
    hours = f"{limit.opens:%H:%M} to {limit.closes:%H:%M}"
    raise InvalidInput(
        f"{where.local(plan.due_at)} is outside the hours for contact, {hours} on the person's "
        f"clock ({where.basis_words}). The next permitted time is {where.local(there)}.",
        field=field,
    )
