"""Why leads closed, by family (9.2, 9.3; DX1, DX3). A to-date table, so SC4 applies to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from recruitment.rules import attribution
from recruitment.rules.closing import CloseCode
from reporting.figures.breakdowns import Breakdown, Level, breakdown
from reporting.figures.inputs import Inputs, LeadFacts, Turn
from reporting.figures.movement import closes
from reporting.figures.shares import Closed
from reporting.figures.words import FAMILIES


@dataclass(frozen=True, slots=True)
class CloseReasons:
    """Closes to date by family. Spam is counted apart (9.2), merged duplicates not at all.

    `released` are the values a reader has seen exactly so far; the next report goes on from them.
    """

    by_family: Breakdown
    spam: int
    released: tuple[tuple[str, int], ...]


def family_of(turn: Turn) -> str:
    """The family of a close. DX1 and DX3 derive it from the log where a code leaves it open."""
    return attribution.family_of(
        CloseCode(turn.reason),
        slow_follow_up=turn.slow_first_response,
        burden=turn.burden_no_show,
    )


def closes_of(lead: LeadFacts, *, at: datetime, as_of: datetime) -> list[Closed]:
    """The closes of a lead before `at`, as known at `as_of` (both UTC), but for merges."""
    turns = [turn for turn in closes(lead, as_of=as_of) if turn.occurred_at < at]
    return [Closed(str(family_of(turn)), turn.reason) for turn in turns]


def closes_to_date(inputs: Inputs) -> list[Closed]:
    """Every close up to the cut-off; a lead closed twice counts twice."""
    at, as_of = inputs.header.cut_off, inputs.header.as_of
    found = [closed for lead in inputs.counted for closed in closes_of(lead, at=at, as_of=as_of)]
    return found + inputs.quiet.closes


def close_reasons(inputs: Inputs, *, withhold: frozenset[str] | None = frozenset()) -> CloseReasons:
    """The closes to date by family.

    `withhold` are families whose numbers are not printed in any case; None for all of them.
    """
    closed = closes_to_date(inputs)
    by_family = Level[Closed]("family", lambda c: c.family, lambda code: (FAMILIES[code], ""))
    before: Mapping[str, int] = inputs.last.released if inputs.last else {}
    table = breakdown(
        [c for c in closed if not c.is_spam],
        [by_family] if withhold is not None else [],
        inputs,
        last=before,
        withhold=withhold or frozenset(),
    )
    now = {row.code: row.cell.known for row in table.rows if row.cell.known is not None}
    return CloseReasons(
        by_family=table,
        spam=sum(c.is_spam for c in closed),
        released=tuple(sorted({**before, **now}.items())),
    )
