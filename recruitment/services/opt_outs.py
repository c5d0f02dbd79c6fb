"""Taking somebody at her word: no contact from now on (DN2-DN4, D25)."""

from django.conf import settings

from recruitment.models import ContactPermission, ContactPoint, DoNotContact
from recruitment.rules.events import EventKind
from recruitment.rules.identity import keyed_hash
from recruitment.rules.vocabulary import Channel, PermissionState
from recruitment.services.log import Change


def record_opt_out(work: Change, *, how: str) -> None:
    """Write "no" for every channel, and a do-not-contact entry per contact point.

    The widest scope is taken: every channel, everything here (DN3). The entries hold keyed hashes
    and no link to the person, so that they outlive her contact points. Four statements.
    """
    person_id = work.lead.person_id
    ContactPermission.objects.bulk_create(
        [
            ContactPermission(
                person_id=person_id,
                channel=channel,
                state=PermissionState.NO,
                how=how,
                at=work.at,
                by=work.by,
            )
            for channel in Channel
        ]
    )
    points = ContactPoint.objects.filter(person_id=person_id).values_list("kind", "value")
    DoNotContact.objects.bulk_create(
        [
            DoNotContact(
                keyed_hash=keyed_hash(value, settings.HASH_KEY),
                kind=kind,
                scope="organisation",
                at=work.at,
                by=work.by,
            )
            for kind, value in points
        ]
    )
    work.add(EventKind.PERMISSION_RECORDED, code="all", reason_code=PermissionState.NO)
