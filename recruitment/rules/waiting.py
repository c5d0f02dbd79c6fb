"""Whose turn it was, and for how long: the spans of waiting that a log tells (D23, PZ3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from recruitment.rules.blocking import THE_SITE
from recruitment.rules.calendars import BusinessCalendar, business_time_between
from recruitment.rules.events import Fact
from recruitment.rules.projection import apply, begin
from recruitment.rules.vocabulary import Party

NOTHING = timedelta(0)


@dataclass(frozen=True)
class Span:
    """`[start, end)` in UTC during which a lead waited on one party; `end` None: it still does."""

    party: Party
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Waited:
    """How long leads waited on one party: by the clock, and within the site's opening hours."""

    elapsed: timedelta = NOTHING
    working: timedelta = NOTHING

    def __add__(self, other: "Waited") -> "Waited":
        return Waited(self.elapsed + other.elapsed, self.working + other.working)


def spans(facts: Iterable[Fact]) -> list[Span]:
    """The spans of one lead, in order. While it is open exactly one party is waited on.

    `facts` come in the order of `seq`, the receipt first, without voided ones. A change counts
    from when it happened, but never from before the change that was already known: what is told
    late moves no earlier waiting (PZ3). Between a close and a reopening nobody is waited on.
    """
    ordered = iter(facts)
    first = next(ordered)
    state = begin(first)
    party, since = state.waiting_on, first.occurred_at
    found: list[Span] = []
    for fact in ordered:
        state = apply(state, fact)
        if state.waiting_on == party:
            continue
        moment = max(since, fact.occurred_at)
        if party is not None and moment > since:
            _put(found, Span(party, since, moment))
        party, since = state.waiting_on, moment
    if party is not None:
        _put(found, Span(party, since))
    return found


def _put(found: list[Span], span: Span) -> None:
    """Add a span, as one with the last where it is the same party's and follows at once."""
    if found and found[-1].party == span.party and found[-1].end == span.start:
        found[-1] = replace(found[-1], end=span.end)
    else:
        found.append(span)


def within(found: Iterable[Span], start: datetime | None, end: datetime) -> Iterator[Span]:
    """The parts of the spans inside `[start, end)`, each with an end; `start` None: from ever."""
    for span in found:
        begins = span.start if start is None else max(span.start, start)
        ends = end if span.end is None else min(span.end, end)
        if begins < ends:
            yield Span(span.party, begins, ends)


def sums(
    found: Iterable[Span],
    *,
    until: datetime,
    calendar: BusinessCalendar,
    start: datetime | None = None,
) -> Mapping[Party, Waited]:
    """How long was waited on each party in `[start, until)` (UTC), parties in their order."""
    totals: dict[Party, Waited] = {}
    for span in within(found, start, until):
        assert span.end is not None  # noqa: S101  (`within` gives each an end)
        working = business_time_between(span.start, span.end, calendar)
        waited = Waited(span.end - span.start, working)
        totals[span.party] = totals.get(span.party, Waited()) + waited
    return {party: totals[party] for party in Party if party in totals}


def of_the_site(totals: Mapping[Party, Waited]) -> Waited:
    """The part of the waiting that lies with the site itself (PZ1, PZ3)."""
    return sum((totals[party] for party in totals if party in THE_SITE), Waited())


def longest(totals: Mapping[Party, Waited]) -> Sequence[Party]:
    """The parties, most waited on first."""
    return sorted(totals, key=lambda party: totals[party].elapsed, reverse=True)
