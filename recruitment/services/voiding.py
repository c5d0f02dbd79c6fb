"""Voiding entries of the log: nothing is edited away, and everything follows (AU4, 3.3, LC10)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from recruitment.models import LeadEvent, NextAction, RowChange
from recruitment.models.log import standing
from recruitment.rules.clock_facts import fold
from recruitment.rules.events import EventKind, is_movement
from recruitment.services.log import Change
from recruitment.services.milestones import rewrite_milestones
from recruitment.services.row_changes import model_of, values_from


def void_events(work: Change, events: Sequence[LeadEvent], *, code: str, note: str = "") -> None:
    """Void `events` of the lead and fold its log without them. Comes first in its change.

    `code` says why: `undo` or `entry_error`. Milestones that only a voided entry had made true are
    taken back; where a later entry holds, it takes over. So it is with a recovery that a voided
    entry had brought (RQ3).
    """
    log = standing(LeadEvent.objects.filter(lead=work.lead).order_by("seq"))
    events = _with_recoveries(log, events)
    for position, event in enumerate(events):
        work.add(
            EventKind.VOIDED,
            code=code,
            reason_code=event.kind,
            voids=event,
            occurred_at=work.at,
            note=note if position == 0 else "",
        )
    gone = {event.pk for event in events}
    left = [event for event in log if event.pk not in gone]
    state, clocks = fold([event.fact for event in left], work.terms)
    known = {event.seq: event.pk for event in left}
    work.take_up(replace(state, seq=work.state.seq), clocks, known)
    rewrite_milestones(work.lead, left)
    _recover_again(work, left)


def _with_recoveries(log: Iterable[LeadEvent], events: Sequence[LeadEvent]) -> list[LeadEvent]:
    """`events` and the recoveries noted right after them, in the order of the log."""
    keys = {event.pk for event in events}
    after = {(event.action_id, event.seq + 1) for event in events}
    return [
        event
        for event in log
        if event.pk in keys
        or (event.kind == EventKind.RECOVERED and (event.action_id, event.seq) in after)
    ]


def _recover_again(work: Change, left: Sequence[LeadEvent]) -> None:
    """The next movement in time is the recovery, where the one noted for it was voided (RQ3)."""
    since, until = work.state.recover_from, work.state.recover_by
    if since is None or until is None:
        return
    decided = max(event.seq for event in left if event.kind == EventKind.STALE_REVIEWED)
    for event in left:
        in_time = since <= event.occurred_at <= until
        if event.seq > decided and in_time and is_movement(event.fact):
            work.add(EventKind.RECOVERED, occurred_at=event.occurred_at)
            return


def read_action(work: Change) -> None:
    """Read the open next action afresh, after rows were put back."""
    work.action_row = NextAction.objects.filter(lead=work.lead, ended_at__isnull=True).first()


def put_back(work: Change, changes: Iterable[RowChange]) -> None:
    """Set aside the rows that were made and give changed ones their old values, in this order."""
    for done in changes:
        row = model_of(done).everything.get(pk=done.row_id)
        if done.before is None:
            work.alter(row, undone_at=work.at)
        else:
            work.alter(row, **values_from(done))
