"""What comes next and by when: the defaults that forms propose (N3, 5.1, CD2, D27, D28)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from recruitment.rules.calendars import BusinessCalendar, add_business_days, add_business_time
from recruitment.rules.contact_hours import next_allowed
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.staleness import CALL_BACK_WINDOW
from recruitment.rules.vocabulary import ActionType, SourceKind
from trialsnest.lib.zones import instant_of, local_time


@dataclass(frozen=True)
class Plan:
    """A next action to be set: what, by when (UTC), and whether the person asked for that time."""

    type: ActionType
    due_at: datetime
    is_promised: bool = False
    detail: str = ""


_A, _S = ActionType, Stage
DEFAULTS: Mapping[Stage, tuple[ActionType, int]] = {
    _S.AWAITING_PRESCREEN: (_A.FINISH_PRESCREEN, 3),
    _S.COORDINATOR_REVIEW: (_A.REVIEW_PRESCREEN, 2),
    _S.CONTACTED: (_A.CALL, 2),
    _S.RECORDS_NEEDED: (_A.REQUEST_RECORDS, 1),
    _S.READY_TO_SCHEDULE: (_A.OFFER_DATES, 1),
    _S.SCREENED: (_A.RECORD_OUTCOME, 2),
}
"""The usual next action of a stage and its business days; the rest is worked out below."""

FIRST_RESPONSE_HOURS: Mapping[SourceKind, int] = {
    **dict.fromkeys(SourceKind, 8),
    SourceKind.WEB: 4,
    SourceKind.PHONE: 4,
    SourceKind.EMAIL: 4,
    SourceKind.PAID: 4,
}
"""Business hours to the first response by source kind (D28)."""

CADENCE: tuple[tuple[int, time], ...] = (
    (1, time(17, 30)),
    (3, time(12, 15)),
    (6, time(9, 30)),
    (9, time(15, 0)),
)
"""For the attempts after the first: business days after it, and the time of day where she lives.

Five attempts over ten business days at different times of day, one outside 09-17 (D27).
"""

MAX_DETAIL = 200  # characters
MAX_AHEAD = timedelta(days=366)  # how far ahead anything may be planned


def first_response_due(
    received_at: datetime, kind: SourceKind, calendar: BusinessCalendar
) -> datetime:
    """When a new inquiry should have had its first response (5.1 `first_response`, D28). UTC."""
    hours = FIRST_RESPONSE_HOURS[kind]
    return add_business_time(received_at, timedelta(hours=hours), calendar)


def proposal(
    stage: Stage, *, at: datetime, calendar: BusinessCalendar, visit_at: datetime | None = None
) -> Plan | None:
    """The next action usually set on entering `stage` at `at`; None for a closed stage (N3)."""
    if stage in CLOSED:
        return None
    if stage == Stage.NEW_INQUIRY:
        return Plan(_A.CALL, add_business_time(at, timedelta(hours=8), calendar))
    if stage == Stage.NO_RESPONSE:
        return Plan(_A.DECIDE_CLOSE, at + CALL_BACK_WINDOW)
    if stage == Stage.SCHEDULED and visit_at is not None:
        return Plan(_A.CONFIRM_VISIT, max(at, add_business_days(visit_at, -2, calendar)))
    if stage == Stage.SCHEDULED:
        return Plan(_A.CONFIRM_VISIT, add_business_days(at, 1, calendar))
    action, days = DEFAULTS[stage]
    return Plan(action, add_business_days(at, days, calendar))


def next_attempt(
    attempts: int, *, at: datetime, calendar: BusinessCalendar, zone: str, maximum: int
) -> Plan:
    """What follows an attempt nobody answered (CD2, D27, D29).

    `attempts` counts those made since the person last answered, this one included; `zone` is the
    patient's. The call falls inside her contact window. When the study's maximum is used up, or
    the cadence ends, what is left is a person's decision after the call-back window (CD3).
    """
    if attempts >= maximum or attempts > len(CADENCE):
        return Plan(_A.DECIDE_CLOSE, at + CALL_BACK_WINDOW)
    days, clock = CADENCE[attempts - 1]
    before = CADENCE[attempts - 2][0] if attempts > 1 else 0
    today = local_time(at, calendar.zone).date()
    on = calendar.working_day(today, days - before)
    return Plan(_A.CALL, next_allowed(max(instant_of(on, clock, zone), at), zone))


def check_plan(plan: Plan | None, *, at: datetime) -> Plan:
    """Refuse a missing next action, one due in the past, and a detail over its limit (N1)."""
    if plan is None:
        raise InvalidInput("Say what happens next and by when.", field="action")
    if plan.due_at.tzinfo is None:
        raise InvalidInput("The due time has no time zone.", field="due_at")
    if plan.due_at < at - timedelta(minutes=1):
        raise InvalidInput("The due time has already passed.", field="due_at")
    if plan.due_at > at + MAX_AHEAD:
        raise InvalidInput("The due time is more than a year ahead.", field="due_at")
    if len(plan.detail) > MAX_DETAIL:
        raise InvalidInput(f"At most {MAX_DETAIL} characters.", field="detail")
    return plan
