"""The contact in which a visit was agreed or a lead ended, written in the same step (OA4, OA5)."""

from dataclasses import dataclass

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import INBOUND, TWO_WAY, Channel, ContactResult
from recruitment.rules.work_codes import MovementResult
from recruitment.services.contact_times import reach_for
from recruitment.services.contacting import check_channel, hours_note
from recruitment.services.halted import check_may_reach_out
from recruitment.services.log import Change
from recruitment.services.outreach import add_attempt


@dataclass(frozen=True)
class Spoke:
    """That the person was spoken with, how, and what was said."""

    result: ContactResult
    channel: Channel = Channel.PHONE
    note: str = ""


def log_spoken(work: Change, spoke: Spoke, moved: MovementResult) -> None:
    """Write the contact inside a change that is open, with what it `moved`.

    It was two-way: an answer is no attempt too many, and no effort made twice (OA8, CD3). What the
    person did herself can always be recorded. Raises InvalidInput naming `contact` or
    `contact_channel`.
    """
    if spoke.result not in TWO_WAY:
        raise InvalidInput("Say how the person answered.", field="contact")
    note = spoke.note.strip()
    if spoke.result not in INBOUND:
        reach = reach_for(work)
        if reach.contact.is_halted:
            check_may_reach_out(work, field="contact")
        check_channel(reach, spoke.channel, field="contact_channel")
        note = " ".join(filter(None, [note, hours_note(reach, spoke.channel, work.occurred_at)]))
    add_attempt(work, spoke.channel, spoke.result, note=note, movement=moved)
