"""What the weekly reviews agreed to do, and what came of it (12.1 section 14; W7, W11, D39).

An action and those that went on with it are one line: what was carried over is not new. No number
of leads is told here. What an action is about is named only as far as the report prints it anyway.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import ItemKind
from reporting.figures.breakdowns import Breakdown
from reporting.figures.inputs import Inputs
from reporting.figures.words import AGREED, AGREED_IF_TOLD, AGREED_TARGETS, ROLES
from reporting.figures.work_facts import AgreedEnd, AgreedFacts
from trialsnest.lib.words import local

INSTANT = timedelta(microseconds=1)


class Outcome(StrEnum):
    """How a line stands at the cut-off, and why it is not done (D39)."""

    OPEN = "open"
    LATE = "late"
    PUT_OFF = "put off"
    CARRIED = "carried over"
    ESCALATED = "escalated"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """One line as a sponsor reads it.

    `due_on` is the day that the last report knew, `now_due_on` the day agreed since, if another.
    `ended_at` is when it was done or dropped.
    """

    kind: str
    label: str
    role: str
    due_on: date
    outcome: Outcome
    now_due_on: date | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgreedTable:
    """What stood open at the last cut-off, and what was agreed since; both the oldest first."""

    before: tuple[AgreedRow, ...]
    since: tuple[AgreedRow, ...]


def agreed_table(inputs: Inputs, blockers: Breakdown) -> AgreedTable:
    """The actions of a period; `blockers` is the table of blockers as the report prints it."""
    start = inputs.header.period_start if inputs.last is not None else None
    kinds = {*AGREED, *(AGREED_IF_TOLD if inputs.tells_site_work else ())}
    lines = [line for line in _lines(inputs.agreed) if line[0].kind in kinds]
    before = [line for line in lines if start is not None and line[0].agreed_at < start]
    standing = [line for line in before if not _was_over(line[-1], start)]
    since = [line for line in lines if line not in before]
    return AgreedTable(
        tuple(_row(line, inputs, blockers) for line in standing),
        tuple(_row(line, inputs, blockers) for line in since),
    )


def _lines(actions: Iterable[AgreedFacts]) -> list[list[AgreedFacts]]:
    """Each action with those that went on with it, in the order in which they were agreed."""
    line_of: dict[int, list[AgreedFacts]] = {}
    lines = []
    for action in sorted(actions, key=lambda action: (action.agreed_at, action.key)):
        line = line_of.get(action.former)
        if line is None:
            line = []
            lines.append(line)
        line.append(action)
        line_of[action.key] = line
    return lines


def _was_over(action: AgreedFacts, at: datetime | None) -> bool:
    """Whether it was done or dropped before `at`, so that the last report said so."""
    return action.ended_at is not None and at is not None and action.ended_at < at


def _row(line: Sequence[AgreedFacts], inputs: Inputs, blockers: Breakdown) -> AgreedRow:
    start, now = inputs.header.period_start, line[-1]
    known = [action for action in line if action.agreed_at < start]
    then = known[-1] if known else now
    return AgreedRow(
        kind=now.kind,
        label=_label(now, inputs, blockers),
        role=ROLES[now.role],
        due_on=then.due_on,
        outcome=_outcome(now, then, inputs),
        now_due_on=now.due_on if now.due_on != then.due_on else None,
        ended_at=now.ended_at,
    )


def _outcome(now: AgreedFacts, then: AgreedFacts, inputs: Inputs) -> Outcome:
    if now.end in {AgreedEnd.DONE, AgreedEnd.DROPPED}:
        return Outcome(now.end)
    if now.is_escalated:
        return Outcome.ESCALATED
    if now.put_off:
        return Outcome.PUT_OFF
    if now is not then or now.former:
        return Outcome.CARRIED
    last_day = local(inputs.header.cut_off - INSTANT, inputs.header.zone).date()
    return Outcome.LATE if now.due_on < last_day else Outcome.OPEN


def _label(action: AgreedFacts, inputs: Inputs, blockers: Breakdown) -> str:
    """The fixed wording of its kind.

    A blocker repeats from three leads on, so a category is named only where the table of blockers
    prints a number for it.
    """
    words = {**AGREED, **AGREED_IF_TOLD}[ItemKind(action.kind)]
    if action.kind == ItemKind.REPEATED_BLOCKER and action.code in _printed(blockers):
        category = str(BlockerCategory(action.code).label)
        return f"{words}: {category[0].lower()}{category[1:]}"
    if action.kind == ItemKind.MISSED_TARGET and not inputs.strict:
        return AGREED_TARGETS.get(action.code, words)
    return words


def _printed(blockers: Breakdown) -> set[str]:
    """The categories of which the table prints a number."""
    if blockers.level not in {"category and party", "category"}:
        return set()
    return {row.code.partition(" ")[0] for row in blockers.rows if row.cell.known}
