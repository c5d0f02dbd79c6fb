"""What every close must say and may say, whichever verb closes the lead (CL1-CL4, D27, D30)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from recruitment.models import CloseReason, LeadEvent, SubReason, Visit, stage_label
from recruitment.rules.closing import CloseCode, check_close
from recruitment.rules.closing_phases import check_contributing, check_phase, check_until
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import VisitResult
from recruitment.rules.work_codes import Gate
from recruitment.services.attempt_policy import missing_attempts
from recruitment.services.log import Change
from recruitment.services.overrides import write_override


@dataclass(frozen=True)
class Close:
    """Why a lead is closed. `until` (UTC) is when somebody who said not now may be asked again.

    `override` is a site lead's reason for closing as could-not-reach before the cadence is used up.
    """

    code: str
    contributing: tuple[str, ...] = ()
    sub_reason: SubReason | None = None
    until: datetime | None = None
    override: str = ""


def check_reasons(work: Change, close: Close, to: Stage) -> CloseCode:
    """Raise InvalidInput, naming the field, unless the lead may be closed into `to` like this.

    Writes the site lead's override where one was needed.
    """
    label = partial(stage_label, work.lead.study_site.study)
    code = check_close(close.code, to, label=label)
    check_phase(code, work.state.stage, label=label)
    check_contributing(code, close.contributing, work.state.stage)
    check_until(code, close.until, at=work.at)
    _check_sub_reason(work, close)
    if code == CloseCode.CONTACT_UNREACHED:
        _check_attempts(work, close.override)
    if code == CloseCode.SCHED_NOSHOW:
        _check_missed(work)
    return code


def write_reasons(work: Change, event: LeadEvent, close: Close) -> None:
    """Keep the main reason and the contributing ones with the event that closed the lead."""
    for position, code in enumerate((close.code, *close.contributing), start=1):
        sub_reason = close.sub_reason if position == 1 else None
        row = {"position": position, "code": code, "sub_reason": sub_reason}
        work.later(partial(_make, work, event, row))


def _make(work: Change, event: LeadEvent, row: dict[str, object]) -> None:
    work.make(CloseReason, event=event, **row)


def _check_sub_reason(work: Change, close: Close) -> None:
    """A sub-reason is the study's own, stands under this code and is in use (CL4)."""
    row = close.sub_reason
    if row is None:
        return
    fits = row.study_id == work.lead.study_site.study_id and row.under == "close"
    if not fits or row.code != close.code or row.retired_at is not None:
        raise InvalidInput(
            "Choose a detail that this study has under the main reason.", field="sub_reason"
        )


def _check_attempts(work: Change, override: str) -> None:
    """Could-not-reach needs the whole cadence, or a site lead's reason (D27)."""
    missing = missing_attempts(work)
    if not missing:
        return
    said = "; ".join(missing)
    if not override.strip():
        raise InvalidInput(
            f"The cadence is not used up: {said}. A site lead may close with a reason.",
            field="override",
        )
    write_override(work, Gate.UNREACHED, override, missing=f"{said}.")


def _check_missed(work: Change) -> None:
    missed = Visit.objects.filter(lead=work.lead).exclude(result__in=["", VisitResult.ATTENDED])
    if not missed.exists():
        raise Refusal("No missed visit is on record; record what became of the visit first.")
