"""The hand-off of a visit to study operations, and the number that comes back (14, CT1-CT6).

It opens by itself with the visit that the study names, in the same transaction. The CTMS number
stays on site (CT5): it stands in its own column and, when it is corrected, in words of the log,
never in an event's codes. Works on a closed lead too: an enrolled one still needs its number.
"""

from datetime import datetime

from accounts.models import User
from recruitment.models import CtmsHandoff, Lead, Visit
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import line_of
from recruitment.rules.work_codes import CtmsState, VisitType
from recruitment.services.log import Change, change
from recruitment.services.verbs import verb

MAX_NUMBER, MAX_NEEDS, MAX_REASON = 40, 300, 200  # characters


def open_handoff(work: Change, visit: Visit) -> CtmsHandoff | None:
    """Open the hand-off of a visit, inside a change that is open (CT2, D6). May run twice.

    A visit has one at most, and a repeat visit goes on under the one that the lead has.
    """
    if CtmsHandoff.objects.filter(visit=visit).exists():
        return None
    is_repeat = visit.type == VisitType.REPEAT
    if is_repeat and CtmsHandoff.objects.filter(lead=work.lead).exists():
        return None
    handoff = work.make(CtmsHandoff, visit=visit, opened_at=work.occurred_at)
    _say(work, handoff, CtmsState.TO_HAND_OFF)
    return handoff


def move_handoff(work: Change, old: Visit, new: Visit) -> None:
    """Let the hand-off of a visit that was rescheduled go on with its new time."""
    for handoff in CtmsHandoff.objects.filter(visit=old):
        work.alter(handoff, visit=new)


@verb
def send_handoff(
    *, lead: Lead, by: User, at: datetime, seen: int | None, needs: str = ""
) -> CtmsHandoff:
    """Record that the sheet went to study operations, with the person's needs. `at` is UTC.

    Raises InvalidInput when there is none to send, or it was sent already; LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        handoff = _latest(work)
        if handoff.state != CtmsState.TO_HAND_OFF:
            raise InvalidInput("The hand-off was sent already.", field="needs")
        work.alter(
            handoff,
            state=CtmsState.SENT,
            sent_at=work.at,
            sent_by=by,
            needs=line_of(needs, most=MAX_NEEDS, field="needs"),
        )
        _say(work, handoff, CtmsState.SENT)
        return handoff


@verb
def acknowledge_handoff(
    *, lead: Lead, number: str, by: User, at: datetime, seen: int | None
) -> CtmsHandoff:
    """Type back the number that study operations gave: the hand-off is acknowledged (CT3).

    `at` is UTC. Raises InvalidInput before it was sent, when it has a number already, and for a
    number that is no printable line of at most 40 characters; LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        handoff = _latest(work)
        if handoff.state == CtmsState.TO_HAND_OFF:
            raise InvalidInput("Record first that the hand-off was sent.", field="number")
        if handoff.state == CtmsState.ACKNOWLEDGED:
            raise InvalidInput("It has its number; correct that one.", field="number")
        work.alter(
            handoff,
            state=CtmsState.ACKNOWLEDGED,
            acknowledged_at=work.at,
            acknowledged_by=by,
            number=checked_number(number),
        )
        _say(work, handoff, CtmsState.ACKNOWLEDGED)
        return handoff


@verb
def correct_number(
    *, lead: Lead, number: str, reason: str, by: User, at: datetime, seen: int | None
) -> CtmsHandoff:
    """Correct a CTMS number that was typed wrongly; the old one is kept in words (AU4). UTC."""
    with change(lead, by=by, at=at, seen=seen) as work:
        handoff = _latest(work)
        if handoff.state != CtmsState.ACKNOWLEDGED:
            raise InvalidInput("There is no number to correct yet.", field="number")
        new, old = checked_number(number), handoff.number
        if new == old:
            raise InvalidInput("That is the number it has already.", field="number")
        why = line_of(reason, most=MAX_REASON, field="reason", missing="Say why it is corrected.")
        work.alter(handoff, number=new)
        work.add(
            EventKind.CTMS_HANDOFF_CHANGED,
            code=CtmsState.ACKNOWLEDGED,
            reason_code="corrected",
            subject_id=handoff.pk,
            note=f"Number corrected from {old} to {new}: {why}",
        )
        return handoff


def checked_number(text: str) -> str:
    """The number as it was typed, on one line. Raises InvalidInput."""
    missing = "Type the number that study operations gave."
    number = line_of(text, most=MAX_NUMBER, field="number", missing=missing)
    if not number.isprintable():
        raise InvalidInput("Use letters, digits and signs that can be printed.", field="number")
    return number


def _latest(work: Change) -> CtmsHandoff:
    handoff: CtmsHandoff | None = CtmsHandoff.objects.filter(lead=work.lead).last()
    if handoff is None:
        raise InvalidInput("There is no hand-off to study operations yet.", field="number")
    return handoff


def _say(work: Change, handoff: CtmsHandoff, state: CtmsState) -> None:
    work.add(EventKind.CTMS_HANDOFF_CHANGED, code=state, subject_id=handoff.pk)
