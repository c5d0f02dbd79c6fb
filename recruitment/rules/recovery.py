"""What a review of a stale lead may decide, and who may decide it (domain.md 6.2, 6.3, ST3-ST6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices

from recruitment.rules.calendars import BusinessCalendar, add_business_days
from recruitment.rules.recovery_codes import PatientReason, RecoveryOutcome
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType

RECOVER_DAYS = 10  # business days after the decision within which movement is recovery (RQ3)
THIRD_TIME = 3  # from the third time on only a site lead does more than close or escalate (RQ4)
PAST_VISIT = timedelta(days=30)  # a visit longer ago wants its outcome (RQ6)

R, A, P = RecoveryOutcome, ActionType, PatientReason

ACTIONS: Mapping[RecoveryOutcome, tuple[ActionType, ...]] = {
    R.RECONTACT: (
        A.CALL,
        A.MESSAGE,
        A.SEND_PRESCREEN,
        A.FINISH_PRESCREEN,
        A.MISSED_VISIT,
        A.RECORD_VISIT,
    ),
    R.CHASE_RECORDS: (A.CHASE_RECORDS, A.REQUEST_RECORDS, A.REVIEW_RECORDS),
    R.REOFFER_DATES: (A.OFFER_DATES,),
    R.SEND_TO_REVIEW: (A.REVIEW_PRESCREEN, A.REQUEST_REVIEW, A.AWAIT_REVIEW, A.RECORD_OUTCOME),
    R.REASSIGN: tuple(A),
    R.OPEN_BLOCKER: tuple(A),
    R.ESCALATE: (A.ESCALATE,),
    R.CLOSE: (),
}
"""What may come next after each outcome, the usual first; a close leaves nothing to do (RQ2)."""

USUAL: Mapping[PatientReason, RecoveryOutcome] = {
    P.NO_RESPONSE: R.RECONTACT,
    P.MISSING_RECORDS: R.CHASE_RECORDS,
    P.SCHEDULING: R.REOFFER_DATES,
    P.NEEDS_REVIEW: R.SEND_TO_REVIEW,
    P.NOT_A_FIT: R.SEND_TO_REVIEW,
}
"""The outcome that a form begins with; a person chooses."""

NOT_A_FIT_OUTCOMES = frozenset({R.SEND_TO_REVIEW, R.ESCALATE})
ANYBODY_ALWAYS = frozenset({R.CLOSE, R.ESCALATE})
FOR_SEVERAL = (R.RECONTACT, R.CHASE_RECORDS, R.REOFFER_DATES, R.SEND_TO_REVIEW, R.ESCALATE)
"""Outcomes that need no word about one person and may be given to several leads at once (D33)."""


class AgingLane(TextChoices):
    """In which of three lanes a lead ages, before anybody is given its work (ST3)."""

    NO_FIRST_ACTION = "no_first_action", "No first action"
    STALLED = "stalled", "Stalled after an action"
    BLOCKED = "blocked", "Blocked by something or somebody else"


def aging_lane(*, first_action_at: datetime | None, is_blocked: bool) -> AgingLane:
    """The lane of one lead: a named blocker says more than that nobody has acted yet."""
    if is_blocked:
        return AgingLane.BLOCKED
    return AgingLane.NO_FIRST_ACTION if first_action_at is None else AgingLane.STALLED


def times_stale(
    flagged: int, *, flagged_for: datetime | None, stale_at: datetime | None, at: datetime
) -> int:
    """How often a lead went stale up to `at`, also where the job has not yet flagged the last."""
    unflagged = stale_at is not None and stale_at <= at and flagged_for != stale_at
    return flagged + unflagged


def recover_by(at: datetime, calendar: BusinessCalendar) -> datetime:
    """The last moment (UTC) at which movement after a decision at `at` is recovery (RQ3)."""
    return add_business_days(at, RECOVER_DAYS, calendar)


def check_outcome(
    outcome: RecoveryOutcome, patient: PatientReason, *, times: int, leads_site: bool
) -> None:
    """Raise InvalidInput unless this person may decide this of a lead stale the `times`-th time.

    Likely not a fit is settled in a review, never by closing here (ST6).
    """
    if patient == P.NOT_A_FIT and outcome not in NOT_A_FIT_OUTCOMES:
        raise InvalidInput(
            f"“{P.NOT_A_FIT.label}” is settled in a review: send the lead to review, or escalate.",
            field="outcome",
        )
    if times >= THIRD_TIME and not leads_site and outcome not in ANYBODY_ALWAYS:
        raise InvalidInput(
            f"The lead is stale for the {ordinal(times)} time: only a site lead may do more than"
            " close or escalate.",
            field="outcome",
        )


def ordinal(number: int) -> str:
    """`3rd`, as a sentence needs it."""
    ends = {1: "st", 2: "nd", 3: "rd"}
    teen = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teen else ends.get(number % 10, 'th')}"


@dataclass(frozen=True)
class Decision:
    """A decision to recover a lead: when, and until when movement counts (UTC)."""

    lead_id: int
    at: datetime
    recover_by: datetime


@dataclass(frozen=True)
class Rate:
    """Of how many decisions how many recovered, and how many may still (RQ3)."""

    recovered: int = 0
    decided: int = 0
    running: int = 0

    @property
    def percent(self) -> int | None:
        """The recovery rate in whole percent; None without decisions."""
        return round(100 * self.recovered / self.decided) if self.decided else None


def recovery_rate(
    decisions: Iterable[Decision], recoveries: Iterable[tuple[int, datetime]], *, at: datetime
) -> Rate:
    """The rate at `at`; `recoveries` are leads (keys) with when it was recorded that they moved.

    A recovery belongs to the lead's last decision before it, so that no movement counts twice.
    """
    by_lead: dict[int, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda each: each.at):
        by_lead.setdefault(decision.lead_id, []).append(decision)
    moved: set[Decision] = set()
    for lead_id, moment in recoveries:
        before = [each for each in by_lead.get(lead_id, []) if each.at <= moment]
        moved.update(before[-1:])
    every: Sequence[Decision] = [each for rows in by_lead.values() for each in rows]
    running = sum(1 for each in every if each not in moved and each.recover_by >= at)
    return Rate(len(moved), len(every), running)
