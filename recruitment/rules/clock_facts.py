"""Which facts start, end and pause which clocks (5.1, CK6, D28): the fold behind every due time.

`step` takes the clocks of one lead over one more fact of its log, in the order of `seq`; `fold`
does it for a whole log. The services, the check of the projection and the simulator run the same
functions. Notices of jobs change nothing here but that a stale lead waits for its review.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from recruitment.rules import clock_pauses, projection
from recruitment.rules.clock_book import Book, Clocks
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clocks import met, timed
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind, Fact, is_movement, is_reopening
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import CLOSED, Stage, is_forward
from recruitment.rules.targets import LISTS, TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.visits import UNRECORDED, confirm_by
from recruitment.rules.vocabulary import (
    PrescreenState,
    RecordsState,
    ReviewDecision,
    VisitResult,
)

K, T, R = EventKind, TargetKey, RecordsState
BLAMELESS: frozenset[str] = frozenset({CloseCode.SRC_DUPLICATE, CloseCode.SRC_SPAM})
"""Close codes of leads that nobody was waiting behind: their clocks never applied."""

ANSWERED = frozenset({ClockOutcome.MET, ClockOutcome.MET_LATE})
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
    book = Book(dict(clocks), fact, before, after, terms, is_timed)
    enter = _ENTRIES.get(fact.kind)
    if enter is not None:
        enter(book)
    if is_movement(fact):
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
    folded = zip(found, terms, strict=True)
    return state, tuple(
        {name: timed(clock, each) for name, clock in clocks.items()} for clocks, each in folded
    )


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
    book.start(T.FIRST_RESPONSE, kind=book.fact.code)
    if book.after.owner_id is None:
        book.start(T.OWN)


def _owner_set(book: Book) -> None:
    if book.fact.to_owner_id is not None:
        book.end(T.OWN)
    elif not book.after.is_held:
        book.start(T.OWN)


def _contact(book: Book) -> None:
    """A contact typed in late may be the first response after all: the earliest one counts."""
    at = book.fact.occurred_at
    for clock in list(book.clocks.values()):
        if clock.target != T.FIRST_RESPONSE or at < clock.started_at:
            continue
        if clock.outcome is None:
            book.end(T.FIRST_RESPONSE)
        elif clock.ended_at is not None and at < clock.ended_at:
            known_at = clock.end_told_at if clock.outcome in ANSWERED else None
            told_at = known_at or book.told_at
            book.put(met(clock, at=at, told_at=told_at))
    _followed_up(book)


def _followed_up(book: Book) -> None:
    """An attempt ends the wait after a missed visit; a recorded no-show needs no hour's grace."""
    at, before = book.fact.occurred_at, book.before
    is_known = before is not None and before.visit_at is None
    for clock in book.open():
        if clock.target == T.MISSED_VISIT:
            since = clock.started_at - UNRECORDED if is_known else clock.started_at
            if since <= at:
                book.end(T.MISSED_VISIT, clock.subject_id)


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


def _records(book: Book) -> None:
    """One item's way (RC1); what is no state of it is the paper of its release."""
    code, item = book.fact.code, book.fact.subject_id or 0
    if code in {R.NEEDED, R.INCOMPLETE}:
        book.drop(T.RECORDS_CHASE, item)
        book.end(T.RECORDS_REVIEW, item)
        book.start(T.RECORDS_REQUEST, item)
    elif code == R.REQUESTED:
        book.end(T.RECORDS_REQUEST, item)
        book.start(T.RECORDS_CHASE, item, anchor_at=book.fact.occurred_at)
    elif code == R.RECEIVED:
        book.end(T.RECORDS_REQUEST, item)
        book.end(T.RECORDS_CHASE, item)
        book.start(T.RECORDS_REVIEW, item)
    elif code == R.REVIEWED:
        book.end(T.RECORDS_REVIEW, item)
    elif code == R.UNOBTAINABLE:
        book.drop(T.RECORDS_REQUEST, item)
        book.end(T.RECORDS_CHASE, item)  # the decision that the chase asked for (D28)
    elif code in {R.NOT_REQUIRED, R.WAIVED}:
        for target in (T.RECORDS_REQUEST, T.RECORDS_CHASE, T.RECORDS_REVIEW):
            book.drop(target, item)


