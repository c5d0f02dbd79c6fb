"""What must be clear before a visit: nine items that people set, one by one (7.3).

Records, the study team's review and the week's slots are derived, never set here.
"""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, ReadinessItem
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState
from recruitment.services.log import Change, change
from recruitment.services.ownership import works
from recruitment.services.verbs import verb


@verb
def set_readiness(
    *,
    lead: Lead,
    states: Mapping[ReadinessItemCode, ReadinessState],
    by: User,
    at: datetime,
    seen: int | None,
    owner: User | None = None,
) -> None:
    """Set items of the checklist; what stands so already writes nothing. `at` is UTC.

    `owner` sees to those that are set not clear. Raises InvalidInput for a closed lead, for
    nothing that changes, and for an owner without a part in the study; LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.state.stage in CLOSED:
            raise InvalidInput("A closed lead is not made ready for a visit.", field="states")
        if owner is not None and not works(owner, work.lead):
            raise InvalidInput(f"{owner.name} does not work on this study here.", field="owner")
        changed = [set_item(work, code, state, owner=owner) for code, state in states.items()]
        if not any(changed):
            raise InvalidInput("Nothing was changed; choose what is different now.", field="states")


def set_item(
    work: Change, code: ReadinessItemCode, state: ReadinessState, *, owner: User | None = None
) -> bool:
    """Set one item inside a change that is open; whether that changed anything. May run twice.

    Nobody named leaves whoever sees to an item that stays not clear.
    """
    item = ReadinessItem.objects.filter(lead=work.lead, code=code).first()
    seeing = owner if state == ReadinessState.NOT_CLEAR else None
    if item is None:
        item = work.make(
            ReadinessItem, code=code, state=state, owner=seeing, changed_at=work.occurred_at
        )
    elif item.state == state and (owner is None or item.owner == seeing):
        return False
    else:
        work.alter(item, state=state, owner=seeing, changed_at=work.occurred_at)
    work.add(EventKind.READINESS_CHANGED, code=code, reason_code=state, subject_id=item.pk)
    return True
