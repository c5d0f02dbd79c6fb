"""What thirteen reports say together, as equations over the numbers that they do not say.

Written from what is printed, not from how the product hides. The reader knows the floor k, how many
inquiries each source brought in each stretch of time (D37), that nothing was voided, and that a
lead is not scheduled before it is reviewable. She uses every report at once: what is printed to
date, cohorts that overlap, the totals of each week, and what each way of hiding a number tells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reporting.figures.cells import Cell, Shown
from reporting.figures.report import Report
from reporting.figures.sources import SourceRow
from tests.reporting.attacker.known import Recall, minus, title_of

Slice = tuple[datetime, datetime]
Volumes = Mapping[str, Mapping[Slice, int]]
"""Valid inquiries by source label and stretch of time."""
CONTACT, MATURE = timedelta(days=14), timedelta(days=28)
COLUMNS = ("contact", "reviewable", "scheduled")
EVERY = "all sources"
INFINITE = 10**6


def fresh(reports: Sequence[Report]) -> list[Report]:
    """The reports whose source table is not the one that was printed before."""
    return [r for r in reports if r.sources.cohort.end == r.header.cut_off]


@dataclass(frozen=True)
class Printed:
    """One column of one source table: a row's sources, cell and base."""

    report: Report
    slices: tuple[Slice, ...]
    rows: tuple[tuple[str, frozenset[str], Cell, int], ...]
    total: Cell
    base: int

    @property
    def tells(self) -> bool:
        """Whether it prints anything but that it prints nothing."""
        return self.is_broken_down or self.total.shown != Shown.WITHHELD

    @property
    def is_broken_down(self) -> bool:
        return any(cell.shown != Shown.WITHHELD for _, _, cell, _ in self.rows)


def column(report: Report, number: int, volumes: Volumes, kinds: Mapping[str, str]) -> Printed:
    """What a report prints in one column, and of whom."""
    start, end = report.sources.cohort.start, report.header.cut_off
    end -= MATURE if number else CONTACT
    every = sorted({at for by in volumes.values() for at in by})
    labels = {row.label for row in report.sources.rows}
    is_kind = report.sources.level == "kind"
    name_of = kinds if is_kind else {label: label for label in volumes}
    cohort = (start, report.header.cut_off)
    here = {s for s in volumes if any(n for at, n in volumes[s].items() if within(at, cohort))}

    def sources_of(row: SourceRow) -> frozenset[str]:
        if row.label in set(name_of.values()):
            return frozenset(s for s in volumes if name_of[s] == row.label)
        return frozenset(s for s in here if name_of[s] not in labels)

    return Printed(
        report,
        tuple(at for at in every if within(at, (start, end))),
        tuple(
            (row.label, sources_of(row), row.rates[number].reached, row.rates[number].base)
            for row in report.sources.rows
        ),
        report.sources.total.rates[number].reached,
        report.sources.total.rates[number].base,
    )


def within(inner: Slice, outer: Slice) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def tell_all(recall: Recall, of: Printed, atoms: Mapping[tuple[str, Slice], int]) -> None:
    """What a column counts of one source, be it printed, in a row of several, or withheld."""
    for name, sources in groups(of.report, atoms).items():
        terms = {at: 1 for key, at in atoms.items() if key[0] in sources and key[1] in of.slices}
        if name != EVERY or not of.tells:
            recall.differ(f"report {title_of(of.report)}, {name}, in all", terms)


def groups(report: Report, atoms: Mapping[tuple[str, Slice], int]) -> Mapping[str, frozenset[str]]:
    """The sources, and all of them together where their totals are hidden as well (D2)."""
    every = sorted({s for s, _ in atoms})
    found = {s: frozenset({s}) for s in every}
    return found | {EVERY: frozenset(every)} if report.strict else found


def tell_rows(
    recall: Recall, of: Printed, atoms: Mapping[tuple[str, Slice], int], what: str
) -> None:
    """The cells of a column, unless it is withheld as a whole, and its total."""
    k = recall.k
    assert of.report.strict or of.total.known is not None
    whole = dict.fromkeys((atoms[key] for key in atoms if key[1] in of.slices), 1)
    if whole and of.tells:
        recall.tell(whole, of.total, 1 if of.base < 2 * k else k, of.base - 1)
        if of.total.known is None:
            recall.hide(f"report {title_of(of.report)}, {what}, {EVERY}", whole)
    if not of.is_broken_down:
        return
    for label, sources, cell, base in of.rows:
        terms = {atoms[s, at]: 1 for s in sources for at in of.slices if (s, at) in atoms}
        if not terms:
            continue
        recall.tell(terms, cell, 1 if base < 2 * k else k, base - 1)
        if cell.known is None:
            recall.hide(f"report {title_of(of.report)}, {what}, {label}", terms)


