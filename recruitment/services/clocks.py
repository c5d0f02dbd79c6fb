"""Between the rows of a lead's clocks and the values that its log folds to (5, house.md 4.6)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from recruitment.models import Clock as ClockRow
from recruitment.models import Lead
from recruitment.rules.clock_book import Clocks
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clock_walk import Pause
from recruitment.rules.clocks import Clock
from recruitment.rules.targets import Target, TargetKey, Unit
from trialsnest.lib.zones import as_utc

WRITTEN = (
    "amount",
    "unit",
    "version_id",
    "started_at",
    "told_at",
    "anchor_at",
    "pauses",
    "paused_at",
    "paused_until",
    "due_at",
    "warn_at",
    "ended_at",
    "end_told_at",
    "outcome",
)
"""What the fold determines; `flagged_for` belongs to the sweep, and a notice never moves (CK5)."""
UPDATED = [name.removesuffix("_id") for name in WRITTEN]
NAMED_BY = ["lead", "target", "subject_id", "run"]


def clock_of(row: ClockRow) -> Clock:
    """The value of one row."""
    return Clock(
        target=TargetKey(row.target),
        subject_id=row.subject_id,
        run=row.run,
        under=Target(
            row.amount, Unit(row.unit), 0 if row.version_id is None else 1, row.version_id
        ),
        started_at=row.started_at,
        told_at=row.told_at,
        anchor_at=row.anchor_at,
        pauses=tuple(_pause(values) for values in row.pauses),
        ended_at=row.ended_at,
        end_told_at=row.end_told_at,
        outcome=ClockOutcome(row.outcome) if row.outcome else None,
        due_at=row.due_at,
        warn_at=row.warn_at,
        paused_at=row.paused_at,
        paused_until=row.paused_until,
    )


def row_of(clock: Clock, lead: Lead) -> ClockRow:
    """The unsaved row of one clock."""
    return ClockRow(
        lead=lead,
        study_site_id=lead.study_site_id,
        target=clock.target,
        subject_id=clock.subject_id,
        run=clock.run,
        **values_of(clock),
    )


def values_of(clock: Clock) -> dict[str, Any]:
    """The columns that the fold determines, by their names in WRITTEN."""
    return {
        "amount": clock.under.amount,
        "unit": clock.under.unit,
        "version_id": clock.under.key,
        "started_at": clock.started_at,
        "told_at": clock.told_at,
        "anchor_at": clock.anchor_at,
        "pauses": [
            [
                p.blocker_id,
                p.category,
                as_utc(p.begin).isoformat(),
                as_utc(p.until).isoformat() if p.until else None,
            ]
            for p in clock.pauses
        ],
        "paused_at": clock.paused_at,
        "paused_until": clock.paused_until,
        "due_at": clock.due_at,
        "warn_at": clock.warn_at,
        "ended_at": clock.ended_at,
        "end_told_at": clock.end_told_at,
        "outcome": clock.outcome or "",
    }


def clocks_of(rows: Iterable[ClockRow]) -> Clocks:
    """The clocks of one lead by their names."""
    clocks = map(clock_of, rows)
    return {clock.name: clock for clock in clocks}


def write_clocks(lead: Lead, *, before: Clocks, after: Clocks) -> None:
    """Write what differs; the lead's row lock is held. One statement, or none; two after a void."""
    save_rows(changed_rows(lead, before=before, after=after))


def changed_rows(lead: Lead, *, before: Clocks, after: Clocks) -> list[ClockRow]:
    """The rows that differ, to be saved; those that are gone are deleted. Mostly no statement."""
    gone = before.keys() - after.keys()
    for target, subject, run in gone:
        ClockRow.objects.filter(lead=lead, target=target, subject_id=subject, run=run).delete()
    changed = [clock for name, clock in after.items() if before.get(name) != clock]
    return in_order(row_of(clock, lead) for clock in changed)


def in_order(rows: Iterable[ClockRow]) -> list[ClockRow]:
    """The rows in the order of the runs, so that one has ended before the next begins."""
    return sorted(rows, key=lambda row: (row.lead_id, row.target, row.subject_id, row.run))


def forget_notices(lead: Lead) -> None:
    """Let the sweep tell anew of clocks that a void gave a later due time than they were told for.

    The notice itself stays in the log. The lead's row lock is held. One statement.
    """
    told = ClockRow.objects.filter(lead=lead, outcome="", flagged_for__isnull=False)
    told.exclude(due_at__lte=F("flagged_for")).update(flagged_for=None)


def save_rows(rows: Iterable[ClockRow]) -> None:
    """Write these rows, there or not; their leads are locked. One statement, or none."""
    ordered = in_order(rows)
    if ordered:
        ClockRow.objects.bulk_create(
            ordered, update_conflicts=True, unique_fields=NAMED_BY, update_fields=UPDATED
        )


def differing(row: ClockRow, clock: Clock) -> Mapping[str, tuple[object, object]]:
    """What the row says otherwise than the fold, by column: (row, log)."""
    told = values_of(clock)
    said = {name: getattr(row, name) for name in WRITTEN}
    return {name: (said[name], told[name]) for name in WRITTEN if said[name] != told[name]}


def _pause(values: tuple[int, str, str, str | None]) -> Pause:
    blocker, category, begin, until = values
    ends = None if until is None else datetime.fromisoformat(until)
    return Pause(blocker, category, datetime.fromisoformat(begin), ends)
