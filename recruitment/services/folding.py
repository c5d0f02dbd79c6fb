"""Clocks and deadlines as whole logs say them: proving the rows, and writing them anew (4.6).

The log is the truth. `clock_differences` changes nothing; `rebuild_clocks` makes the rows what the
logs say, also where there are none yet, as after an upgrade from a version without clocks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

from django.db import transaction

from recruitment.models import Clock as ClockRow
from recruitment.models import Lead, LeadEvent
from recruitment.models.log import standing
from recruitment.rules.clock_book import Clocks
from recruitment.rules.clock_facts import deadlines, fold
from recruitment.rules.events import EventKind
from recruitment.rules.projection import LeadState
from recruitment.rules.staleness import risk_at, stale_at
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.services.cadences import cadence_of
from recruitment.services.calendars import calendar_of, rest_days_of
from recruitment.services.clocks import differing, row_of, save_rows
from recruitment.services.terms import read_terms

BATCH = 500  # leads read, or locked and written, at a time
DEADLINES = (
    "stale_at",
    "risk_at",
    "stale_flagged_for",
    "times_stale",
    "recover_from",
    "recover_by",
    "is_held",
)
"""The lead's own columns that speak of time; the others are proved by queries.projection."""


class ClockDifference(NamedTuple):
    """One place where a row and the log disagree. Values are codes, ids and times."""

    lead_number: str
    column: str
    row: object
    log: object


class Rebuilt(NamedTuple):
    """What a rebuild looked at, and what it wrote."""

    leads: int
    clocks: int
    deadlines: int


@dataclass(frozen=True)
class _Folded:
    lead: Lead
    clocks: Clocks
    rows: dict[tuple[TargetKey, int, int], ClockRow]
    deadlines: dict[str, object]

    def changed(self) -> list[ClockRow]:
        """The rows to write: those that are missing or say otherwise than the log."""
        found = []
        for name, clock in self.clocks.items():
            row = self.rows.get(name)
            if row is None or differing(row, clock):
                found.append(row_of(clock, self.lead))
        return found


def clock_differences(leads: Iterable[Lead] | None = None) -> Iterator[ClockDifference]:
    """Every disagreement about clocks and deadlines, lead by lead. Three statements a batch."""
    for keys in _batches(leads):
        for found in _fold(_rows(keys)):
            yield from _of_lead(found)


def rebuild_clocks() -> Rebuilt:
    """Write clocks and deadlines of all leads as their logs say. May run twice, and while in use.

    Locks a batch of leads at a time, each batch in a transaction of its own: what was killed goes
    on with the next run. Notices and what they were written for (`flagged_for`) stay.
    """
    total = Rebuilt(0, 0, 0)
    for keys in _batches(None):
        done = _rebuild(keys)
        total = Rebuilt(*(sum(pair) for pair in zip(total, done, strict=True)))
    return total


def _batches(leads: Iterable[Lead] | None) -> Iterator[list[int]]:
    if leads is None:
        keys = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
    else:
        keys = sorted(lead.pk for lead in leads)
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _rows(keys: Sequence[int], *, lock: bool = False) -> list[Lead]:
    leads = Lead.objects.filter(pk__in=keys).order_by("pk")
    if lock:
        leads = leads.select_for_update(of=("self",))
    return list(leads.select_related("study_site__site", "study_site__study"))


def _fold(leads: Sequence[Lead]) -> Iterator[_Folded]:
    """Fold the logs of `leads`; one that does not begin with the receipt is left out."""
    events = LeadEvent.objects.filter(lead__in=leads).order_by("lead_id", "seq")
    logs = {key: standing(group) for key, group in groupby(events, lambda event: event.lead_id)}
    rows: dict[int, dict[tuple[TargetKey, int, int], ClockRow]] = {lead.pk: {} for lead in leads}
    for row in ClockRow.objects.filter(lead__in=leads):
        rows[row.lead_id or 0][TargetKey(row.target), row.subject_id, row.run] = row
    terms: dict[int, Terms] = {}
    for lead in leads:
        facts = [event.fact for event in logs.get(lead.pk, [])]
        if not facts or facts[0].kind != EventKind.RECEIVED:
            continue
        place = lead.study_site
        if place.pk not in terms:
            terms[place.pk] = read_terms(place)
        state, clocks = fold(facts, terms[place.pk])
        yield _Folded(lead, clocks, rows[lead.pk], _deadlines(lead, state, clocks))


def _deadlines(lead: Lead, state: LeadState, clocks: Clocks) -> dict[str, object]:
    """What DEADLINES should say, by the study's settings as they are now."""
    study, calendar = lead.study_site.study, calendar_of(lead.study_site.site)
    call_back: timedelta = cadence_of(study).call_back_window
    stale = stale_at(state, calendar, rest_days_of(study), call_back, deadlines(clocks))
    own = {name: getattr(state, name) for name in DEADLINES[2:]}
    return {"stale_at": stale, "risk_at": risk_at(state, stale, calendar), **own}


def _of_lead(found: _Folded) -> Iterator[ClockDifference]:
    number = found.lead.number
    for column, told in found.deadlines.items():
        said = getattr(found.lead, column)
        if said != told:
            yield ClockDifference(number, column, said, told)
    for name in sorted(found.rows.keys() | found.clocks.keys()):
        words = "clock " + " ".join(str(part) for part in name)
        row, clock = found.rows.get(name), found.clocks.get(name)
        if row is None or clock is None:
            yield ClockDifference(number, words, row is not None, clock is not None)
            continue
        for column, (said, told) in differing(row, clock).items():
            yield ClockDifference(number, f"{words} {column}", said, told)


@transaction.atomic
def _rebuild(keys: Sequence[int]) -> Rebuilt:
    folded = list(_fold(_rows(keys, lock=True)))
    gone = [row.pk for each in folded for name, row in each.rows.items() if name not in each.clocks]
    ClockRow.objects.filter(pk__in=gone).delete()
    changed = [row for each in folded for row in each.changed()]
    save_rows(changed)
    late = []
    for each in folded:
        if any(getattr(each.lead, name) != told for name, told in each.deadlines.items()):
            for name, told in each.deadlines.items():
                setattr(each.lead, name, told)
            late.append(each.lead)
    Lead.objects.bulk_update(late, DEADLINES)
    return Rebuilt(len(keys), len(changed) + len(gone), len(late))
