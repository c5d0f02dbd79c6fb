"""What the staff of the demo do about leads that fell out of sight: they say why, and go on."""

from datetime import datetime

from accounts.models import User
from recruitment.demo.desks import Desk
from recruitment.models import Lead
from recruitment.queries.recovery import StaleRow, proposals_for
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery import THIRD_TIME
from recruitment.rules.recovery_codes import PatientReason, RecoveryOutcome
from recruitment.services.close_reasons import Close
from recruitment.services.recovery import Decided, review_stale

PROMISE_MISSED = "The promised call was missed; the next one is planned."


def take_up(lead: Lead, plan: Plan, *, by: User, at: datetime, desk: Desk) -> bool:
    """Review the lead if it is stale by now, with a call as its plan; whether it was."""
    decided = Decided(outcome=RecoveryOutcome.RECONTACT, plan=plan, note=PROMISE_MISSED)
    return _review(lead, decided, by=by, at=at, desk=desk)


def close_unreached(lead: Lead, *, by: User, at: datetime, desk: Desk) -> bool:
    """Close a lead that nobody answered for in its review; False where it is not stale."""
    close = Close(CloseCode.CONTACT_UNREACHED)
    decided = Decided(outcome=RecoveryOutcome.CLOSE, close=close)
    return _review(lead, decided, by=by, at=at, desk=desk)


def _review(lead: Lead, decided: Decided, *, by: User, at: datetime, desk: Desk) -> bool:
    """As proposed; from the third time on it is the site's lead who decides (RQ4)."""
    found = _found(lead, at, desk)
    if found is None:
        return False
    review_stale(
        lead=found.lead,
        patient_reason=found.patient.reason or PatientReason.NO_RESPONSE,
        process_reason=found.process.reason,
        decided=decided,
        by=desk.lead if found.times >= THIRD_TIME else by,
        at=at,
        seen=None,
    )
    return True


def _found(lead: Lead, at: datetime, desk: Desk) -> StaleRow | None:
    lead = Lead.objects.get(pk=lead.pk)
    if lead.owner_id is None or lead.stale_at is None or lead.stale_at > at:
        return None
    return proposals_for(lead, now=at, calendar=desk.calendar)
