"""Issuing several drafts in one go, each looked through first and told of by itself (D35)."""

from dataclasses import dataclass
from typing import cast

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from recruitment.rules.refusals import Refusal
from reporting import access
from reporting.figures.brief import Brief, brief
from reporting.figures.report import Report
from reporting.models import SponsorReport
from reporting.render import dates, title
from reporting.services.issuing import issue_report
from reporting.services.snapshots import report_in

MOST = 50  # drafts on the page


@dataclass(frozen=True)
class Preview:
    """A draft in short. `value` names it with the hash of what this page shows."""

    row: SponsorReport
    report: Report
    title: str
    as_of: str
    brief: Brief
    value: str


@dataclass(frozen=True)
class Outcome:
    """What came of one ticked draft: issued, or why not. `pk` is None for one that is gone."""

    pk: int | None
    title: str
    problem: str


@require_http_methods(["GET", "HEAD", "POST"])
def reports_issue(request: HttpRequest) -> HttpResponse:
    """The drafts in short with a tick each; then what came of each that was ticked."""
    access.require_issuer(cast(User, request.user))
    return _issue(request) if request.method == "POST" else _page(request)


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is untyped
def _issue(request: HttpRequest) -> HttpResponse:
    """Issue what was ticked, oldest first, each on its own: one that is refused holds no other."""
    user = cast(User, request.user)
    asked = dict(value.partition(":")[::2] for value in request.POST.getlist("report")[:MOST])
    drafts = {str(row.pk): row for row in _drafts(user)}
    found = [(drafts[key], seen) for key, seen in asked.items() if key in drafts]
    outcomes = [
        _outcome(row, seen, user) for row, seen in sorted(found, key=lambda f: f[0].cut_off)
    ]
    gone = len(asked) - len(found)
    outcomes += [Outcome(None, "A draft", "It is there no more.")] * gone
    return _page(request, outcomes, "" if outcomes else "Tick the reports to issue.")


def _outcome(row: SponsorReport, seen: str, user: User) -> Outcome:
    said = title(report_in(row))
    try:
        issue_report(report=row, by=user, at=timezone.now(), note=row.narrative, seen=seen)
    except Refusal as refusal:
        return Outcome(row.pk, said, str(refusal))
    return Outcome(row.pk, said, "")


def _drafts(user: User) -> list[SponsorReport]:
    found = access.reports_to_issue(user).select_related("study", "site")
    return list(found.order_by("cut_off", "study__code", "pk")[:MOST])


def _page(
    request: HttpRequest, outcomes: list[Outcome] | None = None, problem: str = ""
) -> HttpResponse:
    context = {
        "crumbs": [("Reports", reverse("reports"))],
        "previews": [_preview(row) for row in _drafts(cast(User, request.user))],
        "outcomes": outcomes or [],
        "problem": problem,
    }
    return render(request, "reporting/batch.html", context, status=422 if problem else 200)


def _preview(row: SponsorReport) -> Preview:
    report = report_in(row)
    value = f"{row.pk}:{row.snapshot_sha256}"
    return Preview(row, report, title(report), dates(report).as_of, brief(report), value)
