"""Source quality: what became of the inquiries of a cohort, by source (10.1-10.3; Q1-Q6).

Volumes are exact (D37). Sources with too few leads for a rate are folded into one row. A column
that would still give a small cell away is withheld; when no rate is left, kinds of sources are
tried. Rows are in the order of their labels: any other would rank the hidden numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from recruitment.rules.events import MilestoneCode
from reporting.figures.cells import WITHHELD, Cell, exact
from reporting.figures.inputs import Inputs, LeadFacts, Window
from reporting.figures.movement import is_merged, is_spam
from reporting.figures.rates import Rate, rate
from reporting.figures.suppression import Steps, shares, stepped_shares, total_share
from reporting.figures.words import SOURCE_KINDS

CONTACT_WITHIN = timedelta(days=14)
"""A lead has this long to be reached, and must be this old to count in the contact rate (Q3)."""
MATURE_AFTER = timedelta(days=28)
"""A lead must be this old to count in any other rate (Q3)."""
OTHER_SOURCES = "Other sources"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source, one kind of source, or all. `inquiries` include duplicates (10.2)."""

    label: str
    inquiries: int
    contact: Rate
    reviewable: Rate
    scheduled: Rate

    @property
    def rates(self) -> tuple[Rate, Rate, Rate]:
        return self.contact, self.reviewable, self.scheduled


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The published table. `level` says whether its rows are each a "source" or a "kind" of them.

    `valid` = inquiries - `duplicates` - `spam` (Q2); those counts are of submissions, not people.
    `maturing` leads are valid but too young for the reviewable and scheduled-visit rates (Q3).
    """

    level: str
    cohort: Window
    rows: tuple[SourceRow, ...]
    total: SourceRow
    duplicates: int
    spam: int
    maturing: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The exact counts of one row: leads in a rate's base, and those of them that got there."""

    inquiries: int
    contact_base: int
    contacted: int
    base: int
    reviewable: int
    scheduled: int


def cohort_window(inputs: Inputs) -> Window:
    """When the leads of the cohort were received: [cohort start, cut-off) (Q1)."""
    return Window(inputs.cohort_start, inputs.header.cut_off)


def cohort(inputs: Inputs) -> list[LeadFacts]:
    """The leads received in it."""
    window = cohort_window(inputs)
    return [lead for lead in inputs.counted if lead.received.occurred_at in window]


def is_valid(lead: LeadFacts, inputs: Inputs) -> bool:
    """Whether the lead counts in V: no merged duplicate and no spam; tests are left out before."""
    at, as_of = inputs.header.cut_off, inputs.header.as_of
    return not is_merged(lead, at=at, as_of=as_of) and not is_spam(lead, at=at, as_of=as_of)


def tally(leads: Sequence[LeadFacts], inputs: Inputs) -> Tally:
    """The exact counts of some leads of the cohort."""
    cut_off = inputs.header.cut_off
    valid = [lead for lead in leads if is_valid(lead, inputs)]
    young = [lead for lead in valid if lead.received.occurred_at <= cut_off - CONTACT_WITHIN]
    mature = [lead for lead in valid if lead.received.occurred_at <= cut_off - MATURE_AFTER]
    return Tally(
        inquiries=len(leads),
        contact_base=len(young),
        contacted=sum(was_contacted(lead) for lead in young),
        base=len(mature),
        reviewable=sum(lead.reached(MilestoneCode.REVIEWABLE, by=cut_off) for lead in mature),
        scheduled=sum(lead.reached(MilestoneCode.VISIT_SCHEDULED, by=cut_off) for lead in mature),
    )


def was_contacted(lead: LeadFacts) -> bool:
    moment = lead.milestones.get(MilestoneCode.FIRST_TWO_WAY_CONTACT)
    return moment is not None and moment.occurred_at - lead.received.occurred_at <= CONTACT_WITHIN


def source_table(inputs: Inputs) -> SourceTable:
    """The published table over the cohort, as if no report had been published before."""
    tables = source_tables(inputs)
    return next((table for table in tables.values() if tells(table.rows)), tables["source"])


