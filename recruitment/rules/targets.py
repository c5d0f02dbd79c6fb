"""The seventeen targets: what each waits for, how long it is, what stops it (domain.md 5.1, D28).

A target gives an owner and a due time to a piece of work; it never implies that a person will be
screened (SLA3). How long one runs is set per study, for a site apart, from a date on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import BlockerCategory, SourceKind


class TargetKey(TextChoices):
    """What is measured, each apart from the others (5.1)."""

    OWN = "own", "An owner"
    FIRST_RESPONSE = "first_response", "First response"
    PRESCREEN_COMPLETE = "prescreen_complete", "Prescreen completed"
    PRESCREEN_REVIEW = "prescreen_review", "Review of the answers"
    STUDY_TEAM_REVIEW = "study_team_review", "Study-team review"
    RECORDS_REQUEST = "records_request", "Records requested"
    RECORDS_CHASE = "records_chase", "Records chased"
    RECORDS_REVIEW = "records_review", "Records reviewed"
    SCHEDULE_OFFER = "schedule_offer", "Dates offered"
    SCHEDULE_BOOKED = "schedule_booked", "Visit booked"
    VISIT_CONFIRM = "visit_confirm", "Visit confirmed"
    MISSED_VISIT = "missed_visit", "Missed visit followed up"
    OUTCOME = "outcome", "Outcome recorded"
    HANDOFF = "handoff", "Hand-off answered"
    STALE_REVIEW = "stale_review", "Stale lead reviewed"
    BLOCKER_REVIEW = "blocker_review", "Blocker looked at again"
    ASK_ANSWER = "ask_answer", "Ask answered"


class Unit(TextChoices):
    """What an amount counts, on the site's calendar (CK1)."""

    HOURS = "hours", "business hours"
    DAYS = "days", "business days"
    CLOSING = "closing", "working days, to the closing of the last"
    BEFORE = "before", "business days before the visit"


@dataclass(frozen=True)
class Target:
    """How long one target runs: so many of a unit. `version` 0 is the default nobody set."""

    amount: int
    unit: Unit
    version: int = field(default=0, compare=False)  # the key tells which row it is
    key: int | None = None

    @property
    def words(self) -> str:
        """As a sentence needs it: `4 business hours`."""
        if self.unit == Unit.CLOSING:
            return "by closing the same day" if self.amount == 1 else f"{self.amount} working days"
        words = str(self.unit.label)
        if self.amount == 1:
            words = words.replace("hours", "hour").replace("days", "day")
        return f"{self.amount} {words}"


K, U, B, S = TargetKey, Unit, BlockerCategory, SourceKind

DEFAULTS: Mapping[TargetKey, Target] = {
    K.OWN: Target(1, U.HOURS),
    K.FIRST_RESPONSE: Target(8, U.HOURS),
    K.PRESCREEN_COMPLETE: Target(3, U.DAYS),
    K.PRESCREEN_REVIEW: Target(2, U.DAYS),
    K.STUDY_TEAM_REVIEW: Target(3, U.DAYS),
    K.RECORDS_REQUEST: Target(1, U.DAYS),
    K.RECORDS_CHASE: Target(5, U.DAYS),
    K.RECORDS_REVIEW: Target(2, U.DAYS),
    K.SCHEDULE_OFFER: Target(1, U.DAYS),
    K.SCHEDULE_BOOKED: Target(5, U.DAYS),
    K.VISIT_CONFIRM: Target(2, U.BEFORE),
    K.MISSED_VISIT: Target(4, U.HOURS),
    K.OUTCOME: Target(2, U.DAYS),
    K.HANDOFF: Target(4, U.HOURS),
    K.STALE_REVIEW: Target(5, U.DAYS),
    K.BLOCKER_REVIEW: Target(1, U.CLOSING),
    K.ASK_ANSWER: Target(5, U.DAYS),
}
"""The defaults of 5.1; first_response of a source kind that is not below (D4, D28)."""

FAST: frozenset[SourceKind] = frozenset({S.WEB, S.PHONE, S.EMAIL, S.PAID})
FIRST_RESPONSE_FAST = Target(4, U.HOURS)
"""First response to who asked herself, and to paid inquiries (D28)."""

