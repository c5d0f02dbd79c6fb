"""What was changed after patient groups spoke (12.1 section 13; PG8). Tells of no number of leads.

A change is told in the report of the period in which it was written down, with the day on which it
was made, so that one that is written down late is told too, and each of them once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from recruitment.rules.patient_groups import ChangeTarget, InputTopic
from reporting.figures.inputs import Inputs
from reporting.figures.work_facts import ChangeFacts


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as a sponsor reads it: what was changed, after what was spoken of, since when."""

    label: str
    topic: str
    words: str
    on: date


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """The changes of the period, and those of earlier reports that were entered by mistake."""

    made: tuple[ChangeRow, ...]
    taken_back: tuple[ChangeRow, ...]


def change_table(inputs: Inputs) -> ChangeTable:
    """The changes of a period, each list in the order of its days.

    One is new that was written down in the period; of older ones those that the last report told
    and that were said to be wrong since it was counted.
    """
    last, start = inputs.last, inputs.header.period_start
    standing = [change for change in inputs.changes if change.voided_at is None]
    if last is None:
        return ChangeTable(_rows(standing), ())
    return ChangeTable(
        _rows(change for change in standing if change.recorded_at >= start),
        _rows(
            change
            for change in inputs.changes
            if change.recorded_at < start
            and change.voided_at is not None
            and change.voided_at > last.as_of
        ),
    )


def _rows(changes: Iterable[ChangeFacts]) -> tuple[ChangeRow, ...]:
    return tuple(
        ChangeRow(
            label=str(ChangeTarget(change.target).label),
            topic=str(InputTopic(change.topic).label),
            words=change.words,
            on=change.on,
        )
        for change in sorted(changes, key=lambda change: (change.on, change.recorded_at))
    )
