"""Which facts start, end and pause which clocks (5.1, CK6, D28): the fold behind every due time.

`step` takes the clocks of one lead over one more fact of its log, in the order of `seq`; `fold`
does it for a whole log. The services, the check of the projection and the simulator run the same
functions. Notices of jobs change nothing here but that a stale lead waits for its review.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from recruitment.rules import clock_pauses, clock_work, projection
from recruitment.rules.clock_book import Book, Clocks
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clocks import Clock, met, timed
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind, Fact, is_movement, is_reopening
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import CLOSED, Stage, is_forward
from recruitment.rules.targets import LISTS, TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import (
    PrescreenState,
    RecordsState,
    ReviewDecision,
)

K, T, R = EventKind, TargetKey, RecordsState
BLAMELESS: frozenset[str] = frozenset({CloseCode.SRC_DUPLICATE, CloseCode.SRC_SPAM})
"""Close codes of leads that nobody was waiting behind: their clocks never applied."""

BROKEN_OFF = frozenset({ClockOutcome.MISSED, ClockOutcome.NOT_APPLICABLE})
OF_RECORDS = frozenset({T.RECORDS_REQUEST, T.RECORDS_CHASE, T.RECORDS_REVIEW})


def step(
    clocks: Clocks,
    fact: Fact,
    *,
    before: LeadState | None,
    after: LeadState,
    terms: Terms,
    is_timed: bool = True,
) -> Clocks:
    """The clocks after one more fact; `before` is None for the receipt of the lead.

    Not `is_timed`: their due times are worked out later, after the last of several facts.
    """
    enter, moves = _ENTRIES.get(fact.kind), is_movement(fact)
    if enter is None and not moves:
        return clocks
    book = Book(dict(clocks), fact, before, after, terms, is_timed)
    if enter is not None:
        enter(book)
    if moves:
        book.drop(T.STALE_REVIEW)
    return book.clocks


def fold(facts: Iterable[Fact], terms: Terms) -> tuple[LeadState, Clocks]:
    """State and clocks after all `facts`, in the order of `seq` and without voided ones."""
    state, (clocks,) = fold_under(facts, (terms,))
    return state, clocks


def fold_under(
    facts: Iterable[Fact], terms: Sequence[Terms]
) -> tuple[LeadState, tuple[Clocks, ...]]:
    """The same under each of `terms`; the state is that of the log, whatever the terms.

    A due time follows from the clock and the terms alone, so that it is worked out but once.
    """
    state, found = _untimed(facts, terms)
    folded = zip(found, terms, strict=True)
    return state, tuple(
        {name: timed(clock, each) for name, clock in clocks.items()} for clocks, each in folded
    )


def fold_for(
    facts: Iterable[Fact], terms: Terms, wanted: Callable[[Clock], bool]
) -> tuple[LeadState, Clocks]:
    """As `fold`, with those clocks alone that are wanted: to work out due times costs the most.

    `wanted` is asked of each clock before its due time is known.
    """
    state, (clocks,) = _untimed(facts, (terms,))
    return state, {name: timed(clock, terms) for name, clock in clocks.items() if wanted(clock)}


def _untimed(facts: Iterable[Fact], terms: Sequence[Terms]) -> tuple[LeadState, list[Clocks]]:
    """State and clocks after all facts, without due times."""
    state: LeadState | None = None
    found: list[Clocks] = [{} for _ in terms]
    for fact in facts:
        before = state
        state = projection.begin(fact) if before is None else projection.apply(before, fact)
        for at, each in enumerate(terms):
            found[at] = step(
                found[at], fact, before=before, after=state, terms=each, is_timed=False
            )
    if state is None:
        raise ValueError("a log begins with the receipt of the lead")
    return state, found


def deadlines(clocks: Clocks) -> list[datetime | None]:
    """The due times of running clocks that hold off staleness; None while one is halted (D17).

    The review of a stale lead does not make it less stale.
    """
    return [
        clock.due_at
        for clock in clocks.values()
        if clock.outcome is None and clock.target != T.STALE_REVIEW
    ]


def _received(book: Book) -> None:
    if book.fact.code not in LISTS:
        book.start(T.OWN)
        book.start(T.FIRST_RESPONSE, kind=book.fact.code)


def _released(book: Book) -> None:
    if book.before is None or not book.before.is_held:
        return  # somebody worked on it before
    book.start(T.FIRST_RESPONSE, kind=book.fact.code)
    if book.after.owner_id is None:
        book.start(T.OWN)


def _owner_set(book: Book) -> None:
    if book.fact.to_owner_id is not None:
        book.end(T.OWN)
    elif not book.after.is_held:
        book.start(T.OWN)


def _prescreen(book: Book) -> None:
    code = book.fact.code
    if code == PrescreenState.SENT:
        book.start(T.PRESCREEN_COMPLETE)
    elif code == PrescreenState.COMPLETE:
        book.end(T.PRESCREEN_COMPLETE)
        book.start(T.PRESCREEN_REVIEW)
    elif code == PrescreenState.ABANDONED:
        book.drop(T.PRESCREEN_COMPLETE)


def _answers_reviewed(book: Book) -> None:
    book.end(T.PRESCREEN_REVIEW)


def _review_requested(book: Book) -> None:
    book.end(T.PRESCREEN_REVIEW)
    book.start(T.STUDY_TEAM_REVIEW)


def _review_decided(book: Book) -> None:
    if book.fact.code == ReviewDecision.WITHDRAWN:
        book.drop(T.STUDY_TEAM_REVIEW)
        return
    book.end(T.PRESCREEN_REVIEW)
    book.end(T.STUDY_TEAM_REVIEW)


def _stage_changed(book: Book) -> None:
    source, target = Stage(book.fact.from_stage), Stage(book.fact.to_stage)
    if source == Stage.COORDINATOR_REVIEW and is_forward(source, target):
        book.end(T.PRESCREEN_REVIEW)
    elif source == Stage.COORDINATOR_REVIEW:
        book.drop(T.PRESCREEN_REVIEW)
    if source == Stage.SCREENED:
        book.end(T.OUTCOME) if target in CLOSED else book.drop(T.OUTCOME)
    if target in CLOSED:
        blameless = book.fact.reason_code in BLAMELESS
        for clock in book.open():
            book.drop(clock.target, clock.subject_id, blameless=blameless)
        return
    if source == Stage.READY_TO_SCHEDULE and target != Stage.SCHEDULED:
        book.drop(T.SCHEDULE_OFFER)
        book.drop(T.SCHEDULE_BOOKED)
    if target == Stage.NO_RESPONSE:
        book.drop(T.PRESCREEN_COMPLETE)  # the call-back window is the plan now
    if is_reopening(book.fact):
        _reopened(book, target)
    is_complete = book.after.prescreen == PrescreenState.COMPLETE
    if target == Stage.AWAITING_PRESCREEN and not is_complete:
        book.start(T.PRESCREEN_COMPLETE)
    if target == Stage.COORDINATOR_REVIEW and is_complete:
        book.start(T.PRESCREEN_REVIEW)
    if target == Stage.READY_TO_SCHEDULE:
        book.start(T.SCHEDULE_OFFER)


def _reopened(book: Book, to: Stage) -> None:
    """Fresh clocks for what the close broke off; earlier results stand (CK6).

    Nobody just asked, so the first response takes the target of no kind of source in particular.
    """
    book.start(T.FIRST_RESPONSE)
    if book.after.owner_id is None:
        book.start(T.OWN)
    closed_at = book.before.stage_entered_at if book.before is not None else None
    for clock in list(book.clocks.values()):
        broken_off = clock.outcome in BROKEN_OFF and clock.ended_at == closed_at
        if broken_off and clock.target in OF_RECORDS:
            is_chase = clock.target == T.RECORDS_CHASE
            anchor_at = book.fact.occurred_at if is_chase else None
            book.start(clock.target, clock.subject_id, anchor_at=anchor_at)
    if to == Stage.SCREENED:
        book.start(T.OUTCOME)


def _action_set(book: Book) -> None:
    """With something planned ahead the lead is on plan, and there is no review to do (D17)."""
    due_at = book.fact.due_at
    if due_at is not None and due_at > book.told_at:
        book.drop(T.STALE_REVIEW)


def _stale_flagged(book: Book) -> None:
    """The review runs from when the lead was flagged, so that a late job asks nobody too soon."""
    book.start(T.STALE_REVIEW, at=book.told_at)


def _stale_reviewed(book: Book) -> None:
    """The review is met, also where what it set going in the same step came before it."""
    last = book.last(T.STALE_REVIEW)
    if last is not None and last.outcome in BROKEN_OFF and last.end_told_at == book.told_at:
        book.put(met(last, at=book.fact.occurred_at, told_at=book.told_at))
    book.end(T.STALE_REVIEW)


_ENTRIES: Mapping[EventKind, Callable[[Book], None]] = {
    K.RECEIVED: _received,
    K.RELEASED: _released,
    K.OWNER_SET: _owner_set,
    K.OUTREACH_LOGGED: clock_work.contact,
    K.CONTACT_RECEIVED: clock_work.contact,
    K.PRESCREEN_CHANGED: _prescreen,
    K.ANSWERS_REVIEWED: _answers_reviewed,
    K.REVIEW_REQUESTED: _review_requested,
    K.REVIEW_DECIDED: _review_decided,
    K.RECORDS_CHANGED: clock_work.records,
    K.RECORDS_CHASED: clock_work.records_chased,
    K.VISIT_OFFERED: clock_work.offered,
    K.VISIT_BOOKED: clock_work.booked,
    K.VISIT_CONFIRMED: clock_work.confirmed,
    K.VISIT_ENDED: clock_work.visit_ended,
    K.HANDOFF_OFFERED: clock_work.handoff_offered,
    K.HANDOFF_ACCEPTED: clock_work.handoff_answered,
    K.HANDOFF_DECLINED: clock_work.handoff_answered,
    K.HANDOFF_WITHDRAWN: clock_work.handoff_withdrawn,
    K.BLOCKER_OPENED: clock_pauses.opened,
    K.BLOCKER_REDATED: clock_pauses.redated,
    K.BLOCKER_RESOLVED: clock_pauses.resolved,
    K.STAGE_CHANGED: _stage_changed,
    K.ACTION_SET: _action_set,
    K.STALE_FLAGGED: _stale_flagged,
    K.STALE_REVIEWED: _stale_reviewed,
}
