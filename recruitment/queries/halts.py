"""What the page of a halted study shows: how far it is, visits to call, and the holding tray."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.models import Lead, StudyBlocker, StudySite, Visit
from recruitment.models.contact_files import Reach
from recruitment.models.halts import PAUSED, Progress, progress
from recruitment.models.reaches import reaches_now
from recruitment.rules.permissions import KIND_OF
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import Channel
from trialsnest.lib.zones import local_time, start_of


@dataclass(frozen=True)
class VisitToCall:
    """A booked visit whose person should hear of the halt. `how` is "" where nobody may call."""

    number: str
    starts_at: datetime
    owner: str
    how: str
    why_not: str


@dataclass(frozen=True)
class HaltPage:
    """A standing halt as its page shows it. No name of a person is read (B4)."""

    halt: StudyBlocker
    progress: Progress
    visits: Sequence[VisitToCall]
    tray: Sequence[Lead]


def halt_page(halt: StudyBlocker, *, now: datetime) -> HaltPage:
    """The page's content. Four statements, and three for each booked visit."""
    return HaltPage(
        halt, progress(halt), visits_to_call(halt.study_site, now=now), held_leads(halt)
    )


def visits_to_call(study_site: StudySite, *, now: datetime) -> list[VisitToCall]:
    """Booked visits from today on, the next first; whether and how each person may be reached."""
    zone = study_site.site.time_zone
    today = start_of(local_time(now, zone).date(), zone)
    rows = Visit.objects.filter(
        lead__study_site=study_site, lead__stage__in=OPEN, result="", starts_at__gte=today
    ).select_related("lead__owner", "lead__study_site__study", "lead__study_site__site")
    visits = list(rows.order_by("starts_at", "pk"))
    reaches = reaches_now([row.lead for row in visits], at=now)
    return [_to_call(row, reaches[row.lead_id]) for row in visits]


def _to_call(row: Visit, reach: Reach) -> VisitToCall:
    return VisitToCall(
        number=row.lead.number,
        starts_at=row.starts_at,
        owner=row.lead.owner.name if row.lead.owner else "",
        how=", ".join(channel.label for channel in reach.allowed if channel in KIND_OF),
        why_not=reach.refused.get(Channel.PHONE, ""),
    )


def held_leads(halt: StudyBlocker) -> list[Lead]:
    """Open leads that came in since the halt, the oldest first: the holding tray (RT4)."""
    came = Lead.objects.filter(study_site=halt.study_site_id).open()
    came = came.filter(events__seq=1, events__recorded_at__gte=halt.opened_at)
    return list(came.select_related("source", "owner").order_by("received_at", "pk"))


def ended_halts(study_site: StudySite) -> list[StudyBlocker]:
    """The last five halts that have ended, the latest first. One statement."""
    rows = StudyBlocker.objects.filter(
        study_site=study_site,
        category=PAUSED,
        resolved_at__isnull=False,
    )
    return list(rows.select_related("opened_by", "resolved_by").order_by("-resolved_at")[:5])
