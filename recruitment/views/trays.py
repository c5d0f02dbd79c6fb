"""The study team's tray and the intake tray: what came in and waits for a decision (S3, S7)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from recruitment import access
from recruitment.forms.drafts import put_back_one
from recruitment.forms.review_tray import TrayDecideForm
from recruitment.models import Draft, Lead, Review
from recruitment.queries.intake_tray import BASIS, MOST_LOOKED, TWINS, UNOWNED, IntakeTray
from recruitment.queries.messages import intake_messages
from recruitment.queries.review_tray import PAGE as REVIEWS
from recruitment.queries.review_tray import last_decided, open_reviews, tray_rows
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import LeadChanged
from recruitment.views.boards import ask_of, cut_of, filters_of, pages_of
from recruitment.views.lead_answers import done_with, me, went_through


@require_safe
def review_tray(request: HttpRequest) -> HttpResponse:
    """Reviews that wait for the study team, the longest waiting first."""
    access.require_staff(me(request))
    now, ask = timezone.now(), ask_of(request)
    reviews = open_reviews(list(access.study_sites(me(request))))
    total, first = reviews.count(), (ask.page - 1) * REVIEWS
    rows = tray_rows(reviews[first : first + REVIEWS], now=now)
    context = {
        "title": "Study-team review",
        "now": now,
        "rows": rows,
        "total": total,
        **pages_of(ask, total, reverse("review_tray"), most=REVIEWS),
    }
    return render(request, "recruitment/boards/reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review_decide(request: HttpRequest, number: str) -> HttpResponse:
    """One review with its facts, and the decision; afterwards back to the tray."""
    lead, at = access.get_lead_for(me(request), number, TrayDecideForm.perms), timezone.now()
    if request.method != "POST":
        if not Review.objects.filter(lead=lead, decision="").exists():
            messages.warning(request, "This review is decided already.")
            return redirect("review_tray")
        form = TrayDecideForm(lead=lead, at=at)
        form.name_reader(me(request))
        put_back_one(form, Draft.objects.filter(user=me(request), lead=lead), reader=me(request))
        return _review_page(request, lead, form, at=at)
    form = TrayDecideForm(request.POST, lead=lead, at=at)
    try:
        if not went_through(form, by=me(request), at=at):
            return _review_page(request, lead, form, at=at, status=422)
    except LeadChanged as refusal:
        form.lead = access.get_lead(me(request), number)
        form.renew(form.lead.version)
        return _review_page(request, form.lead, form, at=at, status=409, conflict=str(refusal))
    done_with(request, lead, form)
    messages.success(request, f"Decision on {number} recorded.")
    return redirect("review_tray")


def _review_page(
    request: HttpRequest,
    lead: Lead,
    form: TrayDecideForm,
    *,
    at: datetime,
    status: int = 200,
    conflict: str = "",
) -> HttpResponse:
    waiting = open_reviews(list(access.study_sites(me(request))))
    rows = tray_rows(waiting.filter(lead=lead), now=at)
    context = {
        "title": f"Review of {lead.number}",
        "crumbs": [("Study-team review", reverse("review_tray"))],
        "lead": lead,
        "form": form,
        "now": at,
        "rows": rows,
        "decided": None if rows else last_decided(lead),
        "left": waiting.count(),
        "conflict": conflict,
        "back_url": reverse("review_tray"),
    }
    return render(request, "recruitment/boards/review.html", context, status=status)


@require_safe
def intake(request: HttpRequest) -> HttpResponse:
    """New leads that nobody owns, what is on hold, what may be double, messages without a lead.

    With `list` in the address one list alone, by pages.
    """
    user, now = me(request), timezone.now()
    places = access.working_places(user)
    ask = replace(ask_of(request, (UNOWNED, TWINS, BASIS)), owner="")
    tray = IntakeTray(user, places, now, ask)
    totals = tray.totals()
    context: dict[str, Any] = {
        "title": "Intake",
        "now": now,
        **filters_of(ask, places, "intake"),
        "totals": totals,
        **_lists(tray, user),
        "not_a_lead": CloseCode.SRC_SPAM,
        "duplicate": CloseCode.SRC_DUPLICATE,
        **pages_of(ask, totals[ask.shows or UNOWNED], reverse("intake")),
    }
    context |= {
        f"{name}_cut": cut_of(ask, name, len(context[name]), totals[name], "intake")
        for name in (TWINS, BASIS)
    }
    return render(request, "recruitment/boards/intake.html", context)


def _lists(tray: IntakeTray, user: User) -> dict[str, Any]:
    """The rows of each list; what is not asked for is left out."""
    ask = tray.ask
    sites = {row.site_id for row in tray.places if ask.study in {0, row.study_id}}
    led = set(access.study_sites(user, "lead_site").values_list("pk", flat=True))
    return {
        "rows": [
            {"lead": lead, "may_assign": lead.study_site_id in led} for lead in tray.unowned_rows()
        ],
        TWINS: tray.twins(),
        "is_cut": tray.is_cut(),
        "most_looked": MOST_LOOKED,
        BASIS: tray.without_basis(),
        "holds": [] if ask.shows else tray.holds(),
        "messages_left": [] if ask.shows else intake_messages(user, sites=sites),
    }