def source_tables(inputs: Inputs) -> dict[str, SourceTable]:
    """The table by source and the one by kind of source, each safe by itself."""
    leads = cohort(inputs)
    whole = tally(leads, inputs)
    at, as_of = inputs.header.cut_off, inputs.header.as_of
    return {
        name: SourceTable(
            level=name,
            cohort=Window(inputs.cohort_start, inputs.header.cut_off),
            rows=_published(_fold(_by(leads, key, inputs), inputs.k), inputs),
            total=_total(whole, inputs),
            duplicates=sum(is_merged(lead, at=at, as_of=as_of) for lead in leads),
            spam=sum(is_spam(lead, at=at, as_of=as_of) for lead in leads),
            maturing=sum(is_valid(lead, inputs) for lead in leads) - whole.base,
        )
        for name, key in _LEVELS.items()
    }


def tells(rows: tuple[SourceRow, ...]) -> bool:
    """Whether any rate above zero is printed."""
    return any(rate.reached.known for row in rows for rate in row.rates)


_LEVELS: Mapping[str, Callable[[LeadFacts], str]] = {
    "source": lambda lead: lead.source.label,
    "kind": lambda lead: SOURCE_KINDS.get(lead.source.kind, lead.source.kind),
}


def _by(
    leads: Sequence[LeadFacts], key: Callable[[LeadFacts], str], inputs: Inputs
) -> dict[str, Tally]:
    labels = sorted({key(lead) for lead in leads}, key=str.casefold)
    return {
        label: tally([lead for lead in leads if key(lead) == label], inputs) for label in labels
    }


def _fold(tallies: dict[str, Tally], k: int) -> dict[str, Tally]:
    """Sources with fewer than k mature leads as one row, which takes in more until it has k."""
    few = {label for label, row in tallies.items() if row.base < k}
    rest = sorted(set(tallies) - few, key=lambda label: (tallies[label].base, label))
    while few and rest and sum(tallies[label].base for label in few) < k:
        few.add(rest.pop(0))
    if len(few) < 2:
        return tallies
    folded = {label: row for label, row in tallies.items() if label not in few}
    parts = [tallies[label] for label in few]
    return folded | {f"{OTHER_SOURCES} ({len(few)})": _sum(parts)}


def _sum(parts: Sequence[Tally]) -> Tally:
    return Tally(
        inquiries=sum(part.inquiries for part in parts),
        contact_base=sum(part.contact_base for part in parts),
        contacted=sum(part.contacted for part in parts),
        base=sum(part.base for part in parts),
        reviewable=sum(part.reviewable for part in parts),
        scheduled=sum(part.scheduled for part in parts),
    )


def _published(tallies: Mapping[str, Tally], inputs: Inputs) -> tuple[SourceRow, ...]:
    """The rows. A column that would give a small cell away is withheld whole (D37)."""
    bases = {label: (row.contacted, row.contact_base) for label, row in tallies.items()}
    contacted = shares(bases, k=inputs.k, strict=inputs.strict) or dict.fromkeys(bases, WITHHELD)
    reviewable, scheduled = _steps(tallies, inputs)
    return tuple(
        SourceRow(
            label,
            row.inquiries,
            rate(contacted[label], row.contact_base),
            rate(reviewable[label], row.base),
            rate(scheduled[label], row.base),
        )
        for label, row in tallies.items()
    )


def _steps(tallies: Mapping[str, Tally], inputs: Inputs) -> tuple[dict[str, Cell], dict[str, Cell]]:
    """Reviewable and scheduled: both columns, only the first, or none.

    A visit follows a review (G1). Where that was overridden, the second column is left out, since
    a reader who goes by the rule would work with it.
    """
    withheld = dict.fromkeys(tallies, WITHHELD)
    none_scheduled = not any(row.scheduled for row in tallies.values())
    unprinted = dict.fromkeys(tallies, exact(0) if none_scheduled else WITHHELD)
    rows = {label: Steps(r.base, r.reviewable, r.scheduled) for label, r in tallies.items()}
    if any(row.second > row.first for row in rows.values()):
        first = {label: (row.first, row.base) for label, row in rows.items()}
        return shares(first, k=inputs.k, strict=inputs.strict) or withheld, unprinted
    for with_second in (True, False):
        cells = stepped_shares(rows, k=inputs.k, strict=inputs.strict, with_second=with_second)
        if cells is not None:
            return cells if with_second else (cells[0], unprinted)
    return withheld, unprinted


def _total(whole: Tally, inputs: Inputs) -> SourceRow:
    def share(reached: int, base: int) -> Rate:
        return rate(total_share(reached, base, k=inputs.k, strict=inputs.strict), base)

    return SourceRow(
        "All sources",
        whole.inquiries,
        share(whole.contacted, whole.contact_base),
        share(whole.reviewable, whole.base),
        share(whole.scheduled, whole.base),
    )
