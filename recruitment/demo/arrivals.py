"""When and where people ask: the demo's inquiries before anybody has worked on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from recruitment.demo.desks import MINUTE, Desk
from recruitment.demo.sources import CHANNELS, Channel
from recruitment.rules.vocabulary import SourceKind
from trialsnest.lib.zones import instant_of, local_time

WEEKS = 16
WEEKDAY_WEIGHTS = (17, 18, 17, 16, 14, 9, 9)  # inquiries over the internet, Monday first
OUTSIDE_HOURS = 0.55  # of the inquiries that come by themselves, funnel-figures G
CROWDS: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("SISKIN", "SOCIAL-AD"): (5, 6),
    ("PLOVER", "RADIO"): (9, 10, 11),
}
"""Weeks before now in which a campaign brought a crowd."""

BY_THEMSELVES = frozenset({SourceKind.WEB, SourceKind.PAID, SourceKind.EMAIL})
PULLED_EVERY = 5  # weeks from one pull of a list to the next; the last is of these days
PULLED_AT = time(10)
IN_BATCHES = frozenset({SourceKind.REGISTRY, SourceKind.DATABASE})


@dataclass(frozen=True)
class Arrival:
    """One inquiry: received at a moment and known to the site at another. Times are UTC."""

    number: int
    desk: Desk
    channel: Channel
    received_at: datetime
    known_at: datetime
    typed_by_hand: bool


def plan_arrivals(desks: Sequence[Desk], count: int, *, at: datetime, rng: Random) -> list[Arrival]:
    """`count` inquiries of the 16 weeks up to `at`, in the order in which they were received."""
    weeks = [18 + week for week in range(WEEKS)]  # more of late
    found: list[tuple[datetime, datetime, Desk, Channel, bool]] = []
    shares = [_share(desk) for desk in desks]
    while len(found) < count:
        desk = rng.choices(desks, weights=shares)[0]
        codes = desk.plan.sources
        channel = CHANNELS[rng.choices(list(codes), weights=list(codes.values()))[0]]
        ago = WEEKS - 1 - rng.choices(range(WEEKS), weights=weeks)[0]
        crowd = CROWDS.get((desk.plan.code, channel.code))
        if crowd and rng.random() < 0.7:
            ago = rng.choice(crowd)
        if channel.kind in IN_BATCHES:
            ago -= ago % PULLED_EVERY
        received = _moment(desk, channel, at - timedelta(weeks=ago), rng)
        last = min(moment for moment in (at, desk.until) if moment)
        if not at - timedelta(weeks=WEEKS) <= received < last - 5 * MINUTE:
            continue
        by_hand, known = _known(desk, channel, received, rng)
        if known < last:
            found.append((received, known, desk, channel, by_hand))
    found.sort(key=lambda arrival: arrival[:2])
    return [
        Arrival(number, desk, channel, received, known, by_hand)
        for number, (received, known, desk, channel, by_hand) in enumerate(found)
    ]


def _share(desk: Desk) -> float:
    sites = desk.plan.sites
    return desk.plan.weight * sites[desk.study_site.site.code] / sum(sites.values())


def _moment(desk: Desk, channel: Channel, before: datetime, rng: Random) -> datetime:
    """A moment in the seven local days up to `before`."""
    end = local_time(before, desk.zone).date()
    days = [end - timedelta(days=back) for back in range(7)]
    if channel.kind not in BY_THEMSELVES or rng.random() > OUTSIDE_HOURS:
        working = [day for day in days if desk.calendar.works_on(day)] or days
        if channel.kind in IN_BATCHES:
            starts = [instant_of(day, PULLED_AT, desk.zone) for day in working]
            fresh = next((start for start in starts if start < before - 10 * MINUTE), starts[0])
            return fresh + rng.uniform(0, 4) * MINUTE
        day = rng.choice(working)
        opens, closes = _hours(desk, day.weekday())
        return _between(desk, day, opens, closes, rng)
    day = rng.choices(days, weights=[WEEKDAY_WEIGHTS[day.weekday()] for day in days])[0]
    if day.weekday() > 4:
        return _between(desk, day, time(8), time(22), rng)
    first, last = rng.choice(((time(6), time(8, 30)), (time(17, 30), time(23))))
    return _between(desk, day, first, last, rng)


def _hours(desk: Desk, weekday: int) -> tuple[time, time]:
    for number, opens, closes in desk.calendar.intervals:
        if number == weekday:
            return opens, closes
    return time(9), time(17)


def _between(desk: Desk, day: date, first: time, last: time, rng: Random) -> datetime:
    start, end = (instant_of(day, clock, desk.zone) for clock in (first, last))
    return start + rng.random() * (end - start)


def _known(desk: Desk, channel: Channel, received: datetime, rng: Random) -> tuple[bool, datetime]:
    """Whether staff typed the inquiry in, and when the site had it."""
    if channel.kind in BY_THEMSELVES | IN_BATCHES:
        return False, received + rng.uniform(0.2, 4) * MINUTE
    if rng.random() < 0.12:  # a note on paper that somebody typed the next day
        return True, desk.hours(received, rng.uniform(3, 9))
    return True, desk.at_work(received + rng.uniform(4, 40) * MINUTE, rng)
