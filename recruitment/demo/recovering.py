"""What the staff of the demo do about leads that fell out of sight: they say why, and go on."""

from typing import TYPE_CHECKING

from recruitment.models import Lead
from recruitment.queries.recovery import StaleRow, proposals_for
from recruitment.rules.closing import CloseCode
from recruitment.rules.recovery import THIRD_TIME
from recruitment.rules.recovery_codes import PatientReason, RecoveryOutcome
from recruitment.rules.vocabulary import ActionType
from recruitment.services.close_reasons import Close
from recruitment.services.recovery import Decided, review_stale

if TYPE_CHECKING:
    from recruitment.demo.cases import Case, Story

PROMISE_MISSED = "The promised call was missed; the next one is planned."


def take_up(case: "Case") -> "Story":
    """Review the lead if it is stale by now, and go on when its next call is due."""
    found = _found(case)
    if found is None:
        return
    plan = case.plan(ActionType.CALL, 1)
    decided = Decided(outcome=RecoveryOutcome.RECONTACT, plan=plan, note=PROMISE_MISSED)
    _review(case, found, decided)
    yield from case.until(plan.due_at)


def close_unreached(case: "Case") -> bool:
    """Close a lead that nobody answered for in its review; False where it is not stale."""
    found = _found(case)
    if found is None:
        return False
    close = Close(CloseCode.CONTACT_UNREACHED)
    _review(case, found, Decided(outcome=RecoveryOutcome.CLOSE, close=close))
    return True


def _found(case: "Case") -> StaleRow | None:
    lead = Lead.objects.get(pk=case.lead.pk)
    if lead.owner_id is None or lead.stale_at is None or lead.stale_at > case.now:
        return None
    return proposals_for(lead, now=case.now, calendar=case.desk.calendar)


def _review(case: "Case", found: StaleRow, decided: Decided) -> None:
    """As proposed; from the third time on it is the site's lead who decides (RQ4)."""
    worker = case.worker.user
    case.act(
        review_stale,
        patient_reason=found.patient.reason or PatientReason.NO_RESPONSE,
        process_reason=found.process.reason,
        decided=decided,
        by=case.desk.lead if found.times >= THIRD_TIME else worker,
    )
