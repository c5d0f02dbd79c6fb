"""Which facts start, end and pause which clocks (5.1, CK6, D28): the fold behind every due time.

`step` takes the clocks of one lead over one more fact of its log, in the order of `seq`; `fold`
does it for a whole log. The services, the check of the projection and the simulator run the same
functions. Notices of jobs change nothing here but that a stale lead waits for its review.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from recruitment.rules import clock_pauses, projection
from recruitment.rules.clock_book import Book, Clocks
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clocks import met
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind, Fact, is_movement, is_reopening
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import CLOSED, Stage
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


def step(
    clocks: Clocks, fact: Fact, *, before: LeadState | None, after: LeadState, terms: Terms
) -> Clocks:
    """The clocks after one more fact; `before` is None for the receipt of the lead."""
    book = Book(dict(clocks), fact, before, after, terms)
    enter = _ENTRIES.get(fact.kind)
    if enter is not None:
        enter(book)
    if is_movement(fact):
        book.drop(T.STALE_REVIEW)
    return book.clocks


def fold(facts: Iterable[Fact], terms: Terms) -> tuple[LeadState, Clocks]:
    """State and clocks after all `facts`, in the order of `seq` and without voided ones."""
    ordered = iter(facts)
    first = next(ordered)
    state = projection.begin(first)
    clocks = step({}, first, before=None, after=state, terms=terms)
    for fact in ordered:
        before, state = state, projection.apply(state, fact)
        clocks = step(clocks, fact, before=before, after=state, terms=terms)
    return state, clocks


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
    book.start(T.OWN)
    if book.fact.code not in LISTS:
        book.start(T.FIRST_RESPONSE, kind=book.fact.code)


def _released(book: Book) -> None:
    book.start(T.FIRST_RESPONSE, kind=book.fact.code)


def _owner_set(book: Book) -> None:
    if book.fact.to_owner_id is not None:
        book.end(T.OWN)
    elif book.after.stage not in CLOSED:
        book.start(T.OWN)


def _contact(book: Book) -> None:
    book.end(T.FIRST_RESPONSE)
    _answered_earlier(book)
    for clock in book.open():
        if clock.target == T.MISSED_VISIT and clock.started_at <= book.fact.occurred_at:
            book.end(T.MISSED_VISIT, clock.subject_id)


def _answered_earlier(book: Book) -> None:
    """A contact typed in late may be the first response after all: the earliest one counts."""
    last = book.last(T.FIRST_RESPONSE)
    if (
        last is not None
        and last.ended_at is not None
        and last.outcome in {ClockOutcome.MET, ClockOutcome.MET_LATE}
        and last.started_at <= book.fact.occurred_at < last.ended_at
    ):
        book.put(met(last, at=book.fact.occurred_at, told_at=book.told_at, terms=book.terms))


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
    for clock in book.open():
        if clock.target == T.MISSED_VISIT and clock.started_at <= book.fact.occurred_at:
            book.end(T.MISSED_VISIT, clock.subject_id)
    if at is None:
        return
    calendar = book.terms.calendar_at(book.told_at)
    if confirm_by(at, booked_at=book.fact.occurred_at, calendar=calendar) is not None:
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
    if source == Stage.COORDINATOR_REVIEW and target not in CLOSED:
        book.end(T.PRESCREEN_REVIEW)
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
        book.start(T.FIRST_RESPONSE)
        if book.after.owner_id is None:
            book.start(T.OWN)
    is_complete = book.after.prescreen == PrescreenState.COMPLETE
    if target == Stage.AWAITING_PRESCREEN and not is_complete:
        book.start(T.PRESCREEN_COMPLETE)
    if target == Stage.COORDINATOR_REVIEW and is_complete:
        book.start(T.PRESCREEN_REVIEW)
    if target == Stage.READY_TO_SCHEDULE:
        book.start(T.SCHEDULE_OFFER)


def _stale_flagged(book: Book) -> None:
    """The review runs from when the lead was flagged, so that a late job asks nobody too soon."""
    book.start(T.STALE_REVIEW, at=book.told_at)


def _stale_reviewed(book: Book) -> None:
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
    K.STALE_FLAGGED: _stale_flagged,
    K.STALE_REVIEWED: _stale_reviewed,
}
