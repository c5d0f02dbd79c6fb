"""What the log can say: event kinds, milestones, and what counts as action or movement.

Sources: domain.md 3.3 (milestones), 4.3 (M1, M2), 8 (OA3); house.md 4.5 (past tense).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from recruitment.rules.stages import CLOSED, Stage, is_forward
from recruitment.rules.vocabulary import (
    TWO_WAY,
    ContactResult,
    PrescreenState,
    RecordsState,
    VisitResult,
)


class EventKind(TextChoices):
    """One fact about one lead. Codes and ids only; words go to LeadNote."""

    RECEIVED = "received", "Received"
    TOUCHED = "touched", "Asked again"
    OWNER_SET = "owner_set", "Owner set"
    STAGE_CHANGED = "stage_changed", "Stage changed"
    OUTREACH_LOGGED = "outreach_logged", "Outreach logged"
    CONTACT_RECEIVED = "contact_received", "Contact received"
    ACTION_SET = "action_set", "Next action set"
    ACTION_DONE = "action_done", "Next action done"
    ACTION_CANCELED = "action_canceled", "Next action canceled"
    PRESCREEN_CHANGED = "prescreen_changed", "Prescreen"
    ANSWERS_REVIEWED = "answers_reviewed", "Answers reviewed"
    REVIEW_REQUESTED = "review_requested", "Study-team review requested"
    REVIEW_DECIDED = "review_decided", "Review decided"
    BLOCKER_OPENED = "blocker_opened", "Blocked"
    BLOCKER_REDATED = "blocker_redated", "Blocker to be looked at later"
    BLOCKER_RESOLVED = "blocker_resolved", "Blocker resolved"
    RECORDS_CHANGED = "records_changed", "Records"
    RECORDS_CHASED = "records_chased", "Records chased"
    READINESS_CHANGED = "readiness_changed", "Scheduling readiness"
    VISIT_OFFERED = "visit_offered", "Dates offered"
    VISIT_BOOKED = "visit_booked", "Visit booked"
    VISIT_CONFIRMED = "visit_confirmed", "Visit confirmed"
    VISIT_ENDED = "visit_ended", "Visit result"
    CTMS_HANDOFF_CHANGED = "ctms_handoff_changed", "Hand-off to study operations"
    GATE_OVERRIDDEN = "gate_overridden", "Overridden by the site lead"
    HANDOFF_OFFERED = "handoff_offered", "Hand-off offered"
    HANDOFF_ACCEPTED = "handoff_accepted", "Hand-off accepted"
    HANDOFF_DECLINED = "handoff_declined", "Hand-off declined"
    HANDOFF_WITHDRAWN = "handoff_withdrawn", "Hand-off withdrawn"
    HANDOFF_RETURNED = "handoff_returned", "Hand-off returned"
    PERMISSION_RECORDED = "permission_recorded", "Permission recorded"
    PERSON_CORRECTED = "person_corrected", "Contact details corrected"
    NOTE_ADDED = "note_added", "Note added"
    STALE_FLAGGED = "stale_flagged", "Went stale"
    RECOVERED = "recovered", "Recovered"
    STALE_REVIEWED = "stale_reviewed", "Stale lead reviewed"
    ESCALATED = "escalated", "Escalated"
    ESCALATION_ENDED = "escalation_ended", "Escalation ended"
    RELEASED = "released", "Released from its list"
    CLOCK_BREACHED = "clock_breached", "Past its target"
    PAUSE_ENDED = "pause_ended", "Pause over"
    CLOSE_PROPOSED = "close_proposed", "Closing proposed"
    VOIDED = "voided", "Entry voided"


class MilestoneCode(TextChoices):
    """An event that, once true, stays true; figures count these, never stages (3.3)."""

    RECEIVED = "received", "Received"
    OWNED = "owned", "Owned"
    FIRST_ACTION = "first_action", "First action"
    FIRST_ATTEMPT = "first_attempt", "First attempt"
    FIRST_TWO_WAY_CONTACT = "first_two_way_contact", "First two-way contact"
    PRESCREEN_STARTED = "prescreen_started", "Prescreen started"
    PRESCREEN_COMPLETED = "prescreen_completed", "Prescreen completed"
    REVIEWED = "reviewed", "Reviewed"
    REVIEWABLE = "reviewable", "Reviewable candidate"
    RECORDS_REQUESTED = "records_requested", "Records requested"
    RECORDS_RECEIVED = "records_received", "Records received"
    RECORDS_REVIEWED = "records_reviewed", "Records reviewed"
    READY_TO_SCHEDULE = "ready_to_schedule", "Ready to schedule"
    VISIT_OFFERED = "visit_offered", "Dates offered"
    VISIT_SCHEDULED = "visit_scheduled", "Visit scheduled"
    VISIT_ATTENDED = "visit_attended", "Visit attended"
    SCREENING_OUTCOME = "screening_outcome", "Screening outcome"
    ENROLLED = "enrolled", "Enrolled"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"
    STALE_FLAGGED = "stale_flagged", "Went stale"
    RECOVERED = "recovered", "Recovered"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One event as plain values: what the log holds and the fold reads. Times are UTC.

    `recorded_at` None stands for a fact that was told when it happened.
    """

    kind: EventKind
    occurred_at: datetime
    by_staff: bool
    recorded_at: datetime | None = None
    seq: int = 0
    from_stage: str = ""
    to_stage: str = ""
    code: str = ""
    reason_code: str = ""
    to_owner_id: int | None = None
    subject_id: int | None = None
    due_at: datetime | None = None

    @property
    def told_at(self) -> datetime:
        """When it was recorded (LC10)."""
        return self.recorded_at or self.occurred_at