LISTS: frozenset[SourceKind] = frozenset({S.REGISTRY, S.DATABASE})
"""Lists of people who did not ask today: no clock runs until a lead is released (D28)."""

RELEASED_A_DAY = 15  # leads of a list, for each coordinator (D28)
DECIDE_AFTER = 15  # business days after a record was asked for: decide, chase no more (D28)

PAUSED_BY: Mapping[TargetKey, frozenset[BlockerCategory]] = {
    K.FIRST_RESPONSE: frozenset({B.CONTACT_PERMISSION}),
    K.PRESCREEN_COMPLETE: frozenset({B.PATIENT_DECIDING, B.CONTACT_PERMISSION}),
    K.PRESCREEN_REVIEW: frozenset({B.PENDING_REVIEW, B.MEDICATION_REVIEW, B.CRITERIA_AMBIGUITY}),
    K.STUDY_TEAM_REVIEW: frozenset({B.MISSING_RECORDS, B.CRITERIA_AMBIGUITY}),
    K.RECORDS_REQUEST: frozenset({B.MISSING_RECORDS}),
    K.SCHEDULE_OFFER: frozenset({B.VISIT_CAPACITY, B.SPONSOR_DECISION}),
    K.SCHEDULE_BOOKED: frozenset(
        {
            B.PATIENT_DECIDING,
            B.PATIENT_AVAILABILITY,
            B.TRAVEL,
            B.CAREGIVER,
            B.COST,
            B.TIME_OFF,
        }
    ),
    K.OUTCOME: frozenset({B.PENDING_REVIEW, B.MEDICATION_REVIEW, B.SPONSOR_DECISION}),
}
"""What a target stands still for, in blockers (5.1); a paused study stops all of them (D32).

Nothing else pauses, and none of these does while it waits on the site (PZ1).
"""

STARTS_OVER: frozenset[TargetKey] = frozenset({K.OUTCOME})
"""Targets that run whole once their pause is over: so long after the result is known (D28)."""

ESCALATES_TO: Mapping[TargetKey, str] = {
    **dict.fromkeys(TargetKey, "Site lead"),
    K.PRESCREEN_COMPLETE: "Nobody: it feeds the cadence",
    K.STUDY_TEAM_REVIEW: "Site lead, then the study lead",
    K.OUTCOME: "Owner of the study at the site",
    K.ASK_ANSWER: "Named at the next report",
}
"""Who is shown a breach (5.1); nothing is sent to a sponsor by itself (E1)."""

UNITS: Mapping[TargetKey, tuple[Unit, ...]] = {
    **dict.fromkeys(TargetKey, (U.HOURS, U.DAYS)),
    K.VISIT_CONFIRM: (U.BEFORE,),
    K.BLOCKER_REVIEW: (U.CLOSING,),
}
MOST: Mapping[Unit, int] = {U.HOURS: 240, U.DAYS: 60, U.CLOSING: 10, U.BEFORE: 10}


def default_target(key: TargetKey, kind: str = "") -> Target:
    """The target nobody set; `kind` is the source's, for the first response (D28)."""
    if key == K.FIRST_RESPONSE and kind in FAST:
        return FIRST_RESPONSE_FAST
    return DEFAULTS[key]


def check_target(key: TargetKey, amount: int, unit: Unit) -> None:
    """Raise InvalidInput, naming the field, for an amount that no work could be planned with."""
    if unit not in UNITS[key]:
        allowed = " or ".join(str(each.label) for each in UNITS[key])
        raise InvalidInput(f"{key.label} is counted in {allowed}.", field="unit")
    if amount < 1:
        raise InvalidInput(f"{key.label}: give at least 1.", field="amount")
    if amount > MOST[unit]:
        raise InvalidInput(f"{key.label}: at most {MOST[unit]} {unit.label}.", field="amount")


def pauses_target(key: TargetKey, category: BlockerCategory) -> bool:
    """Whether a pausing blocker of `category` stops this target (5.1, D32)."""
    return category == B.STUDY_PAUSED or category in PAUSED_BY.get(key, frozenset())
