"""The source table beside those of every earlier report (SC3, SC4; D37).

Cohorts overlap, so one table less another tells of the few leads that came or went between. A new
table is printed when all of them together tell nothing small. Until then the last one is printed
again as it was, with its own cohort over it; when that grows old, what is safe of a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from reporting.figures.cells import WITHHELD
from reporting.figures.disclosure.columns import (
    CONTACT,
    REVIEWABLE,
    SCHEDULED,
    Column,
    chained,
    column,
)
from reporting.figures.disclosure.contacts import contact_program
from reporting.figures.disclosure.program import (
    NothingFits,
    Program,
    Secret,
    TooLong,
    given_away,
)
from reporting.figures.disclosure.slices import Moment, as_told, edges, moment
from reporting.figures.disclosure.steps import Stage, step_program
from reporting.figures.disclosure.told import Told
from reporting.figures.inputs import Inputs, Window
from reporting.figures.quiet import with_recent
from reporting.figures.rates import Rate
from reporting.figures.sources import (
    CONTACT_WITHIN,
    MATURE_AFTER,
    SourceRow,
    SourceTable,
    source_tables,
    tells,
)

OLD = timedelta(weeks=4)
"""A table whose cohort ended so long ago is printed again only when nothing newer can be."""
WEEK, CLOCK_CHANGE = timedelta(weeks=1), timedelta(hours=1)
LONGEST_CHAIN = 26
"""No more reports than this share leads, one with the next: then a cohort of new leads begins."""
STEPS = (REVIEWABLE, SCHEDULED)
ALL = (CONTACT, *STEPS)


def source_table_beside(inputs: Inputs, before: Sequence[Told], *, ends: float) -> SourceTable:
    """The finest and newest table that gives nothing away; `before` in the order of cut-offs.

    `ends` is when to give up and withhold, by the monotonic clock.
    """
    cut_off, made = inputs.header.cut_off, source_tables(inputs)
    plain = _only(made["source"], (), strict=inputs.strict)
    if inputs.strict and inputs.last is None:
        return plain  # with nothing late, the table of movement would tell the totals
    if any(told.cut_off > cut_off for told in before):
        return plain  # a revision of a report that others came after
    own = [told for told in before if told.is_own_cohort]
    if any(_is_out_of_step(inputs, told) for told in own):
        return own[-1].sources
    tables = {name: table for name, table in made.items() if tells(table.rows)}
    check = _Check(inputs, tuple(before), ends)
    safe = {name: check.safe_columns(table) for name, table in tables.items()}
    whole = [tables[name] for name, columns in safe.items() if set(columns) == set(ALL)]
    if whole:
        return whole[0]
    last = next((told.sources for told in reversed(before) if told.is_own_cohort), None)
    if last and tells(last.rows) and timedelta(0) < cut_off - last.cohort.end < OLD:
        return last
    parts = [_only(tables[name], columns, strict=inputs.strict) for name, columns in safe.items()]
    return next((part for part in parts if tells(part.rows)), plain)


def _is_out_of_step(inputs: Inputs, told: Told) -> bool:
    """Whether it shares leads with a table of another weekday or hour, which broke something down.

    A reader is taken to know totals by stretches of whole weeks. Totals of other stretches would
    tell more than the older table was tried with.
    """
    now, then = Window(inputs.cohort_start, inputs.header.cut_off), told.sources.cohort
    lines = (*told.sources.rows, told.sources.total) if told.strict else told.sources.rows
    cells = [rate.reached for line in lines for rate in line.rates]
    if then.end - CONTACT_WITHIN <= now.start or set(cells) <= {WITHHELD}:
        return False
    apart = (abs(now.start - then.start) % WEEK, abs(now.end - then.end) % WEEK)
    return any(CLOCK_CHANGE < by < WEEK - CLOCK_CHANGE for by in apart)


def _only(table: SourceTable, columns: Sequence[int], *, strict: bool) -> SourceTable:
    """The table with the rates of some columns only; volumes stay, and totals unless `strict`."""

    def kept(number: int, rate: Rate) -> Rate:
        return rate if number in columns else Rate(WITHHELD, rate.base)

    def part(row: SourceRow) -> SourceRow:
        return SourceRow(
            row.label, row.inquiries, *(kept(n, rate) for n, rate in enumerate(row.rates))
        )

    total = part(table.total) if strict else table.total
    return replace(table, rows=tuple(part(row) for row in table.rows), total=total)


@dataclass
class _Check:
    """The history of one study at one site, read once for all candidates."""

    inputs: Inputs
    before: tuple[Told, ...]
    ends: float
    _moments: dict[int, Moment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.edges = edges(self.inputs, self.before)
        self.now = moment(self.inputs, self.edges)

    def safe_columns(self, table: SourceTable) -> tuple[int, ...]:
        """The columns that may be printed: contact by itself, the two steps in their order."""
        safe = (CONTACT,) if self._is_safe(table, (CONTACT,)) else ()
        for steps in (STEPS, (REVIEWABLE,)):
            if self._is_safe(table, steps):
                return (*safe, *steps)
        return safe

    def _is_safe(self, table: SourceTable, numbers: Sequence[int]) -> bool:
        try:
            programs = self._contact(table) if CONTACT in numbers else self._steps(table, numbers)
            return programs is not None and not given_away(*programs)
        except (NothingFits, TooLong):
            return False

    def _contact(self, table: SourceTable) -> tuple[Program, Program, list[Secret]] | None:
        now = self._column(table, CONTACT, self.inputs.k, self.now)
        chain = self._chain(CONTACT, now)
        if len(chain) > LONGEST_CHAIN:
            return None
        counts = [self._moment(at).young for at in chain]
        past = [c for at in chain if (c := self._told_column(at, CONTACT)) is not None]
        return contact_program([*past, now], [*counts, self.now.young], self.ends)

    def _steps(
        self, table: SourceTable, numbers: Sequence[int]
    ) -> tuple[Program, Program, list[Secret]] | None:
        now = [self._column(table, number, self.inputs.k, self.now) for number in numbers]
        chain = sorted({at for number in STEPS for at in self._chain(number, now[0])})
        if len(chain) > LONGEST_CHAIN:
            return None
        stages = []
        for at in range(chain[0], len(self.before)) if chain else ():
            own = [self._told_column(at, number) for number in STEPS if at in chain]
            stages.append(self._stage(self._moment(at), [c for c in own if c]))
        return step_program([*stages, self._stage(self.now, now)], self.ends)

    def _chain(self, number: int, now: Column) -> list[int]:
        """The reports whose column shares leads with `now`, one with the next; at most one more."""
        return chained(
            lambda at: self._told_column(at, number), len(self.before), now, most=LONGEST_CHAIN + 1
        )

    def _stage(self, then: Moment, columns: Sequence[Column]) -> Stage:
        return Stage(then.mature, tuple(columns), self.inputs.strict)

    def _told_column(self, at: int, number: int) -> Column | None:
        told = self.before[at]
        if not told.is_own_cohort:
            return None
        return self._column(told.sources, number, told.k, self._moment(at))

    def _column(self, table: SourceTable, number: int, k: int, then: Moment) -> Column:
        matures = MATURE_AFTER if number in STEPS else CONTACT_WITHIN
        strict = self.inputs.strict
        return column(table, number, k=k, matures=matures, kinds=then.kinds, strict=strict)

    def _moment(self, at: int) -> Moment:
        if at not in self._moments:
            told = self.before[at]
            start = told.sources.cohort.start
            if not told.is_own_cohort:
                start = told.cut_off - (self.inputs.header.cut_off - self.inputs.cohort_start)
            then = as_told(with_recent(self.inputs, start), told, start)
            self._moments[at] = moment(then, self.edges)
        return self._moments[at]
