"""Records readiness as values: the states in order, what may follow, and when to chase (7.2, D28).

Nothing here says whether a record speaks for or against anybody; it says how far the paper is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from recruitment.rules.calendars import add_business_days
from recruitment.rules.clocks import due_from
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import DECIDE_AFTER, TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import RecordsState

R = RecordsState


class ItemState(NamedTuple):
    """One item as the roll-up reads it."""

    state: RecordsState
    is_required: bool = True


ADVANCE: tuple[RecordsState, ...] = (
    R.NEEDED,
    R.INCOMPLETE,
    R.REQUESTED,
    R.RECEIVED,
    R.UNOBTAINABLE,
    R.WAIVED,
    R.REVIEWED,
    R.NOT_REQUIRED,
)
"""All states, the least advanced first (RC4).

What came back incomplete must be asked for again, so it stands before what is asked for. What
cannot be obtained needs no more work but still needs somebody's decision, so it stands after
received and before waived. Waived stands before reviewed: the roll-up then says that something
was done without.
"""
POSITION: Mapping[RecordsState, int] = {state: n for n, state in enumerate(ADVANCE)}

CLEAR: frozenset[RecordsState] = frozenset({R.NOT_REQUIRED, R.REVIEWED, R.WAIVED})
"""Roll-ups with which dates may be offered (G1)."""

OUTSTANDING: frozenset[RecordsState] = frozenset({R.NEEDED, R.INCOMPLETE, R.REQUESTED})
"""States in which the record is not at the site; RECEIVED is, and waits for its review."""

NEXT: Mapping[RecordsState, frozenset[RecordsState]] = {
    R.NEEDED: frozenset({R.REQUESTED, R.RECEIVED, R.NOT_REQUIRED, R.UNOBTAINABLE, R.WAIVED}),
    R.REQUESTED: frozenset({R.RECEIVED, R.NOT_REQUIRED, R.UNOBTAINABLE, R.WAIVED}),
    R.RECEIVED: frozenset({R.REVIEWED, R.INCOMPLETE, R.NOT_REQUIRED, R.WAIVED}),
    R.INCOMPLETE: frozenset({R.REQUESTED, R.RECEIVED, R.NOT_REQUIRED, R.UNOBTAINABLE, R.WAIVED}),
    R.REVIEWED: frozenset({R.INCOMPLETE, R.NOT_REQUIRED}),
    R.UNOBTAINABLE: frozenset({R.REQUESTED, R.RECEIVED, R.NOT_REQUIRED, R.WAIVED}),
    R.WAIVED: frozenset({R.NEEDED}),
    R.NOT_REQUIRED: frozenset({R.NEEDED}),
}
"""What an item may become (RC1). A first state is always needed; asked for again is a chase."""


@dataclass(frozen=True)
class Chase:
    """What is due next on a record that was asked for. `at` is UTC."""

    at: datetime
    by_phone: bool
    is_decision: bool  # chase no more by habit: decide how to go on


def roll_up(items: Iterable[ItemState]) -> RecordsState:
    """The state of the least advanced required item (RC4); without any, not required."""
    required = [item.state for item in items if item.is_required]
    return min(required, key=POSITION.__getitem__, default=R.NOT_REQUIRED)


def check_step(current: RecordsState, target: RecordsState) -> None:
    """Raise InvalidInput, naming what may follow, unless `target` may (RC1)."""
    if target in NEXT[current]:
        return
    names = ", ".join(state.label.lower() for state in ADVANCE if state in NEXT[current])
    raise InvalidInput(
        f"A record that is {current.label.lower()} cannot become {target.label.lower()}."
        f" It may become: {names}.",
        field="step",
    )


def next_chase(
    requested_at: datetime, terms: Terms, *, chased_at: datetime | None, chases: int
) -> Chase:
    """When to ask again: as the target `records_chase` says, by phone from the second time (D28).

    15 business days after the request what is due is a decision and not one more chase: another
    provider, a waiver, or the end. Who chases all the same is asked again after the target. UTC.
    """
    last = chased_at or requested_at
    due = due_from(terms, TargetKey.RECORDS_CHASE, at=last, anchor_at=requested_at)
    decide_at = add_business_days(requested_at, DECIDE_AFTER, terms.calendar)
    return Chase(due, by_phone=chases >= 1, is_decision=due >= decide_at)
