"""What the frame of every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from recruitment.models import Site
from recruitment.queries.roles import roles_of

STAFF = {"coordinator", "site_lead", "reviewer"}
NAV: tuple[tuple[str, str, str, set[str]], ...] = (
    ("queue", "Queue", "q", STAFF),
    ("lead_import", "Import", "i", {"coordinator", "site_lead"}),
    ("reports", "Reports", "p", {"site_lead", "sponsor_viewer"}),
    ("setup", "Set-up", "a", {"administrator"}),
)
"""URL name, label, key after `g`, and the roles that see it."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for base.html. Two statements for somebody signed in, one for anybody else."""
    values: dict[str, Any] = {
        "demo_data": Site.objects.filter(is_demo=True).exists(),
        "mail_to_folder": settings.MAIL_TO_FOLDER,
    }
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return values
    roles = roles_of(user)
    match = request.resolver_match
    here = (match.url_name or "") if match else ""
    nav_items = [
        {"url": reverse(name), "label": label, "key": key, "current": here == name}
        for name, label, key, seen_by in NAV
        if seen_by & roles
    ]
    return values | {
        "nav_items": nav_items,
        "me": user,
        "theme": user.theme,
        "density": user.density,
        "single_keys": user.single_keys,
    }
