"""What stands above a contact: the person's hours, her word on each channel, who else tried her."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from accounts.models import User
from recruitment.models import ContactPoint, Lead
from recruitment.models.contact_files import Reach
from recruitment.rules.contact_zones import is_within, next_time
from recruitment.rules.permissions import OPTED_OUT, Said
from recruitment.rules.vocabulary import Channel, PermissionState
from trialsnest.lib import shield
from trialsnest.lib.prepared import prepared
from trialsnest.lib.words import clock, day_short, local

SHOWN = (Channel.PHONE, Channel.TEXT, Channel.EMAIL)


@dataclass(frozen=True)
class ChannelWords:
    """A person's word on one channel, how it was given, and why the channel is refused if it is."""

    label: str
    state: PermissionState
    on: datetime | None
    how: str
    refused: str


@dataclass(frozen=True)
class ContactHours:
    """The patient's clock now, and whether calling is allowed."""

    local_clock: str
    zone: str
    basis: str
    is_allowed: bool
    next_words: str


def channels_of(reach: Reach) -> list[ChannelWords]:
    """Phone, text and e-mail, with the person's word on each."""
    said = reach.contact.said
    return [
        ChannelWords(
            channel.label,
            said[channel].state if channel in said else PermissionState.UNKNOWN,
            said[channel].at if channel in said else None,
            _how(said[channel]) if channel in said else "",
            reach.refused.get(channel, ""),
        )
        for channel in SHOWN
    ]


def _how(said: Said) -> str:
    """How a word was given. Those of an opt-out stay on the lead whose timeline tells them.

    The person's other leads are read in studies that may know neither of it nor of a death.
    """
    return OPTED_OUT if said.how.startswith(OPTED_OUT) else shield.words(said.how)


def hours_of(reach: Reach, now: datetime) -> ContactHours:
    """The person's clock at `now` (UTC), and from when calls are allowed."""
    where, window = reach.where, reach.window
    there = local(now, where.zones[0])
    opens = local(next_time(now, where, window), where.zones[0])
    same_day = opens.date() == there.date()
    return ContactHours(
        local_clock=clock(there),
        zone=where.words,
        basis=where.basis_words,
        is_allowed=is_within(now, where, window),
        next_words=clock(opens) if same_day else f"{day_short(opens)} {clock(opens)}",
    )


def other_leads(user: User, lead: Lead) -> list[Lead]:
    """Other leads of the same person that `user` may see, with the last attempt on each (DU4).

    `tried_at` is UTC, None where nobody tried. One statement.
    """
    return _others(user=user.pk, person=lead.person_id, lead=lead.pk)


@prepared
def _others(*, user: int, person: int, lead: int) -> QuerySet[Lead]:
    found = Lead.objects.visible_to(User(pk=user)).filter(person=person).exclude(pk=lead)
    outbound = Q(attempts_made__is_inbound=False, attempts_made__undone_at__isnull=True)
    found = found.annotate(tried_at=Max("attempts_made__at", filter=outbound))
    return found.select_related("study_site__study", "study_site__site")[:10]


def shared_kinds(lead: Lead, reach: Reach, *, at: datetime) -> Sequence[str]:
    """Which kinds of contact point somebody else with a lead at this site has too (D24).

    Families share phones; this is a warning and never a merge. One statement.
    """
    contact = reach.contact
    found = _sharing(
        phones=[point.value for point in contact.phones] or None,
        emails=[point.value for point in contact.emails] or None,
        person=lead.person_id,
        site=lead.study_site.site_id,
        at=at,
    )
    return sorted(set(found), reverse=True)


@prepared
def _sharing(
    *,
    phones: Sequence[str] | None,
    emails: Sequence[str] | None,
    person: int,
    site: int,
    at: datetime,
) -> QuerySet[ContactPoint, str]:
    points = ContactPoint.objects.current(at=at).holding(phones=phones or (), emails=emails or ())
    elsewhere = points.exclude(person=person).filter(person__leads__study_site__site=site)
    return elsewhere.values_list("kind", flat=True)
