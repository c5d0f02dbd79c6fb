"""What contacts, records, visits and hand-offs start and end (5.1, D28): entries of the fold."""

from recruitment.rules.clock_book import Book
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clocks import met
from recruitment.rules.targets import TargetKey
from recruitment.rules.visits import UNRECORDED, confirm_by
from recruitment.rules.vocabulary import RecordsState, VisitResult

T, R = TargetKey, RecordsState
ANSWERED = frozenset({ClockOutcome.MET, ClockOutcome.MET_LATE})


def contact(book: Book) -> None:
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


def records(book: Book) -> None:
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


def records_chased(book: Book) -> None:
    """A chase begins the wait anew, from the same request."""
    item = book.fact.subject_id or 0
    last = book.last(T.RECORDS_CHASE, item)
    if last is not None and book.fact.occurred_at < last.started_at:
        return  # typed in late: a later chase is known, and the next counts from that one
    book.end(T.RECORDS_CHASE, item)
    book.start(T.RECORDS_CHASE, item, anchor_at=last.anchor_at if last else None)


def offered(book: Book) -> None:
    """Dates were offered: a booking is waited for."""
    book.end(T.SCHEDULE_OFFER)
    book.start(T.SCHEDULE_BOOKED)


def booked(book: Book) -> None:
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


def confirmed(book: Book) -> None:
    """The person confirmed the visit."""
    for clock in book.open():
        if clock.target == T.VISIT_CONFIRM:
            book.end(T.VISIT_CONFIRM, clock.subject_id)


def visit_ended(book: Book) -> None:
    """What became of a visit; only a no-show leaves something to follow up (G6)."""
    attended = book.fact.code == VisitResult.ATTENDED
    for clock in book.open():
        if clock.target == T.VISIT_CONFIRM:
            book.drop(T.VISIT_CONFIRM, clock.subject_id)
        if clock.target == T.MISSED_VISIT and book.fact.code != VisitResult.NO_SHOW:
            book.drop(T.MISSED_VISIT, clock.subject_id, blameless=True)
    if attended:
        book.start(T.OUTCOME)


def handoff_offered(book: Book) -> None:
    """A colleague is asked to take the lead."""
    book.start(T.HANDOFF, book.fact.subject_id or 0)


def handoff_answered(book: Book) -> None:
    """It was accepted or declined."""
    book.end(T.HANDOFF, book.fact.subject_id or 0)


def handoff_withdrawn(book: Book) -> None:
    """Nobody is asked any more."""
    book.drop(T.HANDOFF, book.fact.subject_id or 0)
