"""Stages, their buckets and the moves between them (domain.md 3.1, 3.2, LC1, LC5; D1, D16)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import TextChoices

from recruitment.rules.refusals import IllegalMove


class Stage(TextChoices):
    """The one position of a lead. Codes are fixed for all studies (D13); labels may vary (LB1)."""

    NEW_INQUIRY = "new_inquiry", "New inquiry"
    AWAITING_PRESCREEN = "awaiting_prescreen", "Awaiting prescreen"
    COORDINATOR_REVIEW = "coordinator_review", "Coordinator review"
    CONTACTED = "contacted", "Contacted"
    RECORDS_NEEDED = "records_needed", "Records needed"
    READY_TO_SCHEDULE = "ready_to_schedule", "Ready to schedule"
    SCHEDULED = "scheduled", "Scheduled"
    SCREENED = "screened", "Screened"
    ENROLLED = "enrolled", "Enrolled"
    NOT_QUALIFIED = "not_qualified", "Not qualified"
    NO_RESPONSE = "no_response", "No response"
    CLOSED_OTHER = "closed_other", "Closed"


class Bucket(TextChoices):
    """A group of stages, or an overlay, in the first row of the queue (LC1, D1, D16)."""

    NEW_INQUIRY = "new_inquiry", "New inquiries"
    AWAITING_PRESCREEN = "awaiting_prescreen", "Awaiting prescreen"
    COORDINATOR_REVIEW = "coordinator_review", "Coordinator review"
    CONTACTED = "contacted", "Contacted"
    RECORDS_NEEDED = "records_needed", "Records needed"
    READY_TO_SCHEDULE = "ready_to_schedule", "Scheduling-ready"
    SCHEDULED = "scheduled", "Scheduled"
    AWAITING_OUTCOME = "awaiting_outcome", "Awaiting outcome"
    STALE = "stale", "Stale"
    CLOSED = "closed", "Closed"


S = Stage
CLOSED: frozenset[Stage] = frozenset({S.ENROLLED, S.NOT_QUALIFIED, S.CLOSED_OTHER})
OPEN: frozenset[Stage] = frozenset(Stage) - CLOSED

# What a person does about a lead in this stage (3.1); a study may word it its own way (LB2).
ACTION_TEXT: Mapping[Stage, str] = {
    S.NEW_INQUIRY: "Check context and permission, then make the first response.",
    S.AWAITING_PRESCREEN: "Help the person finish the prescreen.",
    S.COORDINATOR_REVIEW: "Review the answers; decide the next step or send to the study team.",
    S.CONTACTED: "Agree and record the next step with the person.",
    S.RECORDS_NEEDED: "Request, chase or review the missing items. Do not offer dates yet.",
    S.READY_TO_SCHEDULE: "Offer dates and book.",
    S.SCHEDULED: "Prepare, remind and confirm; after the visit record what happened.",
    S.SCREENED: "Get and record the study team's outcome.",
    S.ENROLLED: "Nothing: handed off.",
    S.NOT_QUALIFIED: "Nothing, unless new facts arrive.",
    S.NO_RESPONSE: "Wait out the call-back window, then decide to close or recover.",
    S.CLOSED_OTHER: "Nothing.",
}

NEXT: Mapping[Stage, frozenset[Stage]] = {
    S.NEW_INQUIRY: frozenset(
        {S.AWAITING_PRESCREEN, S.COORDINATOR_REVIEW, S.CONTACTED, S.NO_RESPONSE, S.CLOSED_OTHER}
    ),
    S.AWAITING_PRESCREEN: frozenset(
        {S.COORDINATOR_REVIEW, S.CONTACTED, S.NO_RESPONSE, S.CLOSED_OTHER}
    ),
    S.COORDINATOR_REVIEW: frozenset(
        {
            S.AWAITING_PRESCREEN,
            S.CONTACTED,
            S.RECORDS_NEEDED,
            S.READY_TO_SCHEDULE,
            S.NOT_QUALIFIED,
            S.CLOSED_OTHER,
        }
    ),
    S.CONTACTED: frozenset(
        {
            S.AWAITING_PRESCREEN,
            S.COORDINATOR_REVIEW,
            S.RECORDS_NEEDED,
            S.READY_TO_SCHEDULE,
            S.SCHEDULED,
            S.NO_RESPONSE,
            S.NOT_QUALIFIED,
            S.CLOSED_OTHER,
        }
    ),
    S.RECORDS_NEEDED: frozenset(
        {
            S.COORDINATOR_REVIEW,
            S.CONTACTED,
            S.READY_TO_SCHEDULE,
            S.NO_RESPONSE,
            S.NOT_QUALIFIED,
            S.CLOSED_OTHER,
        }
    ),
    S.READY_TO_SCHEDULE: frozenset(
        {
            S.SCHEDULED,
            S.RECORDS_NEEDED,
            S.CONTACTED,
            S.NO_RESPONSE,
            S.NOT_QUALIFIED,
            S.CLOSED_OTHER,
        }
    ),
    S.SCHEDULED: frozenset(
        {
            S.SCREENED,
            S.READY_TO_SCHEDULE,
            S.CONTACTED,
            S.NO_RESPONSE,
            S.NOT_QUALIFIED,
            S.CLOSED_OTHER,
        }
    ),
    S.SCREENED: frozenset({S.ENROLLED, S.SCHEDULED, S.NOT_QUALIFIED, S.CLOSED_OTHER}),
    S.NO_RESPONSE: frozenset({S.CONTACTED, S.CLOSED_OTHER}),  # and the stage it came from
    S.NOT_QUALIFIED: frozenset({S.COORDINATOR_REVIEW}),  # reopen; and the stage it came from
    S.CLOSED_OTHER: frozenset({S.COORDINATOR_REVIEW}),  # reopen; and the stage it came from
    S.ENROLLED: frozenset(),  # only a site lead's correction, with a reason
}
RETURNS: frozenset[Stage] = frozenset({S.NO_RESPONSE, S.NOT_QUALIFIED, S.CLOSED_OTHER})
"""Stages that may also be left for the stage the lead came from (3.2)."""

ORDER: Mapping[Stage, int] = {stage: position for position, stage in enumerate(Stage)}

_STAGE_BUCKET: Mapping[Stage, Bucket] = {
    **{stage: Bucket(stage.value) for stage in Stage if stage.value in Bucket.values},
    S.SCREENED: Bucket.AWAITING_OUTCOME,
    S.NO_RESPONSE: Bucket.STALE,
    **dict.fromkeys(CLOSED, Bucket.CLOSED),
}


def allowed_moves(
    current: Stage,
    *,
    came_from: Stage | None = None,
    hidden: frozenset[Stage] = frozenset(),
) -> list[Stage]:
    """The stages reachable from `current`, in the order of 3.1.

    `came_from` is the stage before a no-response or a close; such a lead may return to it (3.2).
    `hidden` are the stages that the study does without: they may be left, never entered (LB4).
    """
    reachable = set(NEXT[current])
    if current in RETURNS and came_from is not None and came_from in OPEN:
        reachable.add(came_from)
    return sorted(reachable - hidden - {current}, key=ORDER.__getitem__)


def check_move(
    current: Stage,
    target: Stage,
    *,
    came_from: Stage | None = None,
    hidden: frozenset[Stage] = frozenset(),
    label: Callable[[Stage], str] = lambda stage: stage.label,
) -> None:
    """Raise IllegalMove, naming the moves that are allowed, unless `target` may follow (LC5).

    `label` is what the study calls a stage.
    """
    moves = allowed_moves(current, came_from=came_from, hidden=hidden)
    if target in moves:
        return
    if not moves:
        raise IllegalMove(f"{label(current)} is final; only a site lead may correct it.")
    names = ", ".join(label(stage) for stage in moves)
    unused = "This study does not use that stage. " if target in hidden else ""
    raise IllegalMove(
        f"{label(current)} cannot become {label(target)}. {unused}Allowed from here: {names}."
    )


def is_forward(current: Stage, target: Stage) -> bool:
    """Whether the move brings the person further (M1); ending work is no movement."""
    return (
        target in OPEN | {S.ENROLLED}
        and ORDER[target] > ORDER[current]
        and target != (S.NO_RESPONSE)
    )


def bucket_of(stage: Stage, *, stale_at: datetime | None, at: datetime) -> Bucket:
    """The one bucket a lead is in at `at` (LC1): Closed, else Stale, else its stage's bucket."""
    if stage in CLOSED:
        return Bucket.CLOSED
    if stale_at is not None and stale_at <= at:
        return Bucket.STALE
    return _STAGE_BUCKET[stage]
