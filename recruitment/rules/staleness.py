"""When an open lead turns stale: the arithmetic of domain.md 6.1 with D17."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from recruitment.rules.calendars import (
    BusinessCalendar,
    add_business_days,
    add_business_time,
    business_time_between,
)
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import BlockerCategory

REST_DAYS: Mapping[Stage, int] = {
    Stage.NEW_INQUIRY: 2,
    Stage.AWAITING_PRESCREEN: 5,
    Stage.COORDINATOR_REVIEW: 3,
    Stage.CONTACTED: 5,
    Stage.RECORDS_NEEDED: 10,
    Stage.READY_TO_SCHEDULE: 5,
    Stage.SCHEDULED: 1,
    Stage.SCREENED: 28,
    Stage.NO_RESPONSE: 0,
}
"""Business days without movement after which a stage is stale; a study may set its own (D13).

Of a screened lead it is the screening window, in calendar days (D17).
"""

CALENDAR_DAYS: frozenset[Stage] = frozenset({Stage.SCREENED})
"""Stages whose rest counts every day, and not the site's working days."""

CALL_BACK_WINDOW = timedelta(days=14)  # calendar days after could-not-reach (CD2, D5)
RISK_AT = 0.6  # of the time to staleness (ST2)


def stale_at(
    state: LeadState,
    calendar: BusinessCalendar,
    rest_days: Mapping[Stage, int] = REST_DAYS,
    call_back: timedelta = CALL_BACK_WINDOW,
    deadlines: Iterable[datetime | None] = (),
) -> datetime | None:
    """The instant (UTC) at which the lead turns stale.

    None for a closed one, for one that is held on its list, and while its study is paused: only a
    person knows how long that lasts (D28, D32). The rest of the stage runs from the later of the
    last movement and the stage's beginning. Whatever is planned holds it off (D17): the next
    action's due time, the `deadlines` of its running clocks and, while a blocker with a review
    date is open, that date (ST1). A scheduled lead counts from its visit (6.1).
    """
    if not _can_turn_stale(state):
        return None
    return max([_rest_over(state, calendar, rest_days, call_back), *_planned(state, deadlines)])


def is_stale(
    state: LeadState,
    calendar: BusinessCalendar,
    rest_days: Mapping[Stage, int] = REST_DAYS,
    call_back: timedelta = CALL_BACK_WINDOW,
    deadlines: Iterable[datetime | None] = (),
    *,
    at: datetime,
) -> bool:
    """Whether the lead has turned stale by `at` (UTC): what `stale_at` says, in less time.

    When its rest is over is worked out only where nothing planned holds it off after `at`.
    """
    if not _can_turn_stale(state) or any(due > at for due in _planned(state, deadlines)):
        return False
    return _rest_over(state, calendar, rest_days, call_back) <= at


def _can_turn_stale(state: LeadState) -> bool:
    if state.stage in CLOSED or state.is_held:
        return False
    return all(blocker.category != BlockerCategory.STUDY_PAUSED for blocker in state.blockers)


def _rest_over(
    state: LeadState,
    calendar: BusinessCalendar,
    rest_days: Mapping[Stage, int],
    call_back: timedelta,
) -> datetime:
    """When the rest of the stage is over, whatever is planned."""
    since = resting_since(state)
    if state.stage == Stage.NO_RESPONSE:
        return state.stage_entered_at + call_back
    if state.stage == Stage.SCREENED:
        return since + timedelta(days=rest_days[Stage.SCREENED])
    if state.stage == Stage.SCHEDULED and state.visit_at is not None:
        return add_business_days(state.visit_at, rest_days[Stage.SCHEDULED], calendar)
    return add_business_days(since, rest_days[state.stage], calendar)


def _planned(state: LeadState, deadlines: Iterable[datetime | None]) -> list[datetime]:
    """When what is planned is due: until then it holds off that the lead is stale (D17, ST1)."""
    planned = [state.action.due_at] if state.action is not None else []
    planned += [blocker.review_by for blocker in state.blockers if blocker.review_by is not None]
    planned += [due for due in deadlines if due is not None]
    return planned


def resting_since(state: LeadState) -> datetime:
    """When the lead last moved, or entered its stage if that was later (UTC)."""
    return max(state.stage_entered_at, state.last_movement_at or state.received_at)


def risk_at(
    state: LeadState, stale: datetime | None, calendar: BusinessCalendar
) -> datetime | None:
    """From when on the lead is at risk of turning `stale` (UTC): 60 % of its rest (ST2)."""
    if stale is None:
        return None
    since = resting_since(state)
    rest = business_time_between(since, stale, calendar)
    if rest <= timedelta(0):
        return stale
    return min(add_business_time(since, rest * RISK_AT, calendar), stale)


def rest_unit(stage: Stage) -> str:
    """What the rest of the stage is counted in: `business day`, or `calendar day`."""
    return "calendar day" if stage in CALENDAR_DAYS else "business day"
