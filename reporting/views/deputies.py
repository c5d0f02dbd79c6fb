"""The deputies of a site's leads: named for a time, and ended (D35)."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from recruitment.rules.refusals import Refusal
from recruitment.services.deputies import end_deputy
from recruitment.views.setup.base import refuse
from reporting import access
from reporting.forms import DeputyForm
from reporting.queries.deputies import deputies_by_site, may_be_deputies
from trialsnest.lib.zones import local_time

LEDE = (
    "A deputy reads the drafts of the site, writes the sentence and issues, with the password asked"
    " once more. Nothing else of a site lead\u2019s rights comes with it."
)
TITLE = "Deputies for reports"


@require_safe
def report_deputies(request: HttpRequest) -> HttpResponse:
    """Who approves reports beside the leads, site by site, and who did."""
    at = timezone.now()
    sites = access.led_sites(cast(User, request.user))
    context = {
        "title": TITLE,
        "lede": LEDE,
        "crumbs": [("Reports", reverse("reports"))],
        "sites": deputies_by_site(sites, at=at),
    }
    return render(request, "reporting/deputies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report_deputy_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Who, from which day, and until which."""
    user, at = cast(User, request.user), timezone.now()
    site = access.get_led_site(user, pk)
    form = DeputyForm(
        request.POST if request.method == "POST" else None,
        site=site,
        people=may_be_deputies(site),
        initial={"first_on": local_time(at, site.time_zone).date()},
    )
    if form.is_valid():
        try:
            named = form.run(by=user, at=at)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{named.user.name} is a deputy for reports of {site}.")
            return redirect("report_deputies")
    context = {
        "title": "Name a deputy",
        "lede": f"{site}. Drafts are mailed to her too, as long as she is one.",
        "crumbs": [("Reports", reverse("reports")), (TITLE, reverse("report_deputies"))],
        "form": form,
        "save_label": "Name the deputy",
        "back_url": reverse("report_deputies"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "layouts/form_page.html", context, status=status)


@require_POST
def report_deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """She approves no more, from now on."""
    user = cast(User, request.user)
    deputy = access.get_deputy(user, pk)
    end_deputy(deputy=deputy, by=user, at=timezone.now())
    messages.success(request, f"{deputy.user.name} is no deputy of {deputy.site} any more.")
    return redirect("report_deputies")