K, M = EventKind, MilestoneCode

NOTICES: frozenset[EventKind] = frozenset(
    {K.STALE_FLAGGED, K.CLOCK_BREACHED, K.PAUSE_ENDED, K.CLOSE_PROPOSED}
)
"""What a job says about a lead. Nothing on a page that was open meanwhile is wrong by it."""

NOT_AN_ACTION: frozenset[EventKind] = frozenset(
    {
        K.RECEIVED,
        K.TOUCHED,
        K.OWNER_SET,
        K.ACTION_SET,
        K.ACTION_DONE,
        K.ACTION_CANCELED,
        K.GATE_OVERRIDDEN,
        K.STALE_FLAGGED,
        K.RECOVERED,
        K.ESCALATED,
        K.ESCALATION_ENDED,
        K.RELEASED,
        K.CLOCK_BREACHED,
        K.PAUSE_ENDED,
        K.CLOSE_PROPOSED,
        K.VOIDED,
    }
)
"""Kinds that do not renew the last action: nobody worked on the lead, or another fact of the same
step says what was done (a next action is never just done)."""

WITH_RESULT = "result"
"""The reason code of an action that was completed with words on what came of it (N5)."""

MOVED = "moved"
"""The reason code of a lead's stale flag for a deadline that other hours or limits moved, of a
staleness that was told before and waits for its review."""

NOT_A_FIRST_ACTION: frozenset[EventKind] = NOT_AN_ACTION | {
    K.NOTE_ADDED,
    K.PERMISSION_RECORDED,
    K.PERSON_CORRECTED,
    K.BLOCKER_OPENED,
    K.BLOCKER_REDATED,
    K.BLOCKER_RESOLVED,
    K.READINESS_CHANGED,
    K.CTMS_HANDOFF_CHANGED,
    K.HANDOFF_OFFERED,
    K.HANDOFF_ACCEPTED,
    K.HANDOFF_DECLINED,
    K.HANDOFF_WITHDRAWN,
    K.HANDOFF_RETURNED,
    K.STALE_REVIEWED,
}
"""A note, a corrected number or a named blocker is work, yet nobody has responded to her."""

ALWAYS_MOVEMENT: frozenset[EventKind] = frozenset(
    {
        K.CONTACT_RECEIVED,
        K.ANSWERS_REVIEWED,
        K.REVIEW_DECIDED,
        K.VISIT_OFFERED,
        K.VISIT_BOOKED,
    }
)

MAY_MOVE: frozenset[EventKind] = ALWAYS_MOVEMENT | {
    K.OUTREACH_LOGGED,
    K.BLOCKER_OPENED,
    K.BLOCKER_RESOLVED,
    K.STAGE_CHANGED,
    K.PRESCREEN_CHANGED,
    K.RECORDS_CHANGED,
    K.VISIT_ENDED,
}
"""The kinds that can be movement, by what else they say."""


def is_action(fact: Fact) -> bool:
    """Whether somebody of the staff did something about the lead: its last action (2, M2)."""
    completed = fact.kind == K.ACTION_DONE and fact.reason_code == WITH_RESULT
    return fact.by_staff and (completed or fact.kind not in NOT_AN_ACTION)


