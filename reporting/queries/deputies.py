"""Who approves reports in the place of the leads of a site, and who could (D35)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import ReportDeputy, Site, StudySiteUserPermission

SHOWN = 20  # deputies that are over, newest first


@dataclass(frozen=True)
class DeputyLine:
    """One deputy on the page: `state` says how it stands in words, `is_over` that it counts no more
    and `is_on` that she may approve now."""

    row: ReportDeputy
    state: str
    is_on: bool
    is_over: bool


@dataclass(frozen=True)
class SiteDeputies:
    """A site with its deputies, now and to come first."""

    site: Site
    lines: Sequence[DeputyLine]


def deputies_by_site(sites: Iterable[Site], *, at: datetime) -> list[SiteDeputies]:
    """The deputies of each site at `at` (UTC). Two statements, whatever the number of sites."""
    chosen = list(sites)
    rows = ReportDeputy.objects.filter(site__in=chosen).select_related(
        "user", "named_by", "ended_by"
    )
    on = set(rows.in_force(at=at).values_list("pk", flat=True))
    found: dict[int, list[DeputyLine]] = {site.pk: [] for site in chosen}
    for row in rows:
        found[row.site_id].append(_line(row, is_on=row.pk in on, at=at))
    return [SiteDeputies(site, _sorted(found[site.pk])) for site in chosen]


def _line(row: ReportDeputy, *, is_on: bool, at: datetime) -> DeputyLine:
    is_over = row.ended_at is not None or (row.ends_at is not None and row.ends_at <= at)
    if is_on:
        state = "Now"
    elif is_over:
        state = "Ended" if row.ended_at is not None else "Over"
    else:
        state = "To come" if row.starts_at > at else "Works here no more"
    return DeputyLine(row, state, is_on, is_over)


def _sorted(lines: list[DeputyLine]) -> list[DeputyLine]:
    return [
        *(line for line in lines if not line.is_over),
        *[line for line in lines if line.is_over][:SHOWN],
    ]


def may_be_deputies(site: Site) -> list[User]:
    """Active people with a part at the site who do not lead it, by name. One statement."""
    held = StudySiteUserPermission.objects.filter(content_object__site=site)
    part = held.filter(permission__codename="view_leads").values("user")
    leads = held.filter(permission__codename="lead_site").values("user")
    found = User.objects.filter(pk__in=part, is_active=True).exclude(pk__in=leads)
    return list(found.order_by("name", "pk"))
