"""One sponsor report: its published figures, computed and made safe in one go (SC5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from reporting.figures.agreed import AgreedTable, agreed_table
from reporting.figures.asks import AskTable, ask_table
from reporting.figures.breakdowns import Breakdown
from reporting.figures.changes import ChangeTable, change_table
from reporting.figures.closing import CloseReasons
from reporting.figures.disclosure.closes import close_reasons_beside, friction_beside
from reporting.figures.disclosure.headlines import headlines_beside
from reporting.figures.disclosure.sources import source_table_beside
from reporting.figures.disclosure.standing import open_beside
from reporting.figures.disclosure.told import Told
from reporting.figures.execution import ExecutionRow, execution
from reporting.figures.friction import Friction
from reporting.figures.funnel import FunnelStep, funnel
from reporting.figures.inputs import Header, Inputs, LastReport
from reporting.figures.movement import Balance, MovementRow, balance, movement
from reporting.figures.revisions import Revised
from reporting.figures.scheduling import Scheduling, scheduling
from reporting.figures.site_work import SiteWork, site_work
from reporting.figures.sources import SourceTable
from reporting.figures.stalled import Stalled, stale_cell
from reporting.figures.standing import blockers, next_actions, records

DEFINITIONS = 1
"""Version of the definitions of all figures; raised when a number would come out differently."""
CHECK_SECONDS = 30
"""How long the check against earlier reports may take; what it did not get to is withheld."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a sponsor may see of one period; nothing hidden is in here (SC5).

    `balance` is None in strict mode: it was checked, but its terms would give small totals away.
    Sections that a report was issued without, before there were any, are None. `planned` is how
    many the site is to enroll, None where nobody entered it (D39); `site_work` None where the site
    has not opted in.
    `revised` is None in the first revision of a report (SR3).
    """

    definitions: int
    header: Header
    k: int
    strict: bool
    movement: tuple[MovementRow, ...]
    balance: Balance | None
    open_now: Breakdown
    funnel: tuple[FunnelStep, ...]
    sources: SourceTable
    blockers: Breakdown
    records: Breakdown
    closes: CloseReasons
    actions: Breakdown
    asks: AskTable
    agreed: AgreedTable | None
    execution: tuple[ExecutionRow, ...] | None
    scheduling: Scheduling | None
    stalled: Stalled | None
    friction: Friction | None
    planned: int | None
    site_work: SiteWork | None
    changes: ChangeTable | None
    revised: Revised | None = None

    def moved(self, code: str) -> MovementRow:
        """The movement row `code`, a key of `words.MOVEMENT`."""
        return next(row for row in self.movement if row.code == code)


def as_last(report: Report) -> LastReport:
    """What the next report needs to know of this one, once it is issued (SR1, SC4)."""
    return LastReport(
        period_start=report.header.period_start,
        cut_off=report.header.cut_off,
        as_of=report.header.as_of,
        open_now=report.balance.open_now if report.balance else None,
        released=dict(report.closes.released),
        released_criteria=dict(report.friction.released) if report.friction else {},
        stale_is_printed=stale_cell(report.open_now).known is not None,
    )


def told(report: Report) -> Told:
    """What a later report may not give away of this one, once it is issued (SC4)."""
    return Told(
        cut_off=report.header.cut_off,
        as_of=report.header.as_of,
        k=report.k,
        strict=report.strict,
        movement={row.code: row.this for row in _rows(report)},
        closes=report.closes.by_family,
        spam=report.closes.spam,
        open_now=report.open_now,
        needed=report.records.total,
        went_stale=report.stalled.new if report.stalled else None,
        recovered=report.stalled.recovered if report.stalled else None,
        criteria=report.friction.closes if report.friction else None,
        sources=report.sources,
        funnel=report.funnel,
    )


def _rows(report: Report) -> tuple[MovementRow, ...]:
    visits = report.scheduling.visits if report.scheduling else ()
    return (*report.movement, *visits)


def weekly_report(inputs: Inputs, before: Sequence[Told] = ()) -> Report:
    """The published figures of one period. Raises Imbalance when the counts contradict each other.

    `before` is what every report of the study and site told that was ever published, revisions
    included, in the order of their cut-offs. What this one would give away of them, or with them,
    is withheld; so is all that has not been checked after half a minute. After a strict report
    every later one is strict: totals to date would tell the small ones it hid.
    Raises ValueError for a period that does not go on from the last report, or an as-of before the
    cut-off. The same inputs always give the same report.
    """
    header, last = inputs.header, inputs.last
    if not header.period_start < header.cut_off <= header.as_of:
        raise ValueError("A report's period ends after it starts, and is read after it ended.")
    if last is not None and last.cut_off != header.period_start:
        raise ValueError("A report's period starts at the cut-off of the last issued one (SR1).")
    if any(told.strict for told in before):
        inputs = replace(inputs, strict=True)
    checked, stopped = balance(inputs), blockers(inputs)
    moved = headlines_beside(movement(inputs), inputs, before)
    ends = monotonic() + CHECK_SECONDS
    needed = records(inputs)
    open_now, stale = open_beside(inputs, before, needed.total, ends=ends)
    sources = source_table_beside(inputs, before, ends=ends)
    period = next(row.this for row in moved if row.code == "closed") if inputs.strict else None
    closes = close_reasons_beside(inputs, before, ends=ends, period=period)
    visits = scheduling(inputs, open_now)
    return Report(
        definitions=DEFINITIONS,
        header=header,
        k=inputs.k,
        strict=inputs.strict,
        movement=moved,
        balance=None if inputs.strict else checked,
        open_now=open_now,
        funnel=_funnel_of(sources, inputs, before),
        sources=sources,
        blockers=stopped,
        records=needed,
        closes=closes,
        actions=next_actions(inputs),
        asks=ask_table(inputs, stopped),
        agreed=agreed_table(inputs, stopped),
        execution=execution(inputs),
        scheduling=replace(visits, visits=headlines_beside(visits.visits, inputs, before)),
        stalled=stale,
        friction=friction_beside(inputs, closes.by_family, stopped, before, ends=ends),
        planned=inputs.planned,
        site_work=site_work(inputs),
        changes=change_table(inputs),
    )


def _funnel_of(
    table: SourceTable, inputs: Inputs, before: Sequence[Told]
) -> tuple[FunnelStep, ...]:
    """The funnel of the table's own cohort, an older one if it is printed again."""
    older = (t.funnel for t in before if t.is_own_cohort and t.sources.cohort == table.cohort)
    return funnel(inputs) if table.cohort.end == inputs.header.cut_off else next(older)
