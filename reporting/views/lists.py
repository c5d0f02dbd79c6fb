"""The list of reports: drafts to issue, issued ones, and when the first is due."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from recruitment.models import StudySite
from reporting import access
from reporting.queries.jobs import failed_drafts
from reporting.queries.lists import PAGE, listed, without_report
from reporting.services.periods import first_cut_off, report_time_of


@dataclass(frozen=True)
class Awaited:
    """A study at a site without a report to see, and the boundary that brings one (UTC)."""

    study: str
    site_label: str
    cut_off: datetime | None
    zone: str
    is_with_the_site: bool


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What whoever is signed in may read or issue, newest first."""
    user = cast(User, request.user)
    access.require_reader(user)
    found, mine = access.reports(user), access.study_sites(user)
    start = _start(request)
    drafts, _ = listed(found.filter(state="draft")) if not start else ([], False)
    rows, has_more = listed(found.exclude(state="draft"), start=start)
    at, url = timezone.now(), reverse("reports")
    context = {
        "drafts": drafts,
        "rows": rows,
        "awaited": [_awaited(study_site, at) for study_site in without_report(mine, found)],
        "studies": [study for study in access.read_studies(user) if not start],
        "leads": access.leads_a_site(user),
        "failed": failed_drafts(access.study_sites_to_issue(user)),
        "shown": f"{start + 1:,} to {start + len(rows):,}",
        "newer_url": f"{url}?from={max(start - PAGE, 0)}" if start else "",
        "older_url": f"{url}?from={start + PAGE}" if has_more else "",
    }
    return render(request, "reporting/reports.html", context)


def _start(request: HttpRequest) -> int:
    """The row to start from; anything odd is the beginning."""
    asked = request.GET.get("from", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0


def _awaited(study_site: StudySite, at: datetime) -> Awaited:
    first = first_cut_off(study_site)
    is_with_the_site = first is not None and first <= at
    if is_with_the_site:
        first = report_time_of(study_site.study).last_boundary(at)
    study, site = study_site.study, study_site.site
    return Awaited(study.code, site.sponsor_label, first, study.report_zone, is_with_the_site)
