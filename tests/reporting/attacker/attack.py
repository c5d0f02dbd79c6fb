"""The attack on a quarter: what is out, beyond what totals and volumes tell by themselves."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from reporting.figures.inputs import LeadFacts, TurnKind
from reporting.figures.sources import is_valid
from reporting.figures.words import SOURCE_KINDS
from tests.reporting.attacker.closing import closes
from tests.reporting.attacker.headlines import headlines
from tests.reporting.attacker.known import Recall
from tests.reporting.attacker.moments import moments, small_tables
from tests.reporting.attacker.quarters import FIRST_CUT_OFF, WEEK, Quarter
from tests.reporting.attacker.recall import (
    CONTACT,
    MATURE,
    Slice,
    Volumes,
    contacts,
    fresh,
    steps,
)

NONE = timedelta(0)


def leaks(quarter: Quarter) -> list[str]:
    """A sentence for each number that can be worked out from all reports."""
    volumes, kinds = volumes_of(quarter)
    found = _said(closes(quarter.reports, quarter.k))
    if quarter.manner.strict:
        leads = [len(inputs.counted) for inputs in quarter.inputs]
        found += _said(headlines(quarter.reports, quarter.k, leads))
        found += _said(small_tables(quarter.reports, quarter.k, _most_open(quarter)))
    else:
        found += _said(
            moments(quarter.reports, quarter.k),
            partial(moments, quarter.reports, quarter.k, rows=False),
        )
    for attack in (contacts, steps):
        recall = attack(quarter.reports, quarter.k, volumes, kinds)
        if recall.secrets and quarter.manner.strict:
            found += _said(recall)  # totals are no headlines there
        elif recall.secrets:
            bare = partial(attack, quarter.reports, quarter.k, volumes, kinds, rows=False)
            found += _said(recall, bare)
    return found


def _said(recall: Recall, bare: Callable[[], Recall] | None = None) -> list[str]:
    """What is out. Differences that totals alone give away are no leak of a breakdown (SC2)."""
    if not recall.secrets:
        return []
    out = recall.found()
    known = set[str]()
    if bare is not None and any(not secret.is_cell for secret, _, _ in out):
        known = {secret.name for secret, _, _ in bare().found()}
    return [
        f"{secret.name}: {low} to {high}"
        for secret, low, high in out
        if secret.is_cell or secret.name not in known
    ]


def _most_open(quarter: Quarter) -> list[int]:
    """At each report, the leads that came and did not enroll."""
    return [
        sum(not _has_enrolled(lead, inputs.header.cut_off) for lead in inputs.counted)
        for inputs in quarter.inputs
    ]


def _has_enrolled(lead: LeadFacts, cut_off: datetime) -> bool:
    return any(t.kind == TurnKind.ENROLLED and t.occurred_at < cut_off for t in lead.turns)


def volumes_of(quarter: Quarter) -> tuple[Volumes, Mapping[str, str]]:
    """Valid inquiries by source and stretch, the stretches as fine as all reports together.

    A report on another weekday adds its edges only with a source table of its own.
    """
    edges = sorted(
        {
            edge
            for inputs, report in zip(quarter.inputs, quarter.reports, strict=True)
            if fresh([report]) or (inputs.header.cut_off - FIRST_CUT_OFF) % WEEK == NONE
            for cut_off in [inputs.header.cut_off]
            for edge in (inputs.cohort_start, cut_off - CONTACT, cut_off - MATURE)
        }
    )
    slices = list(pairwise(edges))
    last = quarter.inputs[-1]
    volumes: dict[str, dict[Slice, int]] = {}
    for source in sorted({life.source.label for life in quarter.lives}):
        here = [
            lead.received.occurred_at
            for lead in last.leads
            if lead.source.label == source and is_valid(lead, last)
        ]
        volumes[source] = {at: _between(here, at) for at in slices if _between(here, at)}
    kinds = {life.source.label: SOURCE_KINDS[life.source.kind] for life in quarter.lives}
    return volumes, kinds


def _between(moments: list[datetime], at: Slice) -> int:
    return sum(at[0] <= moment < at[1] for moment in moments)