def is_two_way(fact: Fact) -> bool:
    """Whether the person answered or replied (OA3)."""
    if fact.kind == K.CONTACT_RECEIVED:
        return True
    return fact.kind == K.OUTREACH_LOGGED and ContactResult(fact.code) in TWO_WAY


def is_movement(fact: Fact) -> bool:
    """Whether the person's position changed (M1). Everything else is not movement (M2).

    A blocker moves a lead when a person names it or takes it off, not when the software does.
    """
    if fact.kind not in MAY_MOVE:
        return False
    if fact.kind in ALWAYS_MOVEMENT or is_two_way(fact):
        return True
    if fact.kind in {EventKind.BLOCKER_OPENED, EventKind.BLOCKER_RESOLVED}:
        return fact.by_staff
    if fact.kind == K.STAGE_CHANGED:
        return is_reopening(fact) or is_forward(Stage(fact.from_stage), Stage(fact.to_stage))
    if fact.kind == K.PRESCREEN_CHANGED:
        return fact.code in {PrescreenState.STARTED, PrescreenState.COMPLETE}
    if fact.kind == K.RECORDS_CHANGED:
        return fact.code in RecordsState.values  # and not the paper of its release
    return fact.kind == K.VISIT_ENDED and fact.code == VisitResult.ATTENDED


def is_reopening(fact: Fact) -> bool:
    """Whether the fact takes a closed lead back into work (LC11)."""
    return (
        fact.kind == K.STAGE_CHANGED
        and Stage(fact.from_stage) in CLOSED
        and Stage(fact.to_stage) not in CLOSED
    )


_BY_KIND: Mapping[EventKind, MilestoneCode] = {
    K.RECEIVED: M.RECEIVED,
    K.ANSWERS_REVIEWED: M.REVIEWED,
    K.REVIEW_DECIDED: M.REVIEWED,
    K.REVIEW_REQUESTED: M.REVIEWABLE,
    K.VISIT_OFFERED: M.VISIT_OFFERED,
    K.VISIT_BOOKED: M.VISIT_SCHEDULED,
    K.STALE_FLAGGED: M.STALE_FLAGGED,
    K.RECOVERED: M.RECOVERED,
}
_BY_CODE: Mapping[tuple[EventKind, str], MilestoneCode] = {
    (K.PRESCREEN_CHANGED, PrescreenState.STARTED): M.PRESCREEN_STARTED,
    (K.PRESCREEN_CHANGED, PrescreenState.COMPLETE): M.PRESCREEN_COMPLETED,
    (K.RECORDS_CHANGED, RecordsState.REQUESTED): M.RECORDS_REQUESTED,
    (K.RECORDS_CHANGED, RecordsState.RECEIVED): M.RECORDS_RECEIVED,
    (K.RECORDS_CHANGED, RecordsState.REVIEWED): M.RECORDS_REVIEWED,
    (K.VISIT_ENDED, VisitResult.ATTENDED): M.VISIT_ATTENDED,
}


def milestones_of(fact: Fact) -> Iterator[MilestoneCode]:
    """The milestones that this fact makes true (3.3); the first occurrence is the one kept."""
    if fact.kind in _BY_KIND:
        yield _BY_KIND[fact.kind]
    if (fact.kind, fact.code) in _BY_CODE:
        yield _BY_CODE[fact.kind, fact.code]
    if fact.kind == K.OWNER_SET and fact.to_owner_id is not None:
        yield M.OWNED
    if fact.kind == K.OUTREACH_LOGGED:
        yield M.FIRST_ATTEMPT
    if is_two_way(fact):
        yield M.FIRST_TWO_WAY_CONTACT
    if fact.by_staff and fact.kind not in NOT_A_FIRST_ACTION:
        yield M.FIRST_ACTION
    if fact.kind == K.STAGE_CHANGED:
        yield from _of_stage_change(fact)


def _of_stage_change(fact: Fact) -> Iterator[MilestoneCode]:
    source, target = Stage(fact.from_stage), Stage(fact.to_stage)
    if target == Stage.READY_TO_SCHEDULE:
        yield M.READY_TO_SCHEDULE
    if target == Stage.ENROLLED:
        yield M.ENROLLED
    if target in CLOSED - {Stage.ENROLLED}:
        yield M.CLOSED
    if source == Stage.SCREENED and target in CLOSED:
        yield M.SCREENING_OUTCOME
    if is_reopening(fact):
        yield M.REOPENED
