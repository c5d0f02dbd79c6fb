"""When the owner of an action of a weekly review is told again (W5, W7), and the next review."""

from datetime import date, datetime, time, timedelta

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.recovery_codes import DigestRhythm
from trialsnest.lib.zones import DAY, start_of


def remind_at(due_on: date, calendar: BusinessCalendar, rhythm: DigestRhythm) -> datetime:
    """The beginning of the site's working day before `due_on`, in UTC.

    Whoever hears on Mondays only hears on the Monday before, or it would be too late.
    """
    day = calendar.working_day(due_on, -1)
    if rhythm == DigestRhythm.MONDAY:
        day -= timedelta(days=day.weekday())
    return start_of(day, calendar.zone)


def past_at(due_on: date, calendar: BusinessCalendar) -> datetime:
    """The end of the day on which the action was due, in UTC: from then on it is past its day."""
    return start_of(due_on + DAY, calendar.zone)


def next_review(weekday: int, since: date) -> date:
    """The first day from `since` on that is a `weekday` (Monday is 0)."""
    return since + timedelta(days=(weekday - since.weekday()) % 7)


def coming_review(weekday: int, held_at: time, *, now: datetime, is_held: bool) -> date:
    """The day of the review to come, on the site's clock, which `now` shows.

    `is_held`: that of this week was opened already; then it is one of a later week.
    """
    today = now.date()
    on = next_review(weekday, today)
    if is_held and on - timedelta(days=on.weekday()) <= today:
        return on + timedelta(weeks=1)
    return on + timedelta(weeks=1) if on == today and now.time() >= held_at else on
