"""How long leads waited and on whom, read from the log (D23): of one lead, of a study at a site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from recruitment.models import Lead, LeadEvent, StudySite
from recruitment.models.log import standing
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.vocabulary import Party
from recruitment.rules.waiting import Span, Waited, longest, spans, sums
from trialsnest.lib.charts.small import Part, shares, swatch
from trialsnest.lib.words import long_age

BATCH = 2000  # events read at a time

# Role of each party's part in the drawing; the site's own time is dark.
INK: Mapping[Party, str] = {
    Party.COORDINATOR: "f1",
    Party.VISIT_CAPACITY: "f2",
    Party.PATIENT: "f3",
    Party.STUDY_TEAM: "f4",
    Party.RECORDS_PROVIDER: "fg",
    Party.SPONSOR: "f5",
}


@dataclass(frozen=True)
class WaitedWords:
    """How long was waited on one party, in words, with its mark in the drawing."""

    label: str
    words: str
    mark: str


@dataclass(frozen=True)
class Waiting:
    """The waiting of one lead up to a moment: each party's part, and a bar of them."""

    totals: Mapping[Party, Waited]
    parts: Sequence[WaitedWords]
    drawing: str


def waiting_of(
    lead: Lead, *, until: datetime, calendar: BusinessCalendar, events: Sequence[LeadEvent]
) -> Waiting:
    """The waiting of `lead` up to `until` (UTC).

    `events` are its latest ones in any order. No statement where they reach back to the receipt,
    else one.
    """
    log = sorted(events, key=lambda event: event.seq)
    if not log or log[0].seq != 1:
        log = list(LeadEvent.objects.filter(lead=lead).order_by("seq"))
    totals = sums(spans_of(log), until=until, calendar=calendar)
    order = longest(totals)
    drawing = shares([Part(INK[party], totals[party].elapsed / SECOND) for party in order])
    parts = [
        WaitedWords(party.label, long_age(totals[party].elapsed), swatch(INK[party]))
        for party in order
    ]
    return Waiting(totals, parts, drawing)


SECOND = timedelta(seconds=1)


def spans_of(log: Sequence[LeadEvent]) -> list[Span]:
    """The spans of a whole log, in the order of `seq`; voided events are left out."""
    return spans(event.fact for event in standing(log))


def waiting_at(
    study_site: StudySite, *, start: datetime, end: datetime, calendar: BusinessCalendar
) -> Mapping[Party, Waited]:
    """How long the leads of a study at a site waited on each party in `[start, end)` (UTC).

    One statement, read in batches: every event up to `end`, since the fold begins at the receipt.
    """
    events = (
        LeadEvent.objects.filter(study_site=study_site, recorded_at__lt=end)
        .order_by("lead_id", "seq")
        .iterator(chunk_size=BATCH)
    )
    totals: dict[Party, Waited] = {}
    for _, log in groupby(events, lambda event: event.lead_id):
        found = sums(spans_of(list(log)), start=start, until=end, calendar=calendar)
        for party, waited in found.items():
            totals[party] = totals.get(party, Waited()) + waited
    return {party: totals[party] for party in Party if party in totals}
