"""The leads of source tables by source and stretch of receipt, as each report counted them (Q1-Q4).

A stretch lies between two edges of cohorts, past, present or to come. Totals are exact in every
report, so a reader is taken to know, for each stretch, how many leads of each source came and how
many in all were reached, reviewable and scheduled. What she must not learn is of which source those
were: to give two leads of one stretch each other's source changes no total of any report.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from recruitment.rules.events import MilestoneCode
from reporting.figures.disclosure.told import Told
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.sources import (
    CONTACT_WITHIN,
    MATURE_AFTER,
    is_valid,
    was_contacted,
)

INSTANT = timedelta(microseconds=1)
CLOCK_CHANGES = (timedelta(hours=-1), timedelta(0), timedelta(hours=1))
"""Edges to come keep their time on the wall, so that in UTC some lie an hour off."""
EDGES_TO_COME = 9
"""So many reports after this one have cohorts that share leads with it, if they are weekly.

A study may be reported on weekly from now on; cut-offs of every other cadence are among these.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Leads of one source, by label, received in one stretch of time."""

    source: str
    start: datetime


@dataclass(slots=True)
class Number:
    """The exact counts of one place at one report."""

    base: int = 0
    contacted: int = 0
    reviewable: int = 0
    scheduled: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """One report's exact counts: those of its contact rate, and those of the others."""

    young: dict[Place, Number]
    mature: dict[Place, Number]
    kinds: dict[str, str]


def edges(inputs: Inputs, before: Sequence[Told]) -> list[datetime]:
    """Where stretches end, in order (UTC): a lead at the very edge is the last of its stretch.

    So it is with maturity (Q3); a cohort begins just after the instant before its start.
    """
    cut_off, step = inputs.header.cut_off, timedelta(weeks=1)
    ahead = [step * n + shift for n in range(EDGES_TO_COME) for shift in CLOCK_CHANGES]
    starts = [inputs.cohort_start + n for n in ahead]
    ends = [cut_off + n for n in ahead] + [told.cut_off for told in before]
    starts += [told.sources.cohort.start for told in before]
    found = {
        *(start - INSTANT for start in starts),
        *(end - age for end in ends for age in (CONTACT_WITHIN, MATURE_AFTER)),
    }
    return sorted(found)


def moment(inputs: Inputs, where: Sequence[datetime]) -> Moment:
    """The counts of the report that `inputs` make."""
    young, mature = defaultdict[Place, Number](Number), defaultdict[Place, Number](Number)
    kinds = dict[str, str]()
    cut_off = inputs.header.cut_off
    for lead in inputs.counted:
        received = lead.received.occurred_at
        if received < inputs.cohort_start:
            continue
        label, kind = lead.source.label, lead.source.kind
        kinds[label] = min(kind, kinds.get(label, kind))  # where two sources have the same label
        if not is_valid(lead, inputs) or received > cut_off - CONTACT_WITHIN:
            continue
        place = Place(lead.source.label, _stretch(received, where))
        young[place].base += 1
        young[place].contacted += was_contacted(lead)
        if received <= cut_off - MATURE_AFTER:
            number = mature[place]
            number.base += 1
            number.reviewable += lead.reached(MilestoneCode.REVIEWABLE, by=cut_off)
            number.scheduled += lead.reached(MilestoneCode.VISIT_SCHEDULED, by=cut_off)
    return Moment(dict(young), dict(mature), kinds)


def _stretch(received: datetime, where: Sequence[datetime]) -> datetime:
    """The edge after which its stretch begins."""
    return where[max(0, bisect_left(where, received) - 1)]


def as_told(inputs: Inputs, told: Told, start: datetime) -> Inputs:
    """What an earlier report was computed from, as far as today's log still says it.

    `inputs` hold every lead one by one that the earlier report did (`with_recent`).
    """
    leads = tuple(_known(lead, told.as_of) for lead in inputs.leads)
    header = replace(inputs.header, cut_off=told.cut_off, as_of=told.as_of)
    return replace(inputs, header=header, leads=leads, cohort_start=start, k=told.k, ahead=None)


def _known(lead: LeadFacts, as_of: datetime) -> LeadFacts:
    milestones = {c: m for c, m in lead.milestones.items() if m.recorded_at <= as_of}
    return replace(lead, milestones=milestones)
