"""What the frame of every page shows."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from recruitment.models import Site
from recruitment.queries.roles import standing_of
from recruitment.queries.team import standing_leaves
from trialsnest.lib import shield
from trialsnest.lib.addresses import address
from trialsnest.lib.prepared import prepared

STAFF = {"coordinator", "site_lead", "reviewer"}
WORKERS = {"coordinator", "site_lead"}
NAV: tuple[tuple[str, str, str, set[str]], ...] = (
    ("needs_me", "Needs me", "n", {"site_lead"}),
    ("queue", "Queue", "q", STAFF),
    ("visits_today", "Visits", "v", WORKERS),
    ("intake", "Intake", "i", WORKERS),
    ("recovery", "Recovery", "s", STAFF),
    ("handoffs", "Hand-offs", "h", STAFF),
    ("review_tray", "Reviews", "y", STAFF),
    ("messages", "Messages", "m", STAFF),
    ("weekly_reviews", "Weekly review", "k", STAFF),
    ("close_out", "Close-out", "c", WORKERS),
    ("records_board", "Records", "r", WORKERS),
    ("scheduling_board", "Scheduling", "d", WORKERS),
    ("escalations", "Escalations", "e", STAFF),
    ("blockers", "Blockers", "b", WORKERS),
    ("capacity_list", "Capacity", "w", WORKERS),
    ("lead_import", "Import", "u", WORKERS),
    ("team", "Team", "t", {"site_lead"}),
    ("reports", "Reports", "p", {"site_lead", "report_deputy", "sponsor_viewer"}),
    ("setup", "Set-up", "a", {"administrator"}),
)
"""URL name, label, key after `g`, and the roles that see it.

The first six that somebody sees stand in the bar, on a narrow one and on a phone the first four.
"""
AREAS: tuple[tuple[str, str], ...] = (
    ("needs-me/", "needs_me"),
    ("visits/today/", "visits_today"),
    ("close-out/", "close_out"),
    ("messages/", "messages"),
    ("queue/", "queue"),
    ("leads/", "queue"),
    ("recovery/", "recovery"),
    ("handoffs/", "handoffs"),
    ("reviews/", "review_tray"),
    ("weekly/", "weekly_reviews"),
    ("intake/", "intake"),
    ("boards/records/", "records_board"),
    ("boards/scheduling/", "scheduling_board"),
    ("visits/", "capacity_list"),
    ("team/", "team"),
    ("blockers/", "blockers"),
    ("escalations/", "escalations"),
    ("import/", "lead_import"),
    ("reports/", "reports"),
    ("setup/", "setup"),
)
"""How the addresses of an area begin, and the URL name of its first page."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for base.html. Two statements for somebody signed in, one for anybody else.

    On staff's own profile also her leave: accounts knows nothing of it.
    """
    values: dict[str, Any] = {
        "demo_data": bool(_demo_site()),
        "mail_to_folder": settings.MAIL_TO_FOLDER,
    }
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return values
    standing = standing_of(user)
    roles = standing.roles
    waits = {
        "handoffs": (standing.offered, "to answer"),
        "weekly_reviews": (standing.agreed, "agreed to do"),
    }
    here, area = _whereabouts(request)
    nav_items = [
        {
            "url": address(name),
            "label": label,
            "key": key,
            "current": "page" if here == name else "true" if area == name else "",
            "count": waits.get(name, (0, ""))[0],
            "count_of": waits.get(name, (0, ""))[1],
        }
        for name, label, key, seen_by in NAV
        if seen_by & roles
    ]
    if here == "profile" and roles & WORKERS:
        values["leaves"] = standing_leaves([user], now=timezone.now())
    return values | {
        "nav_items": nav_items,
        "can_act": bool(roles & STAFF),
        "find_url": address("find") if roles & STAFF else "",
        "me": user,
        "theme": user.theme,
        "density": user.density,
        "single_keys": user.single_keys,
        "shield_is_up": shield.is_up(),
        "shield_back": request.get_full_path() if request.method == "GET" else "",
    }


@prepared
def _demo_site() -> QuerySet[Site, int]:
    return Site.objects.filter(is_demo=True).order_by().values_list("pk", flat=True)[:1]


def _whereabouts(request: HttpRequest) -> tuple[str, str]:
    """The URL name of the page, and that of the first page of its area; empty outside them."""
    match = request.resolver_match
    if match is None:
        return "", ""
    areas = (area for start, area in AREAS if match.route.startswith(start))
    return match.url_name or "", next(areas, "")
