"""Clocks as rows, for what only reads them: lists, rates, the e-mail about one's work."""

from datetime import datetime, timedelta
from typing import Any

from recruitment.models import Clock, Lead
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.targets import DEFAULTS, TargetKey

DAY = timedelta(days=1)


def make_clock(
    lead: Lead,
    target: TargetKey = TargetKey.PRESCREEN_REVIEW,
    *,
    due_at: datetime | None,
    outcome: ClockOutcome | str = "",
    ended_at: datetime | None = None,
    **values: Any,
) -> Clock:
    """One run of `target`, due at `due_at`, three quarters of its time gone a quarter before."""
    started_at = values.pop("started_at", due_at - DAY if due_at else lead.received_at)
    default, key = DEFAULTS[target], values.pop("subject_id", 0)
    runs = Clock.objects.filter(lead=lead, target=target, subject_id=key).count()
    warn_at = started_at + (due_at - started_at) * 3 / 4 if due_at else None
    if outcome and ended_at is None:
        late = outcome in {ClockOutcome.MET_LATE, ClockOutcome.MISSED}
        ended_at = (due_at or started_at) + (DAY if late else -timedelta(minutes=1))
    clock: Clock = Clock.objects.create(
        lead=lead,
        study_site=lead.study_site,
        target=target,
        subject_id=key,
        run=runs + 1,
        amount=default.amount,
        unit=default.unit,
        started_at=started_at,
        due_at=due_at,
        outcome=outcome,
        ended_at=ended_at,
        end_told_at=ended_at,
        **({"told_at": started_at, "warn_at": warn_at} | values),
    )
    return clock
