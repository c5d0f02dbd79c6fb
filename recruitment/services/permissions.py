"""Recording what the person said about one channel, and why she may be contacted at all (DN1)."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import Blocker, ContactPermission, Lead
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import BlockerCategory, Channel, ContactBasis, PermissionState
from recruitment.services.blockers import end_blocker
from recruitment.services.log import Change, change
from recruitment.services.verbs import verb

MAX_GIVEN = 60  # characters of how it was given
MAX_WORDING = 60  # characters of the wording's version


@dataclass(frozen=True)
class Word:
    """What was said about one channel. `given_at` is UTC; None for just now."""

    channel: Channel
    state: PermissionState
    how: str
    wording: str = ""
    given_at: datetime | None = None


@verb
def record_permission(
    *,
    lead: Lead,
    word: Word,
    by: User,
    at: datetime,
    seen: int,
    basis: ContactBasis | None = None,
) -> ContactPermission:
    """Add the person's word on a channel; the latest counts, and none is ever edited (DN1).

    With a `basis` a lead that came in without one may be contacted from now on (IN3). An opt-out
    stays: only her own renewed contact lifts it. `at` is UTC. Raises InvalidInput, LeadChanged.
    """
    how = word.how.strip()
    if not how:
        raise InvalidInput("Say how it was given.", field="how")
    for text, most, field in ((how, MAX_GIVEN, "how"), (word.wording, MAX_WORDING, "wording")):
        if len(text) > most:
            raise InvalidInput(f"At most {most} characters.", field=field)
    given_at = word.given_at or at
    if given_at.tzinfo is None or given_at > at:
        raise InvalidInput("The day lies in the future.", field="on")
    with change(lead, by=by, at=at, seen=seen) as work:
        latest = ContactPermission.objects.filter(
            person_id=work.lead.person_id, channel=word.channel
        ).order_by("-at", "-id")
        newer = latest.first()
        if newer is not None and newer.at > given_at:
            raise InvalidInput("Something newer was said about this channel.", field="on")
        row = ContactPermission.objects.create(
            person_id=work.lead.person_id,
            channel=word.channel,
            state=word.state,
            how=how,
            wording=word.wording,
            at=given_at,
            by=by,
        )
        work.add(EventKind.PERMISSION_RECORDED, code=word.channel, reason_code=word.state)
        if basis is not None:
            _set_basis(work, basis)
    return row


def _set_basis(work: Change, basis: ContactBasis) -> None:
    if basis == ContactBasis.MISSING:
        raise InvalidInput("Choose why this person may be contacted.", field="basis")
    work.lead.basis = basis
    work.lead.save(update_fields=["basis"])
    work.add(EventKind.PERMISSION_RECORDED, code="basis", reason_code=basis)
    for blocker in Blocker.objects.filter(
        lead=work.lead,
        category=BlockerCategory.CONTACT_PERMISSION,
        resolved_at__isnull=True,
    ):
        end_blocker(work, blocker, "A contact basis was recorded.")
