"""Where somebody lands: the page her role works from, and what needs a site lead, put together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from recruitment.queries.roles import roles_of
from recruitment.views.needs_me import Need, led_places, needs, workload
from reporting import access as reports
from reporting.queries.jobs import failed_drafts
from trialsnest.lib.words import day, local

LANDING = (
    ({"site_lead"}, "needs_me"),
    ({"coordinator", "reviewer"}, "queue"),
    ({"administrator"}, "setup"),
    ({"sponsor_viewer"}, "reports"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to her own page; somebody without a role is told whom to ask."""
    assert isinstance(request.user, User)  # noqa: S101  (the login middleware saw to it)
    roles = roles_of(request.user)
    for wanted, name in LANDING:
        if wanted & roles:
            return redirect(name)
    return render(request, "accounts/no_role.html")


@require_safe
def needs_me(request: HttpRequest) -> HttpResponse:
    """What a site lead has to see to, each with its count, and what her people have in hand (O6).

    Reports stand above recruitment, so that the two meet here.
    """
    assert isinstance(request.user, User)  # noqa: S101  (the login middleware saw to it)
    user, now = request.user, timezone.now()
    places = led_places(user)
    found = [*needs(user, places, now=now), *_reports(user)]
    context = {
        "title": "Needs me",
        "today": day(local(now, user.time_zone)),
        "now": now,
        "needs": [need for need in found if need.count],
        "clear": [need for need in found if not need.count],
        **workload(places, now=now),
    }
    return render(request, "recruitment/days/needs_me.html", context)


def _reports(user: User) -> list[Need]:
    """Drafts that wait for whoever answers for them (D35), and those that could not be made."""
    url = reverse("reports")
    drafts = reports.reports(user).filter(state="draft").count()
    failed = failed_drafts(reports.study_sites_to_issue(user))
    return [
        Need("reports", "Reports to issue", "Read, check and issue.", drafts, f"{url}#to-issue"),
        Need("failed", "Reports not drafted", "They could not be made.", len(failed), url),
    ]
