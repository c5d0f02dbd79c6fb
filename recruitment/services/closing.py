"""Closing a lead, and all of somebody who died (9, CL1-CL4, D30)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, StudyStaff, SubReason
from recruitment.rules.closing import CloseCode
from recruitment.rules.closing_phases import target_of
from recruitment.rules.events import EventKind
from recruitment.rules.permissions import CONTACT_ACTIONS
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, OPEN
from recruitment.rules.work_codes import MovementResult
from recruitment.services.close_reasons import Close
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.opt_outs import decide_soon, lock_leads_of
from recruitment.services.other_leads import change_beside
from recruitment.services.spoken import Spoke, log_spoken
from recruitment.services.verbs import verb

CONTACT_ENDED = "Contact has ended."


@verb
def close_lead(
    *,
    lead: Lead,
    code: CloseCode,
    by: User,
    at: datetime,
    seen: int | None,
    contributing: Sequence[str] = (),
    sub_reason: SubReason | None = None,
    note: str = "",
    decided_by: StudyStaff | None = None,
    until: datetime | None = None,
    override: str = "",
    occurred_at: datetime | None = None,
    action_id: UUID | None = None,
    spoke: Spoke | None = None,
) -> None:
    """End the work on the lead; the code says into which closed stage.

    `contributing` are up to two further codes (CL2), `sub_reason` a detail of the study under the
    main one (CL4). `decided_by` is needed for a criterion (CL3, LC6) and after a screening (LC7),
    `until` for not now. `override` is a site lead's reason to close as could-not-reach early. A
    close as deceased ends every open lead of the person and all contact. `spoke` tells of the
    contact that ended it (OA4). Times are UTC. Raises InvalidInput naming the field, IllegalMove,
    LeadChanged; then nothing is written. A second call with the same `seen` is refused.
    """
    if code not in CloseCode.values:
        raise InvalidInput("Choose the main reason for closing.", field="reason")
    close = Close(code, tuple(contributing), sub_reason, until, override)
    with transaction.atomic():
        if code in {CloseCode.DECEASED, CloseCode.CONTACT_DNC}:
            lock_leads_of(lead)
        with change(
            lead, by=by, at=at, seen=seen, occurred_at=occurred_at, action_id=action_id
        ) as work:
            if spoke is not None and work.state.stage not in CLOSED:
                log_spoken(work, spoke, MovementResult.CLOSED)
            _end(work, close, decided_by, note.strip())
        if code == CloseCode.DECEASED:
            _end_other_leads(work)


def _end(work: Change, close: Close, decided_by: StudyStaff | None, words: str) -> None:
    if work.state.stage in CLOSED:
        raise InvalidInput("The lead is closed already.", field="reason")
    to = target_of(CloseCode(close.code))
    move(work, to, plan=None, decided_by=decided_by, close=close, note=words)


def _end_other_leads(first: Change) -> None:
    """Close the person's other open leads where the same user works; elsewhere end contact.

    Another study learns only that contact has ended, not why and not from whom.
    """
    others = Lead.objects.filter(person=first.lead.person_id, stage__in=OPEN).order_by("pk")
    for other in others.select_related("study_site__site", "study_site__study"):
        with change_beside(first, other) as work:
            if work.by is not None:
                close = Close(CloseCode.DECEASED)
                move(work, target_of(CloseCode.DECEASED), plan=None, close=close)
            else:
                _end_contact_there(work)


def _end_contact_there(work: Change) -> None:
    work.add(EventKind.NOTE_ADDED, code="contact_ended", note=CONTACT_ENDED)
    if work.state.action is not None and work.state.action.type in CONTACT_ACTIONS:
        replace_action(work, decide_soon(work), done=False)
