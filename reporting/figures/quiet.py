"""Leads that a report need not look at one by one: closed, and quiet since before its weeks (SR2).

To date is what was counted before, what came late, and what this period adds. So of a lead that is
closed, and of which nothing happened and nothing was told since before the oldest window of the
report, only its share of the totals to date is needed.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from recruitment.rules.stages import Bucket
from reporting.figures.closing import closes_of
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.movement import ROWS, is_enrolled, is_merged, is_open
from reporting.figures.shares import STEPS, Share

JUST_AFTER = timedelta(microseconds=1)


def quiet_since(lead: LeadFacts) -> datetime | None:
    """The last moment at which anything of a closed lead happened, was told or was due (UTC).

    A report all of whose windows begin later may count it by its share. None for an open lead, and
    for one whose log contradicts its bucket.
    """
    if lead.bucket != Bucket.CLOSED:
        return None
    moments = [lead.received, *lead.milestones.values()]
    moments += [moment for happened in lead.happened.values() for moment in happened]
    times = [time for moment in moments for time in (moment.occurred_at, moment.recorded_at)]
    times += [time for turn in lead.turns for time in (turn.occurred_at, turn.recorded_at)]
    times += [target.due_at for target in lead.targets if target.due_at is not None]
    quiet = max((*times, *lead.taken))
    return None if is_open(lead, at=quiet + JUST_AFTER, as_of=quiet) else quiet


def share_of(lead: LeadFacts, *, quiet: datetime) -> Share:
    """What a lead that is quiet since `quiet` counts to date in a report that begins later."""
    at, as_of = quiet + JUST_AFTER, quiet
    numbers = {code: len(moments(lead, at, as_of)) for code, moments in ROWS.items()}
    steps = sum(code in lead.milestones for code in STEPS)
    return Share(
        moved=tuple((code, number) for code, number in numbers.items() if number),
        closes=tuple(closes_of(lead, at=at, as_of=as_of)),
        steps=0 if is_merged(lead, at=at, as_of=as_of) else steps,
        is_enrolled=is_enrolled(lead, at=at, as_of=as_of),
    )


def looked_at_since(inputs: Inputs) -> datetime:
    """The beginning of the oldest window that the figures of `inputs` look at (UTC)."""
    starts = [inputs.cohort_start, inputs.header.period_start]
    if inputs.last is not None:
        starts.append(inputs.last.period_start)
    return min(starts)


def with_recent(inputs: Inputs, since: datetime) -> Inputs:
    """The same with every lead one by one that was not quiet yet at `since` (UTC)."""
    recent = tuple(inputs.quiet.recent(since))
    if not recent:
        return inputs
    shares = Counter(inputs.quiet.shares)
    shares.subtract(share_of(lead, quiet=at) for lead in recent if (at := quiet_since(lead)))
    rest = replace(inputs.quiet, shares=+shares)
    return replace(inputs, leads=(*inputs.leads, *recent), quiet=rest)
