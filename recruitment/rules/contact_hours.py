"""When a patient may be contacted, on the patient's own clock (CK8, D27, D29).

Apart from opening hours: a promised or evening time may lie outside the site's hours, but never
outside 08:00 to 21:00 where the patient is. Where the patient's zone is not known, the caller
passes every zone it may be and only the overlap of their windows counts.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from recruitment.rules.refusals import InvalidInput, Refusal
from trialsnest.lib.zones import DAY, as_utc, instant_of, local_time

EARLIEST = time(8)
LATEST = time(21)


class NoContactTime(Refusal):
    """The windows of the zones given never overlap."""


@dataclass(frozen=True)
class ContactWindow:
    """Local times `[opens, closes)` of every day. Raises InvalidInput beyond 08:00 to 21:00."""

    opens: time = time(9)
    closes: time = time(19)

    def __post_init__(self) -> None:
        if self.opens < EARLIEST:
            raise InvalidInput("Nobody is contacted before 08:00 their time.", field="opens")
        if self.closes > LATEST:
            raise InvalidInput("Nobody is contacted after 21:00 their time.", field="closes")
        if self.closes <= self.opens:
            raise InvalidInput("The contact window must end after it begins.", field="closes")


DEFAULT_WINDOW = ContactWindow()
HARD_LIMIT = ContactWindow(EARLIEST, LATEST)


def may_contact(
    at: datetime, zone: str | tuple[str, ...], window: ContactWindow = DEFAULT_WINDOW
) -> bool:
    """Whether `at` lies in the window in `zone`, or in all of several. Raises UnknownZone."""
    return all(window.opens <= local_time(at, name).time() < window.closes for name in _names(zone))


def next_allowed(
    at: datetime, zone: str | tuple[str, ...], window: ContactWindow = DEFAULT_WINDOW
) -> datetime:
    """The first instant from `at` on, in UTC, that `may_contact` allows: `at` itself if it does.

    Raises UnknownZone, and NoContactTime when the windows of several zones do not meet.
    """
    moment, latest = as_utc(at), as_utc(at) + timedelta(days=7)
    while not may_contact(moment, zone, window):
        if moment > latest:
            raise NoContactTime(
                "There is no hour of the day that suits every time zone this patient may be in;"
                " ask where the patient is."
            )
        moment = max(_next_in(moment, name, window) for name in _names(zone))
    return moment


def _names(zone: str | tuple[str, ...]) -> tuple[str, ...]:
    return (zone,) if isinstance(zone, str) else zone


def _next_in(at: datetime, zone: str, window: ContactWindow) -> datetime:
    local = local_time(at, zone)
    if local.time() < window.opens:
        return instant_of(local.date(), window.opens, zone)
    if local.time() < window.closes:
        return at
    return instant_of(local.date() + DAY, window.opens, zone)
