"""The network report: one study over all its sites, from what they issued (MS7, D35)."""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from recruitment.models import Study
from reporting import access
from reporting.figures.network import network
from reporting.figures.snapshot import sha256
from reporting.queries.network import Issued, cut_off_on, cut_offs, day_of, issued_at
from reporting.render import HASH_LETTERS, Paper
from reporting.render_network import network_words
from reporting.services.papers import SIZE_OF, note_read
from reporting.services.snapshots import report_in
from reporting.views.papers import DOWNLOADS, wait
from trialsnest.lib.charts.draw import Mode
from trialsnest.lib.file_names import safe_name
from trialsnest.lib.pdf import RenderFailed, Sheet, identifier_of, pdf_bytes

log = logging.getLogger("trialsnest.reports")
CRUMB = "Reports"


@require_safe
def network_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of all sites for the newest cut-off of which a report is issued."""
    return _page(request, pk, "")


@require_safe
def network_report_of(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """The same for the cut-off of a day, written as 2026-11-16."""
    return _page(request, pk, day)


def _page(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """The page. That it was read goes on record for each report in it (LR2)."""
    user = cast(User, request.user)
    study = access.get_read_study(user, pk)
    known = cut_offs(study)
    context: dict[str, Any] = {"study": study, "crumbs": [(CRUMB, reverse("reports"))]}
    if not known and not day:
        return render(request, "reporting/network/none.html", context)
    found = _found(study, day) if day else issued_at(study, known[0])
    if request.method == "GET":
        _note(found, user, None)
    shown = day_of(found.cut_off, study)
    days = [day_of(cut_off, study) for cut_off in known]
    keys = {report.site.sponsor_label: report.pk for report in found.reports if report.site}
    context |= _words(found, charts="web", keys=keys) | {
        "day": shown,
        "days": [one for one in days if one != shown],
    }
    return render(request, "reporting/network/page.html", context)


@require_safe
def network_report_paper(request: HttpRequest, pk: int, day: str, size: str) -> HttpResponse:
    """The same as a PDF. It is made from frozen reports when asked for, and kept nowhere."""
    user = cast(User, request.user)
    study = access.get_read_study(user, pk)
    if size not in SIZE_OF:
        raise Http404
    found, page = _found(study, day), reverse("network_report_of", args=[pk, day])
    if request.method == "GET" and not DOWNLOADS.allows(user.pk):
        return wait(request, page)
    words = _words(found, charts="pdf")
    html = render_to_string("reporting/network/document.html", words | {"paper": size})
    try:
        made = pdf_bytes(html, identifier=identifier_of(words["hash"], size), sheet=Sheet.REPORT)
    except RenderFailed as problem:
        log.warning("network report", extra={"study": pk, "problem": str(problem)})
        messages.warning(request, f"{problem} Print this page instead.")
        return redirect(page)
    if request.method == "GET":
        _note(found, user, SIZE_OF[size])
    response = HttpResponse(made, content_type="application/pdf")
    name = safe_name(f"{study.code} all sites {day}", "pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(study: Study, day: str) -> Issued:
    """What was issued for the cut-off of that day; Http404 for none."""
    try:
        cut_off = cut_off_on(study, date.fromisoformat(day))
    except (ValueError, OverflowError) as problem:
        raise Http404 from problem
    if cut_off is None:
        raise Http404
    return issued_at(study, cut_off)


def _words(found: Issued, *, charts: Mode, keys: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The network report in words. `hash` is that of the hashes of all snapshots in it."""
    figures = network((report_in(report) for report in found.reports), missing=found.missing)
    hashes = sorted(report.snapshot_sha256 for report in found.reports)
    return network_words(figures, charts=charts, keys=keys) | {
        "hash": sha256("".join(hashes))[:HASH_LETTERS],
        "hashes": [
            (report.site.sponsor_label, report.snapshot_sha256[:HASH_LETTERS])
            for report in found.reports
            if report.site
        ],
    }


def _note(found: Issued, user: User, size: Paper | None) -> None:
    for report in found.reports:
        note_read(report, by=user, at=timezone.now(), size=size)
