"""What comes next and by when: the defaults that forms propose (N3, 5.1, D28)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from recruitment.rules.calendars import add_business_days
from recruitment.rules.clocks import due_from
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.staleness import CALL_BACK_WINDOW
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import ActionType, SourceKind


@dataclass(frozen=True)
class Plan:
    """A next action to be set: what, by when (UTC), and whether the person asked for that time."""

    type: ActionType
    due_at: datetime
    is_promised: bool = False
    detail: str = ""


_A, _S, _T = ActionType, Stage, TargetKey
DEFAULTS: Mapping[Stage, tuple[ActionType, TargetKey]] = {
    _S.NEW_INQUIRY: (_A.CALL, _T.FIRST_RESPONSE),
    _S.AWAITING_PRESCREEN: (_A.FINISH_PRESCREEN, _T.PRESCREEN_COMPLETE),
    _S.COORDINATOR_REVIEW: (_A.REVIEW_PRESCREEN, _T.PRESCREEN_REVIEW),
    _S.RECORDS_NEEDED: (_A.REQUEST_RECORDS, _T.RECORDS_REQUEST),
    _S.READY_TO_SCHEDULE: (_A.OFFER_DATES, _T.SCHEDULE_OFFER),
    _S.SCREENED: (_A.RECORD_OUTCOME, _T.OUTCOME),
}
"""The usual next action of a stage and the target it serves; the rest is worked out below."""

CALL_AGAIN = 2  # business days, where no target asks for anything

PUT_OFF_OFTEN = 3  # real push-backs that make a next action one for the weekly review (D19)
MAX_DETAIL = 200  # characters
MAX_AHEAD = timedelta(days=366)  # how far ahead anything may be planned


def first_response_due(received_at: datetime, kind: SourceKind, terms: Terms) -> datetime:
    """When a new inquiry should have had its first response (5.1 `first_response`, D28). UTC."""
    return due_from(terms, _T.FIRST_RESPONSE, at=received_at, kind=kind)


def proposal(
    stage: Stage,
    *,
    at: datetime,
    terms: Terms,
    visit_at: datetime | None = None,
    call_back: timedelta = CALL_BACK_WINDOW,
) -> Plan | None:
    """The next action usually set on entering `stage` at `at`; None for a closed stage (N3).

    It is due when the clock of its target will be, if that begins at `at`. `call_back` is how long
    the study waits for somebody who was not reached (CD2).
    """
    if stage in CLOSED:
        return None
    if stage == Stage.NO_RESPONSE:
        return Plan(_A.DECIDE_CLOSE, at + call_back)
    if stage == Stage.CONTACTED:
        return Plan(_A.CALL, add_business_days(at, CALL_AGAIN, terms.calendar))
    if stage == Stage.SCHEDULED and visit_at is not None:
        due = due_from(terms, _T.VISIT_CONFIRM, at=at, anchor_at=visit_at)
        return Plan(_A.CONFIRM_VISIT, max(at, due))
    if stage == Stage.SCHEDULED:
        return Plan(_A.CONFIRM_VISIT, add_business_days(at, 1, terms.calendar))
    action, target = DEFAULTS[stage]
    return Plan(action, due_from(terms, target, at=at))


COMPLETED_BY: Mapping[ActionType, str] = {
    _A.CALL: "Log the contact",
    _A.MESSAGE: "Log the contact",
    _A.CONFIRM_VISIT: "Confirm the visit",
    _A.RECORD_VISIT: "Record what became of the visit",
}
"""Actions that leave a fact of their own; that form completes them, never a bare "done" (N5)."""


def completed_by(action: ActionType, *, is_promised: bool, may_contact: bool) -> str:
    """What must be done instead of saying that the action is done; "" where words are enough.

    While nobody `may_contact` the person, a call or a message goes to somebody else.
    """
    if is_promised:
        return COMPLETED_BY[_A.CALL]
    if not may_contact and action in {_A.CALL, _A.MESSAGE}:
        return ""
    return COMPLETED_BY.get(action, "")


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
