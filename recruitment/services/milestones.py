"""Keeping the first occurrence of each milestone (3.3); written with the events that make it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from recruitment.models import Lead, LeadEvent, Milestone
from recruitment.rules.events import Fact, MilestoneCode, milestones_of
from recruitment.rules.milestones import first_milestones


def new_milestones(
    lead: Lead, events: list[LeadEvent], facts: list[Fact], *, first_action_at: datetime | None
) -> list[Milestone]:
    """The first occurrence of each milestone that the events make true, to be written (3.3).

    Those that are there already are to be left as they are. An entry made late may be the first
    occurrence of something already known; it then takes over. `first_action_at` is what the state
    says after the events: nearly every action would be a first one, and only one that happened
    then can be.
    """
    rows: dict[str, Milestone] = {}
    for event, fact in zip(events, facts, strict=True):
        for code in milestones_of(fact):
            if code == MilestoneCode.FIRST_ACTION and fact.occurred_at != first_action_at:
                continue
            rows.setdefault(code, Milestone(lead=lead, code=code, event=event))
    _take_over(rows.values())
    return list(rows.values())


def _take_over(rows: Iterable[Milestone]) -> None:
    """Let those that happened before what is known take its place, whichever was told first."""
    late = {
        (row.lead_id, row.code): row.event
        for row in rows
        if row.event.occurred_at < row.event.recorded_at
    }
    if late:
        known = Milestone.objects.filter(
            lead__in={lead_id for lead_id, _ in late}, code__in={code for _, code in late}
        )
        for milestone in known.select_related("event"):
            event = late.get((milestone.lead_id, milestone.code))
            if event is not None and milestone.event.occurred_at > event.occurred_at:
                milestone.event = event
                milestone.save(update_fields=["event"])


def rewrite_milestones(lead: Lead, log: Sequence[LeadEvent]) -> None:
    """Make a lead's milestones those of `log`, which is its whole log without voided entries."""
    keys = {event.seq: event for event in log}
    first = first_milestones(event.fact for event in log)
    wanted: dict[str, LeadEvent] = {code: keys[seq] for code, seq in first.items()}
    for known in Milestone.objects.filter(lead=lead):
        event = wanted.pop(known.code, None)
        if event is None:
            known.delete()
        elif event.pk != known.event_id:
            known.event = event
            known.save(update_fields=["event"])
    Milestone.objects.bulk_create(
        [Milestone(lead=lead, code=code, event=event) for code, event in wanted.items()]
    )
