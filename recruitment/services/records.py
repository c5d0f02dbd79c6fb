"""Records readiness: each item on its own way from needed to reviewed (RC1-RC4)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, RecordsItem
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.rules.vocabulary import RecordsState, RecordsType
from recruitment.services.log import change
from recruitment.services.next_actions import replace_action


def set_records_item(
    *,
    lead: Lead,
    type: RecordsType,  # the field's word for what kind of record it is
    state: RecordsState,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    occurred_at: datetime | None = None,
    provider: str = "",
    reason: str = "",
) -> RecordsItem:
    """Write one item's state; the item is made when it is first named.

    `provider` stays on site (RC3). `plan` replaces the open next action. Times are UTC. Raises
    InvalidInput, LeadChanged. Setting the same state twice writes two facts.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        if work.state.stage in CLOSED:
            raise InvalidInput("Reopen the lead before working on its records.", field="state")
        if state == RecordsState.WAIVED and not reason.strip():
            raise InvalidInput("Say why the record is waived.", field="reason")
        values: dict[str, object] = {"state": state, "changed_at": work.occurred_at}
        if reason.strip():
            values["reason"] = reason.strip()
        if provider:
            values["provider"] = provider
        item = RecordsItem.objects.filter(lead=work.lead, type=type).first()
        if item is None:
            item = work.make(RecordsItem, type=type, **values)
        else:
            work.alter(item, **values)
        work.add(EventKind.RECORDS_CHANGED, code=state, reason_code=type, subject_id=item.pk)
        if plan is not None:
            replace_action(work, plan, done=True)
        return item
