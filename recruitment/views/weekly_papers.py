"""Papers of a weekly review: the pack of its agenda, its minutes, and both as a PDF (W9, W12).

A PDF is made when it is asked for and kept nowhere, so no copy with names lies in the database.
"""

import logging
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.models import WeeklyReview
from recruitment.queries.weekly_paper import Paper, paper_of
from recruitment.services.weekly_papers import note_copy
from recruitment.views.setup.base import me
from trialsnest.lib.file_names import safe_name
from trialsnest.lib.pdf import RenderFailed, Sheet, identifier_of, pdf_bytes
from trialsnest.lib.shield import is_up
from trialsnest.lib.words import day

log = logging.getLogger("trialsnest.weekly_papers")
SITE_ONLY = "Site use only: contains names of patients. Do not send outside the site."
NUMBERS_ONLY = "Lead numbers, no names"
DRAFT = "Draft, review in progress"
SIZES = {"a4": "A4", "letter": "Letter"}


@require_safe
def weekly_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole review as it is printed: numbers, or with `?names=yes` a site-only copy (W12).

    While the shield is up there are numbers only, whatever is asked for (D34).
    """
    review, now = access.get_weekly_review(me(request), pk), timezone.now()
    is_asked = _is_asked(request)
    has_names = is_asked and not is_up()
    if has_names:
        _note(request, review, "page", now)
    query = "?names=yes" if has_names else ""
    context = _context(request, review, has_names=has_names, now=now) | {
        "is_hidden": is_up(),
        "pdfs": [
            (f"PDF, {label}", reverse("weekly_pack_pdf", args=[pk, size]) + query)
            for size, label in SIZES.items()
        ],
        "crumbs": [
            ("Weekly review", reverse("weekly_reviews")),
            (f"Week of {day(review.monday)}", reverse("weekly_review", args=[pk])),
        ],
    }
    return render(request, "recruitment/weekly/pack.html", context)


@require_safe
def weekly_pack_pdf(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """The same as a PDF, a second's work. With the shield up no copy with names is made."""
    review, now = access.get_weekly_review(me(request), pk), timezone.now()
    if size not in SIZES:
        raise Http404
    has_names = _is_asked(request)
    if has_names and is_up():
        messages.warning(request, "The shield is on, so no copy with names was made.")
        return redirect("weekly_pack", pk)
    context = _context(request, review, has_names=has_names, now=now)
    html = render_to_string("recruitment/weekly/paper/document.html", context | {"size": size})
    try:
        made = pdf_bytes(html, identifier=identifier_of(html, size), sheet=Sheet.REVIEW)
    except RenderFailed as problem:
        log.warning("weekly paper", extra={"review": pk, "problem": str(problem)})
        messages.warning(request, f"{problem} Print this page instead.")
        return redirect("weekly_pack", pk)
    if has_names:
        _note(request, review, size, now)
    response = HttpResponse(made, content_type="application/pdf")
    name = file_name(review, context["paper"])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _is_asked(request: HttpRequest) -> bool:
    """Whether a copy with names is asked for."""
    return request.GET.get("names") == "yes"


def _note(request: HttpRequest, review: WeeklyReview, size: str, at: datetime) -> None:
    if request.method != "HEAD":
        note_copy(review=review, size=size, by=me(request), at=at)


def _context(
    request: HttpRequest, review: WeeklyReview, *, has_names: bool, now: datetime
) -> dict[str, Any]:
    paper = paper_of(review, names_for=me(request) if has_names else None)
    head = f"{review.site.name}, week of {day(review.monday)}"
    context: dict[str, Any] = {
        "paper": paper,
        "review": review,
        "zone": review.site.time_zone,
        "head": head,
        "title": f"Weekly review, {'agenda' if paper.is_draft else 'minutes'}: {head}",
        "running": f"{DRAFT}. {NUMBERS_ONLY}" if paper.is_draft else NUMBERS_ONLY,
        "site_only": SITE_ONLY,
    }
    if has_names:
        context |= {
            "running": DRAFT if paper.is_draft else "",
            "made_for": me(request).name,
        }
    if has_names or paper.is_draft:  # minutes with numbers only are the same whenever they are made
        context["made_at"] = now
    return context


def file_name(review: WeeklyReview, paper: Paper) -> str:
    """Site code and week, and what it must not be mistaken for; nobody's name (F5, PR4)."""
    words = f"weekly review {review.site.code} {review.monday:%Y-%m-%d}"
    words += " draft" if paper.is_draft else ""
    words += " site use only" if paper.has_names else ""
    return safe_name(words, "pdf")
