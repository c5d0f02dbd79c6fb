"""Downloading a PDF, and waiting for one that is being made."""

from datetime import timedelta
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from recruitment.services.jobs import try_again
from reporting import access
from reporting.models import ReportPaper, SponsorReport
from reporting.render import Paper
from reporting.services.papers import SIZE_OF, hand_out, hand_out_figures, paper_of, queue_paper
from trialsnest.lib.file_names import safe_name
from trialsnest.lib.throttle import Throttle
from trialsnest.lib.words import local

LOOK_AGAIN = 3  # seconds
LOOK_LATER = 20  # seconds, while nothing is tried before some minutes
CSV = "text/csv; charset=utf-8"
DOWNLOADS = Throttle(60, 60)  # a person who saves a year of one study takes some fifty at once


@require_safe
def report_figures(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures as CSV, noted as taken. HEAD takes nothing."""
    user = cast(User, request.user)
    report = access.get_report(user, pk)
    if request.method == "HEAD":
        return HttpResponse(content_type=CSV)
    if not DOWNLOADS.allows(user.pk):
        return wait(request, reverse("report", args=[pk]))
    made = hand_out_figures(report, by=user, at=timezone.now())
    response = HttpResponse(made, content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{file_name(report, "csv")}"'
    return response


def wait(request: HttpRequest, back_url: str) -> HttpResponse:
    """The page for who downloads very often."""
    return render(request, "reporting/wait.html", {"back_url": back_url}, status=429)


@require_safe
def report_paper(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """The PDF, noted as taken; or the page that waits for it. HEAD takes and asks for nothing."""
    user, at = cast(User, request.user), timezone.now()
    report, paper_size = access.get_report(user, pk), _size(size)
    if request.method == "HEAD":
        paper = paper_of(report, paper_size)
    elif not DOWNLOADS.allows(user.pk):
        return wait(request, reverse("report", args=[pk]))
    else:
        paper = hand_out(report, paper_size, by=user, at=at)
    if paper is None:
        if request.method != "HEAD":
            queue_paper(report, paper_size, at=at)
        return redirect("report_paper_making", pk, size)
    response = HttpResponse(bytes(paper.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(report)}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def report_paper_making(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """Being made, to be tried again, ready, or given up; a POST asks for five more tries.

    The page looks again by a header, so it works without a script.
    """
    user, at = cast(User, request.user), timezone.now()
    report, paper_size = access.get_report(user, pk), _size(size)
    url = reverse("report_paper", args=[pk, size])
    is_ready = ReportPaper.objects.filter(report=report, size=size).exists()
    is_asked = not is_ready and request.method != "HEAD"
    job = queue_paper(report, paper_size, at=at) if is_asked else None
    if request.method == "POST" and job is not None:
        try_again(job, at=at)
        return HttpResponseRedirect(request.path)
    has_failed = job is not None and job.state == "failed"
    next_try = job.due_at if job is not None and job.error and job.due_at > at else None
    context = {
        "row": report,
        "size": size,
        "url": url,
        "is_ready": is_ready,
        "has_failed": has_failed,
        "next_try": next_try,
        "zone": user.time_zone,
    }
    response = render(request, "reporting/paper_making.html", context)
    if is_ready:
        response["Refresh"] = f"1; url={url}"
    elif not has_failed:
        response["Refresh"] = str(LOOK_LATER if next_try else LOOK_AGAIN)
    return response


def _size(size: str) -> Paper:
    """The paper size of an address; Http404 for one we do not make."""
    if size not in SIZE_OF:
        raise Http404
    return SIZE_OF[size]


def file_name(report: SponsorReport, ending: str = "pdf") -> str:
    """Study, site label and period, and nothing else (F5)."""
    zone = report.study.report_zone
    first = local(report.period_start, zone)
    last = local(report.cut_off - timedelta(microseconds=1), zone)
    label = report.site.sponsor_label if report.site else "all sites"
    words = f"{report.study.code} {label} {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return safe_name(words, ending)
