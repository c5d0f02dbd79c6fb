"""Asking somebody further up about a lead, and what came of it (E1-E3). Only people do.

The lead keeps its own owner and next action; an escalation is beside them and never instead.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Escalation, Lead, StudySite, StudySiteUserPermission
from recruitment.rules.escalation import PERMISSIONS, check_due, check_route
from recruitment.rules.events import EventKind
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel, EscalationState
from recruitment.rules.refusals import InvalidInput, LeadChanged
from recruitment.rules.stages import CLOSED
from recruitment.rules.targets import TargetKey
from recruitment.rules.texts import line_of
from recruitment.services.log import Change, change
from recruitment.services.open_escalations import end
from recruitment.services.ownership import hold_user
from recruitment.services.site_leads import leads_site
from recruitment.services.verbs import verb

MAX_QUESTION = MAX_OUTCOME = 300  # characters


@verb
def escalate(
    *,
    lead: Lead,
    kind: EscalationKind,
    level: EscalationLevel,
    owner: User,
    due_at: datetime,
    question: str,
    by: User,
    at: datetime,
    seen: int | None,
    target: TargetKey | None = None,
) -> Escalation:
    """Ask `owner` at `level` about the lead; an answer is due by `due_at`. Times are UTC.

    `target` is the one that was missed, if that is why. For the sponsor's level nothing leaves
    the site: the ask itself is raised with the report. Raises InvalidInput naming the field: a
    level that the kind does not go to (E2), an owner who may not answer there, no question, a day
    that is past, a closed lead, the same asked already; LeadChanged. A second call with the same
    `seen` is refused.
    """
    with transaction.atomic():
        hold_user(owner)
        with change(lead, by=by, at=at, seen=seen) as work:
            row = escalate_in(
                work,
                kind=kind,
                level=level,
                owner=owner,
                due_at=due_at,
                question=question,
                target=target,
            )
    return row


def escalate_in(
    work: Change,
    *,
    kind: EscalationKind,
    level: EscalationLevel,
    owner: User,
    due_at: datetime,
    question: str,
    target: TargetKey | None = None,
) -> Escalation:
    """The same inside a change that a person has open, beside other facts.

    The caller holds `owner` (hold_user), before the lead is locked.
    """
    kind, level = EscalationKind(kind), EscalationLevel(level)
    words = line_of(
        question, most=MAX_QUESTION, field="question", missing="Write what you need to know."
    )
    if work.by is None:
        raise InvalidInput("Only a person escalates.", field="kind")
    check_route(kind, level)
    check_due(due_at, at=work.at)
    _check_open(work, kind, level)
    _check_owner(work, owner, level)
    row = work.make(
        Escalation,
        kind=kind,
        level=level,
        target=target or "",
        owner=owner,
        due_at=due_at,
        raised_at=work.at,
        raised_by=work.by,
        question=words,
    )
    _tell(work, row)
    return row


def _tell(work: Change, row: Escalation) -> None:
    work.add(
        EventKind.ESCALATED,
        code=row.kind,
        reason_code=row.level,
        subject_id=row.pk,
        to_owner=row.owner,
        due_at=row.due_at,
        note=row.question,
    )


def _check_owner(work: Change, owner: User, level: EscalationLevel) -> None:
    if not may_own(owner, work.lead.study_site, level):
        raise InvalidInput(
            f"{owner.name} cannot take a question for the {level.label.lower()} here.",
            field="owner",
        )


def _check_open(work: Change, kind: EscalationKind, level: EscalationLevel) -> None:
    if work.state.stage in CLOSED:
        raise InvalidInput("A closed lead is not escalated.", field="kind")
    same = Escalation.objects.filter(
        lead=work.lead, kind=kind, level=level, state=EscalationState.OPEN
    )
    if same.exists():
        raise InvalidInput(
            f"{kind.label} is with the {level.label.lower()} already; wait for that answer or"
            " withdraw it.",
            field="kind",
        )


@verb
def end_escalation(
    *,
    escalation: Escalation,
    state: EscalationState,
    by: User,
    at: datetime,
    seen: int | None,
    outcome: str = "",
) -> None:
    """Write down the answer (it needs an `outcome` in words), or withdraw the question.

    Whom it was put to, whoever raised it and the site's lead may do either: an investigator who
    does not sign in answers through one of them. Times are UTC. Raises InvalidInput naming the
    field for anybody else and for an answer without words; LeadChanged if it ended or was undone
    meanwhile, so also on a second call.
    """
    missing = "Write what the answer was." if state == EscalationState.ANSWERED else ""
    words = line_of(outcome, most=MAX_OUTCOME, field="outcome", missing=missing)
    if state == EscalationState.OPEN:
        raise InvalidInput("Choose answered or withdrawn.", field="state")
    with change(escalation.lead, by=by, at=at, seen=seen) as work:
        row = _still_open(work, escalation)
        if by.pk not in {row.owner_id, row.raised_by_id} and not leads_site(
            by, work.lead.study_site
        ):
            raise InvalidInput(
                "Only whoever was asked, whoever asked and the site lead end it.",
                field="escalation",
            )
        end(work, row, state, words)


def _still_open(work: Change, escalation: Escalation) -> Escalation:
    """The escalation as it is under the lead's lock. Raises LeadChanged if it is open no more."""
    row: Escalation | None = Escalation.objects.filter(pk=escalation.pk, lead=work.lead).first()
    if row is None:
        raise LeadChanged("This escalation was undone.")
    if row.state != EscalationState.OPEN:
        raise LeadChanged(f"This escalation is {EscalationState(row.state).label.lower()} already.")
    return row


def may_own(user: User, study_site: StudySite, level: EscalationLevel) -> bool:
    """Whether `user` is active and may be asked at `level` about the study there (E2)."""
    held = StudySiteUserPermission.objects.filter(
        user=user, content_object=study_site, permission__codename__in=PERMISSIONS[level]
    )
    return user.is_active and held.exists()