def contacts(
    reports: Sequence[Report],
    k: int,
    volumes: Volumes,
    kinds: Mapping[str, str],
    *,
    rows: bool = True,
) -> Recall:
    """Who was reached within 14 days: that of a stretch of receipt never changes any more.

    Without `rows` only the totals are used.
    """
    recall = Recall(k)
    atoms = {
        (s, at): recall.unknowns.new(0, n) for s, by in volumes.items() for at, n in by.items()
    }
    last: Printed | None = None
    for report in fresh(reports):
        printed = column(report, 0, volumes, kinds)
        tell_rows(recall, printed if rows else without_rows(printed), atoms, COLUMNS[0])
        tell_all(recall, printed, atoms)
        if last is not None and tells_of(printed):
            for s, sources in groups(report, atoms).items():
                name = f"reports {title_of(last.report)} and {title_of(report)}, {s}"
                old, new = set(last.slices), set(printed.slices)
                for part, which in (("new", new - old), ("gone", old - new), ("both", old & new)):
                    terms = {
                        atoms[key]: 1 for key in atoms if key[0] in sources and key[1] in which
                    }
                    recall.differ(f"{name}, contact, {part}", terms)
        if tells_of(printed):
            last = printed
    return recall


def tells_of(printed: Printed) -> bool:
    """Whether it says more than a total that everybody is told."""
    return printed.tells if printed.report.strict else printed.is_broken_down


def without_rows(printed: Printed) -> Printed:
    return Printed(printed.report, printed.slices, (), printed.total, printed.base)


def steps(
    reports: Sequence[Report],
    k: int,
    volumes: Volumes,
    kinds: Mapping[str, str],
    *,
    rows: bool = True,
) -> Recall:
    """Who was reviewable, and who was scheduled: both only grow from report to report."""
    recall = Recall(k)
    unknowns = recall.unknowns
    last: dict[str, tuple[Printed, dict[tuple[str, Slice], int]]] = {}
    before: tuple[Report, dict[str, dict[tuple[str, Slice], int]]] | None = None
    for report in fresh(reports):
        now: dict[str, dict[tuple[str, Slice], int]] = {}
        for number in (1, 2):
            what, printed = COLUMNS[number], column(report, number, volumes, kinds)
            atoms = {
                (s, at): unknowns.new(0, by[at])
                for s, by in volumes.items()
                for at in printed.slices
                if at in by
            }
            now[what] = atoms
            tell_rows(recall, printed if rows else without_rows(printed), atoms, what)
            tell_all(recall, printed, atoms)
            if what in last and tells_of(printed):
                compare(recall, what, last[what], (printed, atoms))
            if tells_of(printed):
                last[what] = (printed, atoms)
        for key, at in now["scheduled"].items():
            unknowns.say({now["reviewable"][key]: 1, at: -1}, 0)
        if before is not None:
            tell_growth(recall, before, (report, now))
        before = (report, now)
    return recall


def tell_growth(
    recall: Recall,
    before: tuple[Report, dict[str, dict[tuple[str, Slice], int]]],
    now: tuple[Report, dict[str, dict[tuple[str, Slice], int]]],
) -> None:
    """Nobody goes back, and no more came than the table of movement says."""
    for what, code in (("reviewable", "reviewable"), ("scheduled", "visit_scheduled")):
        later, earlier = (of[0].moved(code).to_date.known for of in (now, before))
        came = INFINITE if later is None or earlier is None else later - earlier
        common = [key for key in now[1][what] if key in before[1][what]]
        for key in common:
            recall.unknowns.say({now[1][what][key]: 1, before[1][what][key]: -1}, 0)
        if common:
            old, new = ([of[1][what][key] for key in common] for of in (before, now))
            recall.unknowns.say(minus(new, old), 0, came)


def compare(
    recall: Recall,
    what: str,
    earlier: tuple[Printed, Mapping[tuple[str, Slice], int]],
    later: tuple[Printed, Mapping[tuple[str, Slice], int]],
) -> None:
    """Of each source: who was new, who dropped out, and who came further in between."""
    (first, old), (second, new) = earlier, later
    numbers = f"reports {title_of(first.report)} and {title_of(second.report)}"
    for s, sources in groups(second.report, new).items():
        common = [key for key in new if key[0] in sources and key in old]
        arrived = [new[key] for key in new if key[0] in sources and key not in old]
        left = [old[key] for key in old if key[0] in sources and key not in new]
        parts = {
            "new": dict.fromkeys(arrived, 1),
            "gone": dict.fromkeys(left, 1),
            "gained": minus([new[key] for key in common], [old[key] for key in common]),
        }
        for part, terms in parts.items():
            recall.differ(f"{numbers}, {s}, {what}, {part}", terms)
