"""What blockers do to the clocks of a lead: pauses and their ends (PZ1-PZ3, D32)."""

from datetime import datetime

from recruitment.rules.blocking import pauses
from recruitment.rules.clock_book import Book, pause_end
from recruitment.rules.clock_walk import Pause
from recruitment.rules.clocks import Clock
from recruitment.rules.targets import TargetKey, pauses_target
from recruitment.rules.vocabulary import BlockerCategory
from trialsnest.lib.values import copy_with

T = TargetKey


def opened(book: Book) -> None:
    """A blocker was recorded: what it stops stands still from then on (PZ1, PZ3)."""
    category = BlockerCategory(book.fact.code)
    subject, review_by = book.fact.subject_id or 0, book.fact.due_at
    party = next(b.party for b in book.after.blockers if b.subject_id == subject)
    if pauses(category, party):
        pause = Pause(subject, category, book.told_at, pause_end(category, review_by))
        for clock in book.open():
            if pauses_target(clock.target, category):
                book.put(copy_with(clock, pauses=(*clock.pauses, pause)))
    if review_by is not None:
        book.start(T.BLOCKER_REVIEW, subject, at=review_by)


def redated(book: Book) -> None:
    """Another review-by: a pause goes on until then, or begins anew where it was over (PZ2)."""
    subject, review_by = book.fact.subject_id or 0, book.fact.due_at
    blocker = next((b for b in book.after.blockers if b.subject_id == subject), None)
    _review_ends(book, subject)
    if blocker is None or review_by is None:
        return
    category = BlockerCategory(blocker.category)
    if pauses(category, blocker.party):
        until = pause_end(category, review_by)
        for clock in book.open():
            if pauses_target(clock.target, category):
                book.put(_repaused(clock, subject, category, book.told_at, until))
    book.start(T.BLOCKER_REVIEW, subject, at=review_by)


def _repaused(
    clock: Clock,
    blocker: int,
    category: BlockerCategory,
    told_at: datetime,
    until: datetime | None,
) -> Clock:
    open_ones = [
        pause
        for pause in clock.pauses
        if pause.blocker_id == blocker and (pause.until is None or pause.until > told_at)
    ]
    if not open_ones:
        return copy_with(clock, pauses=(*clock.pauses, Pause(blocker, category, told_at, until)))
    ends = until if until is None else max(until, told_at)
    changed = tuple(
        pause._replace(until=ends) if pause in open_ones else pause for pause in clock.pauses
    )
    return copy_with(clock, pauses=changed)


def resolved(book: Book) -> None:
    """The pause is over when the blocker was resolved, and never before it began (PZ3)."""
    subject, at = book.fact.subject_id or 0, book.fact.occurred_at
    for clock in book.open():
        if any(pause.blocker_id == subject for pause in clock.pauses):
            ended = tuple(
                pause._replace(until=max(pause.begin, at))
                if pause.blocker_id == subject and (pause.until is None or pause.until > at)
                else pause
                for pause in clock.pauses
            )
            book.put(copy_with(clock, pauses=ended))
    _review_ends(book, subject)


def _review_ends(book: Book, subject: int) -> None:
    """The blocker was looked at: in time if its day had come, and not at all before (5.1)."""
    clock = book.running(T.BLOCKER_REVIEW, subject)
    if clock is None:
        return
    if book.fact.occurred_at < clock.started_at:
        book.drop(T.BLOCKER_REVIEW, subject, blameless=True)
    else:
        book.end(T.BLOCKER_REVIEW, subject)
