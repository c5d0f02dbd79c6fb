"""Sixteen weeks told in the order of time: leads, what is done about them, and what goes stale."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from recruitment.demo.cases import Case, Story
from recruitment.demo.desks import Desk
from recruitment.demo.lives import live
from recruitment.demo.reviewing import Meeting, hold
from recruitment.services.breaches import flag_breaches
from recruitment.services.day_counts import count_the_day
from recruitment.services.halting import halt_study
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.proposals import propose_closing
from recruitment.services.staleness import flag_stale

LOOKS_AT = (2, 18)  # hours of the UTC day at which stale leads are looked for


def tell(
    cases: Sequence[Case],
    meetings: Sequence[Meeting],
    *,
    at: datetime,
    count: Callable[[], None],
) -> None:
    """Let every case live until `at` (UTC), all on one clock. What is later never happens.

    The weekly reviews of `meetings` see each lead as it stands when they are held. `count` is
    called for every lead that is received.
    """
    stories = [(case.now, live(case)) for case in cases] + _halts(cases)
    stories += [(meeting.first, hold(meeting)) for meeting in meetings]
    if not stories:
        return
    waiting = [(moment, number, story) for number, (moment, story) in enumerate(stories)]
    heapq.heapify(waiting)
    places = {case.desk.study_site.pk for case in cases}  # the past of real leads is not ours
    looks = _looks(waiting[0][0])
    look = next(looks)
    while waiting and waiting[0][0] <= at:
        moment, number, story = heapq.heappop(waiting)
        while look < moment:
            _look(look, places)
            look = next(looks)
        if number < len(cases) and cases[number].halted:
            continue
        if number < len(cases) and moment == cases[number].arrival.known_at:
            count()
        following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (following, number, story))
    _look(at, places)


def _look(at: datetime, places: set[int]) -> None:
    """What the jobs of an installation do of themselves at a moment."""
    tell_pauses_over(at=at, study_sites=places)
    flag_breaches(at=at, study_sites=places)
    flag_stale(at=at, study_sites=places)
    propose_closing(at=at, study_sites=places)
    count_the_day(at=at, study_sites=places)


def _looks(since: datetime) -> Iterator[datetime]:
    day = since.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        for hour in LOOKS_AT:
            look = day + timedelta(hours=hour)
            if look > since:
                yield look
        day += timedelta(days=1)


def _halts(cases: Sequence[Case]) -> list[tuple[datetime, Story]]:
    """The moments at which a sponsor halts a study at a site."""
    desks: dict[int, Desk] = {case.desk.study_site.pk: case.desk for case in cases}
    return [
        (desk.paused_at, _halt(desk, cases))
        for desk in desks.values()
        if desk.paused_at is not None
    ]


def _halt(desk: Desk, cases: Sequence[Case]) -> Story:
    """The site's lead halts the study in one press, and nothing more happens there (D32)."""
    if desk.paused_at is not None:
        why = "The sponsor asked to wait"
        halt_study(study_site=desk.study_site, why=why, by=desk.lead, at=desk.paused_at)
        for case in cases:
            here = case.desk is desk and case.arrival.known_at <= desk.paused_at
            case.halted = case.halted or here  # who comes later stands in the holding tray
    yield from ()