def _records_chased(book: Book) -> None:
    item = book.fact.subject_id or 0
    last = book.last(T.RECORDS_CHASE, item)
    if last is not None and book.fact.occurred_at < last.started_at:
        return  # typed in late: a later chase is known, and the next counts from that one
    book.end(T.RECORDS_CHASE, item)
    book.start(T.RECORDS_CHASE, item, anchor_at=last.anchor_at if last else None)


def _offered(book: Book) -> None:
    book.end(T.SCHEDULE_OFFER)
    book.start(T.SCHEDULE_BOOKED)


def _booked(book: Book) -> None:
    """A booked visit is confirmed beforehand, and followed up if nobody records it after (G6)."""
    visit, at = book.fact.subject_id or 0, book.fact.due_at
    book.end(T.SCHEDULE_OFFER)
    book.end(T.SCHEDULE_BOOKED)
    _followed_up(book)
    if at is None:
        return
    booked_at = book.fact.occurred_at
    if confirm_by(at, booked_at=booked_at, told_at=book.told_at, terms=book.terms) is not None:
        book.start(T.VISIT_CONFIRM, visit, anchor_at=at)
    book.start(T.MISSED_VISIT, visit, at=at + UNRECORDED)


def _confirmed(book: Book) -> None:
    for clock in book.open():
        if clock.target == T.VISIT_CONFIRM:
            book.end(T.VISIT_CONFIRM, clock.subject_id)


def _visit_ended(book: Book) -> None:
    attended = book.fact.code == VisitResult.ATTENDED
    for clock in book.open():
        if clock.target == T.VISIT_CONFIRM:
            book.drop(T.VISIT_CONFIRM, clock.subject_id)
        if clock.target == T.MISSED_VISIT and book.fact.code != VisitResult.NO_SHOW:
            book.drop(T.MISSED_VISIT, clock.subject_id, blameless=True)
    if attended:
        book.start(T.OUTCOME)


def _handoff_offered(book: Book) -> None:
    book.start(T.HANDOFF, book.fact.subject_id or 0)


def _handoff_answered(book: Book) -> None:
    book.end(T.HANDOFF, book.fact.subject_id or 0)


def _handoff_withdrawn(book: Book) -> None:
    book.drop(T.HANDOFF, book.fact.subject_id or 0)


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
    K.OUTREACH_LOGGED: _contact,
    K.CONTACT_RECEIVED: _contact,
    K.PRESCREEN_CHANGED: _prescreen,
    K.ANSWERS_REVIEWED: _answers_reviewed,
    K.REVIEW_REQUESTED: _review_requested,
    K.REVIEW_DECIDED: _review_decided,
    K.RECORDS_CHANGED: _records,
    K.RECORDS_CHASED: _records_chased,
    K.VISIT_OFFERED: _offered,
    K.VISIT_BOOKED: _booked,
    K.VISIT_CONFIRMED: _confirmed,
    K.VISIT_ENDED: _visit_ended,
    K.HANDOFF_OFFERED: _handoff_offered,
    K.HANDOFF_ACCEPTED: _handoff_answered,
    K.HANDOFF_DECLINED: _handoff_answered,
    K.HANDOFF_WITHDRAWN: _handoff_withdrawn,
    K.BLOCKER_OPENED: clock_pauses.opened,
    K.BLOCKER_REDATED: clock_pauses.redated,
    K.BLOCKER_RESOLVED: clock_pauses.resolved,
    K.STAGE_CHANGED: _stage_changed,
    K.ACTION_SET: _action_set,
    K.STALE_FLAGGED: _stale_flagged,
    K.STALE_REVIEWED: _stale_reviewed,
}
