"""How far the due times of a site are counted anew after its calendar changed (CK5)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.models import Site
from recruitment.models.recalculations import latest_recalculation
from recruitment.services.recalculation import go_on, stopped
from recruitment.views.setup.base import SetupView, me

LOOKS_AGAIN = "3"  # seconds, where the page has to ask by itself


def recalculation_of(site: Site) -> dict[str, Any]:
    """What the section about the last change of the site's calendar needs."""
    row = latest_recalculation(site)
    return {"site": site, "counted": row, "has_stopped": row is not None and stopped(row)}


class SiteRecalculation(SetupView):
    """The section alone, for a page that asks again, or as a page of its own."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far it is."""
        site = access.get_setting(me(request), Site, pk)
        context = recalculation_of(site) | {"zone": me(request).time_zone}
        if "HX-Request" in request.headers:
            return render(request, "recruitment/setup/_recalculation.html", context)
        context |= {
            "title": f"Due times at {site.name}",
            "crumbs": [
                ("Sites", reverse("site_list")),
                (site.name, reverse("site_hours", args=[pk])),
            ],
        }
        answer = render(request, "recruitment/setup/recalculation.html", context)
        row = context["counted"]
        if row is not None and row.ended_at is None and not context["has_stopped"]:
            answer["Refresh"] = LOOKS_AGAIN
        return answer

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try again where it came to a stop."""
        row = latest_recalculation(access.get_setting(me(request), Site, pk))
        if row is not None:
            go_on(row, at=timezone.now())
        return redirect("site_recalculation", pk=pk)
