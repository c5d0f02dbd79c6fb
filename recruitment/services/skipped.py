"""Milestones that a step forward leaves out are asked for, never invented (LC9)."""

from dataclasses import dataclass
from datetime import datetime

from recruitment.rules.readiness import GateFacts, skips_prescreen, skips_review
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import PrescreenState
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.log import Change
from recruitment.services.prescreen_facts import add_answers_review, set_prescreen


@dataclass(frozen=True)
class Skipped:
    """When what was skipped happened (UTC), and what the review of the answers saw.

    None means that it was not told. The review is one that led on (`proceed`).
    """

    prescreen_completed_at: datetime | None = None
    reviewed_at: datetime | None = None
    fit: FitSignal | None = None


def record_skipped(
    work: Change, to: Stage, skipped: Skipped, facts: GateFacts, *, must: bool
) -> bool:
    """Write the milestones that moving to `to` leaves out, as told in `skipped`.

    With `must` each one that is left out has to be told; without, what was not told stays open.
    Returns whether anything was written. Raises InvalidInput for one that is missing, that cannot
    have happened then, or that is known already.
    """
    current = work.state.stage
    completed_at = skipped.prescreen_completed_at
    if completed_at is not None and facts.prescreen == PrescreenState.COMPLETE:
        raise InvalidInput("The prescreen is complete already.", field="prescreen_completed_at")
    needs_prescreen = skips_prescreen(current, to, facts) and (must or completed_at is not None)
    if needs_prescreen:
        _write_prescreen(work, to, completed_at)
    needs_review = skips_review(current, to, facts) and (must or skipped.reviewed_at is not None)
    if needs_review:
        _write_review(work, to, skipped)
    return needs_prescreen or needs_review


def _write_prescreen(work: Change, to: Stage, completed_at: datetime | None) -> None:
    if completed_at is None:
        raise InvalidInput(
            f"Say when the prescreen was completed; {to.label} comes after it.",
            field="prescreen_completed_at",
        )
    _check_time(work, completed_at, "prescreen_completed_at")
    set_prescreen(work, PrescreenState.COMPLETE, occurred_at=completed_at)


def _write_review(work: Change, to: Stage, skipped: Skipped) -> None:
    reviewed_at, completed_at = skipped.reviewed_at, skipped.prescreen_completed_at
    if reviewed_at is None:
        raise InvalidInput(
            f"Say when the answers were reviewed; {to.label} comes after it.", field="reviewed_at"
        )
    if skipped.fit is None:
        raise InvalidInput("Say what was seen in the answers.", field="fit")
    _check_time(work, reviewed_at, "reviewed_at")
    if completed_at is not None and reviewed_at < completed_at:
        raise InvalidInput("The answers were complete only later than that.", field="reviewed_at")
    add_answers_review(work, AnswersDecision.PROCEED, skipped.fit, occurred_at=reviewed_at)


def _check_time(work: Change, moment: datetime, field: str) -> None:
    if moment.tzinfo is None:
        raise InvalidInput("The time has no time zone.", field=field)
    if moment < work.lead.received_at:
        raise InvalidInput("That is before the lead was received.", field=field)
    if moment > work.occurred_at:
        raise InvalidInput("That is later than this step.", field=field)
