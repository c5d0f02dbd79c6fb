"""What is new in the actions that somebody agreed to do in weekly reviews: counts only (PR4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import Digest, ReviewAction
from recruitment.rules.recovery_codes import DigestRhythm
from recruitment.rules.weekly.codes import ActionState
from recruitment.rules.weekly.reminders import past_at, remind_at
from recruitment.services.calendars import calendar_of


@dataclass(frozen=True)
class Reminder:
    """Since when each sentence about one open action is true; all UTC.

    `agreed` is None where its owner agreed it herself: that is no news to her.
    """

    agreed: datetime | None
    soon: datetime
    past: datetime


def reminders_of(user: User) -> list[Reminder]:
    """Her open actions, each on the clock of its site. One statement without any, else two."""
    open_ones = ReviewAction.objects.filter(owner=user, state=ActionState.OPEN)
    actions = list(open_ones.select_related("site"))
    return list(_reminders(actions, _rhythm(user))) if actions else []


def _rhythm(user: User) -> DigestRhythm:
    digest = Digest.objects.filter(user=user).first()
    return DigestRhythm(digest.rhythm) if digest else DigestRhythm.MORNING


def _reminders(actions: list[ReviewAction], rhythm: DigestRhythm) -> Iterator[Reminder]:
    for action in actions:
        calendar = calendar_of(action.site)
        yield Reminder(
            None if action.agreed_by_id == action.owner_id else action.agreed_at,
            # what is agreed later than that is told of from then on
            max(remind_at(action.due_on, calendar, rhythm), action.agreed_at),
            past_at(action.due_on, calendar),
        )
