"""Handing a lead to a colleague: offered, then accepted or not (H1-H5, D22).

The sender stays owner and accountable until the receiver accepts. What the lead itself says
(study, prescreen, permissions, blockers, next action) is shown from the lead and not copied.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Handoff, HandoffStep, Lead
from recruitment.rules.clocks import due_from
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, LeadChanged, Refusal
from recruitment.rules.stages import CLOSED
from recruitment.rules.targets import TargetKey
from recruitment.rules.work_codes import HandoffState, RemoteStep
from recruitment.services.away import check_here
from recruitment.services.log import Change, change
from recruitment.services.ownership import hold_user, hold_users, set_owner, works
from recruitment.services.verbs import verb

MAX_CONTEXT, MAX_WORDS, MAX_ANSWER = 2000, 300, 200  # characters
STEP_LIMITS = {"owner_words": 120, "timing": 120, "support_contact": 120, "recovery": 200}
STEP_WORDS = {
    "owner_words": "Who carries it out",
    "timing": "When",
    "support_contact": "Whom to call",
    "recovery": "What to do when it is missed",
}


@dataclass(frozen=True)
class Step:
    """A step outside the site: who, when, whom to call, what if it is missed (H5)."""

    kind: RemoteStep
    owner_words: str
    timing: str
    support_contact: str
    recovery: str


@dataclass
class Answered:
    """What accepting several did: those taken, and those that were not, each with why."""

    taken: list[Handoff] = field(default_factory=list)
    left: list[tuple[Handoff, str]] = field(default_factory=list)


@verb
def offer_handoff(
    *,
    lead: Lead,
    to: User,
    context: str,
    by: User,
    at: datetime,
    seen: int,
    wanted: str = "",
    promised: str = "",
    steps: Sequence[Step] = (),
    action_id: uuid.UUID | None = None,
) -> Handoff:
    """Offer the lead to `to`, who should answer within the target of hand-offs (H3).

    Only the owner hands over; a site lead assigns. `wanted` is what the person said she wants and
    `promised` what she was promised (H2). `at` is UTC. Raises InvalidInput naming the field, also
    for blank context, a closed lead, a receiver without a part in the study or on leave, and a
    second open hand-off; LeadChanged. A second call with the same `seen` is refused.
    """
    said = _said(context, wanted, promised)
    for step in steps:
        _check_step(step)
    with transaction.atomic():
        hold_users([by, to])
        with change(lead, by=by, at=at, seen=seen, action_id=action_id) as work:
            _check_offer(work, to, by=by)
            due_at = due_from(work.terms, TargetKey.HANDOFF, at=work.occurred_at)
            people = {"sender": by, "receiver": to}
            row = work.make(Handoff, offered_at=at, accept_by=due_at, **people, **said)
            parts = [HandoffStep(handoff=row, **vars(step)) for step in steps]
            HandoffStep.objects.bulk_create(parts)
            work.add(
                EventKind.HANDOFF_OFFERED,
                subject_id=row.pk,
                to_owner=to,
                due_at=due_at,
                note=said["context"],
            )
    return row


def _said(context: str, wanted: str, promised: str) -> dict[str, str]:
    """What goes with the offer in words, checked (H2)."""
    return {
        "context": _checked(
            context, "context", MAX_CONTEXT, "Write what your colleague needs to know."
        ),
        "wanted": _checked(wanted, "wanted", MAX_WORDS),
        "promised": _checked(promised, "promised", MAX_WORDS),
    }


def _check_offer(work: Change, to: User, *, by: User) -> None:
    if work.state.stage in CLOSED:
        raise InvalidInput("A closed lead is not handed over.", field="receiver")
    if work.state.owner_id != by.pk:
        raise InvalidInput("Only the owner of a lead hands it over.", field="receiver")
    if to == by:
        raise InvalidInput("Choose a colleague, not yourself.", field="receiver")
    if not works(to, work.lead):
        raise InvalidInput(f"{to.name} does not work on this study here.", field="receiver")
    try:
        check_here(to, study_site=work.lead.study_site, at=work.at)
    except InvalidInput as refusal:
        raise InvalidInput(str(refusal), field="receiver") from refusal
    if Handoff.objects.filter(lead=work.lead, state=HandoffState.OFFERED).exists():
        raise InvalidInput("It is offered already; withdraw that first.", field="receiver")


@verb
def accept_handoff(
    *, handoff: Handoff, by: User, at: datetime, action_id: uuid.UUID | None = None
) -> None:
    """Take the lead over, with its next action and that action's due time as they are (H3).

    `at` is UTC. Raises LeadChanged if it was answered or withdrawn meanwhile, also when the
    caller was first herself; InvalidInput for somebody else, or one who may not own the lead.
    """
    _check_is(handoff.receiver, by, "Only the receiver accepts a hand-off.")
    with transaction.atomic():
        hold_user(by)
        with change(handoff.lead, by=by, at=at, seen=None, action_id=action_id) as work:
            row = _still(work, handoff, HandoffState.OFFERED)
            if not works(by, work.lead):
                raise InvalidInput("You do not work on this study here.", field="handoff")
            check_here(by, study_site=work.lead.study_site, at=at)
            work.alter(row, state=HandoffState.ACCEPTED, answered_at=at)
            work.add(EventKind.HANDOFF_ACCEPTED, subject_id=row.pk)
            set_owner(work, by, how="handoff")


@verb
@transaction.atomic
def accept_handoffs(*, handoffs: Sequence[Handoff], by: User, at: datetime) -> Answered:
    """Accept several under one action (D22); one that cannot be taken is named with why.

    Raises InvalidInput for none. Locks leads by their key. May run twice: the second leaves all.
    """
    if not handoffs:
        raise InvalidInput("Choose at least one hand-off.", field="handoffs")
    done, action_id = Answered(), uuid.uuid4()
    for handoff in sorted(handoffs, key=lambda row: row.lead_id):
        try:
            with transaction.atomic():
                accept_handoff(handoff=handoff, by=by, at=at, action_id=action_id)
        except Refusal as refusal:
            done.left.append((handoff, str(refusal)))
        else:
            done.taken.append(handoff)
    return done


@verb
def decline_handoff(*, handoff: Handoff, reason: str, by: User, at: datetime) -> None:
    """Say no, with a reason; the sender stays the owner. Raises as `accept_handoff`."""
    _check_is(handoff.receiver, by, "Only the receiver declines a hand-off.")
    words = _checked(reason, "reason", MAX_ANSWER, "Say why you do not take it.")
    with change(handoff.lead, by=by, at=at, seen=None) as work:
        row = _still(work, handoff, HandoffState.OFFERED)
        work.alter(row, state=HandoffState.DECLINED, answered_at=at, answer=words)
        work.add(EventKind.HANDOFF_DECLINED, subject_id=row.pk, note=words)


@verb
def withdraw_handoff(*, handoff: Handoff, by: User, at: datetime) -> None:
    """Take back what was offered and not answered. Only the sender. Raises LeadChanged."""
    _check_is(handoff.sender, by, "Only the sender withdraws a hand-off.")
    with change(handoff.lead, by=by, at=at, seen=None) as work:
        row = _still(work, handoff, HandoffState.OFFERED)
        work.alter(row, state=HandoffState.WITHDRAWN, answered_at=at)
        work.add(EventKind.HANDOFF_WITHDRAWN, subject_id=row.pk)


@verb
def return_handoff(*, handoff: Handoff, reason: str, by: User, at: datetime) -> None:
    """Give an accepted lead back, with a reason, while one still owns it.

    It goes to the sender, or to Unowned if the sender has left the study or is on leave. Raises
    InvalidInput, and LeadChanged if the lead has another owner or is closed by now. `at` is UTC.
    """
    _check_is(handoff.receiver, by, "Only who accepted a hand-off returns it.")
    words = _checked(reason, "reason", MAX_ANSWER, "Say why you give it back.")
    with transaction.atomic():
        hold_users([by, handoff.sender])
        with change(handoff.lead, by=by, at=at, seen=None) as work:
            row = _still(work, handoff, HandoffState.ACCEPTED)
            if work.state.owner_id != by.pk or work.state.stage in CLOSED:
                raise LeadChanged("You do not own this lead any more.")
            work.alter(row, state=HandoffState.RETURNED, answered_at=at, answer=words)
            work.add(EventKind.HANDOFF_RETURNED, subject_id=row.pk, note=words)
            set_owner(work, _back_to(handoff.sender, work), how="handback")


def _back_to(sender: User, work: Change) -> User | None:
    if not works(sender, work.lead):
        return None
    try:
        check_here(sender, study_site=work.lead.study_site, at=work.at)
    except InvalidInput:
        return None
    return sender


def _still(work: Change, handoff: Handoff, state: HandoffState) -> Handoff:
    """The hand-off as it is under the lead's lock. Raises LeadChanged if it is not in `state`."""
    row: Handoff | None = Handoff.objects.filter(pk=handoff.pk, lead=work.lead).first()
    if row is None:
        raise LeadChanged("This hand-off was undone.")
    if row.state != state:
        raise LeadChanged(f"This hand-off is {HandoffState(row.state).label.lower()} already.")
    return row


def _check_is(wanted: User, by: User, sentence: str) -> None:
    if wanted != by:
        raise InvalidInput(sentence, field="handoff")


def _checked(text: str, name: str, most: int, missing: str = "") -> str:
    words = text.strip()
    if missing and not words:
        raise InvalidInput(missing, field=name)
    if len(words) > most:
        raise InvalidInput(f"At most {most:,} characters.", field=name)
    return words


def _check_step(step: Step) -> None:
    """A step outside the site needs all four (H5)."""
    for name, most in STEP_LIMITS.items():
        missing = f"{step.kind.label}: {STEP_WORDS[name].lower()} is missing."
        _checked(getattr(step, name), "steps", most, missing)
