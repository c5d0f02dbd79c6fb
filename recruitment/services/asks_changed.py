"""An ask is given another day, or withdrawn (domain.md 12.5, AS3)."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Ask
from recruitment.rules.asks.checks import MAX_COMMENT, check_unsettled, closing_on
from recruitment.rules.asks.codes import AskEventKind, AskState
from recruitment.rules.refusals import Refusal
from recruitment.rules.texts import line_of
from recruitment.services.asks import check_seen, check_words, lock_ask, write_entry
from recruitment.services.calendars import calendar_of
from recruitment.services.log import check_times
from recruitment.services.verbs import verb


@verb
@transaction.atomic
def redate_ask(
    *,
    ask: Ask,
    needed_by: date,
    reason: str,
    by: User,
    at: datetime,
    seen: int,
    confirmed: str = "",
) -> Ask:
    """An answer is needed by another of the site's days, with why. `at` is UTC.

    The same day again is written once. Raises InvalidInput naming the field, Refusal for an ask
    that waits for no answer any more, AskMoved.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    locked = lock_ask(ask)
    site = locked.study_site.site
    words = line_of(reason, most=MAX_COMMENT, field="reason", missing="Say why.")
    due_at = closing_on(needed_by, at=at, calendar=calendar_of(site))
    last = locked.history.filter(seq=locked.seq, kind=AskEventKind.REDATED)
    if last.filter(due_at=due_at, words=words).exists():
        return locked
    check_seen(locked, seen)
    if locked.state != AskState.OPEN:
        raise Refusal("No answer is waited for any more.")
    check_words(locked, confirmed, by=by, at=at, reason=words)
    locked.due_at, locked.amount, locked.unit, locked.target = due_at, None, "", None
    write_entry(locked, AskEventKind.REDATED, by=by, at=at, words=words, due_at=due_at)
    return locked


@verb
@transaction.atomic
def withdraw_ask(
    *, ask: Ask, reason: str, by: User, at: datetime, seen: int, confirmed: str = ""
) -> Ask:
    """The question is not asked any more, with why; its leads stay as they are. `at` is UTC.

    May run twice. Raises InvalidInput naming the field, Refusal for a settled one, AskMoved.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    locked = lock_ask(ask)
    if locked.state == AskState.WITHDRAWN:
        return locked
    words = line_of(reason, most=MAX_COMMENT, field="reason", missing="Say why.")
    check_seen(locked, seen)
    check_unsettled(AskState(locked.state))
    check_words(locked, confirmed, by=by, at=at, reason=words)
    locked.state, locked.ended_at = AskState.WITHDRAWN, at
    write_entry(locked, AskEventKind.WITHDRAWN, by=by, at=at, words=words)
    return locked
