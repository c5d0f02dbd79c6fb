"""Messages that were passed on and wait for somebody, as far as the reader may know (OA9, PR2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from recruitment.models import Message, OutreachAttempt, StudySite, study_sites_for
from recruitment.models.contact_files import entries_for
from recruitment.rules.identity import keyed_hash
from trialsnest.lib import shield

SHOWN = 200  # at most, on one page


@dataclass(frozen=True)
class Waiting:
    """A message that waits. `is_forbidden`: who left it asked not to be contacted."""

    message: Message
    is_forbidden: bool

    @property
    def zone(self) -> str:
        """The site's time zone."""
        return str(self.message.site.time_zone)


def waiting_messages(user: User, *, only: int | None = None) -> list[Waiting]:
    """What waits for `user`, the oldest first; `only` one of them (key). Five statements at most.

    About a lead: for its owner, for whoever works there while it has none, and for the site lead;
    logging a contact with the person since answers it too. Without a lead: for everybody who works
    on a study at the site, which is what the intake tray lists. Whoever took the call does not see
    it again, unless she leads the site: where it went would tell her whether the number is known.
    From somebody who asked not to be contacted: for the site lead alone.
    """
    led = set(study_sites_for(user, "lead_site").values_list("site", flat=True))
    worked = dict(study_sites_for(user, "work_leads").values_list("pk", "site"))
    called = OutreachAttempt.objects.filter(lead=OuterRef("lead"), at__gt=OuterRef("taken_at"))
    hers = (
        Q(lead__owner=user, lead__study_site__in=worked)
        | Q(lead__owner=None, lead__study_site__in=worked)
        | Q(lead=None, site__in=set(worked.values()))
    )
    rows = (
        Message.objects.filter(answered_at=None)
        .filter(Q(site__in=led) | (hers & ~Q(taken_by=user)))
        .exclude(Exists(called))
        .select_related("site", "taken_by", "lead__owner", "lead__study_site__study")
    )
    if only is not None:
        rows = rows.filter(pk=only)
    found = list(rows.order_by("taken_at", "pk")[:SHOWN])
    forbidden = from_forbidden(found)
    told = [Waiting(row, row.pk in forbidden) for row in found]
    return [row for row in told if not row.is_forbidden or row.message.site_id in led]


def intake_messages(user: User, *, sites: Iterable[int]) -> list[Waiting]:
    """Of these, what waits in the intake of these sites (keys): messages without a lead."""
    wanted = set(sites)
    return [
        row
        for row in waiting_messages(user)
        if row.message.lead_id is None and row.message.site_id in wanted
    ]


def passed_on(user: User, *, since: datetime) -> int:
    """How many messages `user` has passed on since then (UTC); never where they went."""
    return Message.objects.filter(taken_by=user, taken_at__gte=since).count()


def from_forbidden(messages: Sequence[Message]) -> set[int]:
    """Of these, the keys of messages whose number or address stands as do-not-contact at the site.

    Asked anew each time, so that whoever opts out after leaving a message is shown to the site
    lead alone from then on. At most two statements.
    """
    with shield.lifted():  # what decides who may read it is read as it is stored
        by_hash: dict[str, list[Message]] = {}
        for row in messages:
            by_hash.setdefault(keyed_hash(row.reach, settings.HASH_KEY), []).append(row)
        entries = list(entries_for({row.reach for row in messages})) if messages else []
    if not entries:
        return set()
    sites = {row.site_id for row in messages}
    run = set(StudySite.objects.filter(site__in=sites).values_list("site", "study"))
    return {
        row.pk
        for entry in entries
        for row in by_hash[entry.keyed_hash]
        if entry.site_id in (None, row.site_id)
        and (entry.study_id is None or (row.site_id, entry.study_id) in run)
    }
