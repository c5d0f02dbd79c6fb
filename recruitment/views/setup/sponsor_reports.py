"""What the sponsor reports of a study at a site tell, which its leads choose (D39)."""

from typing import Any, cast

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views import View

from recruitment import access
from recruitment.forms.setup.sponsor_reports import SponsorReportsForm
from recruitment.models import StudySite
from recruitment.views.setup.base import Crumbs, EditPage, Tab, me
from recruitment.views.setup.studies import study_site_tabs


class StudySiteReports(EditPage):
    """The choice, for leads of the site and for administrators."""

    model, form_class = StudySite, SponsorReportsForm
    noun, list_name, list_label = "choice", "study_site_list", "Studies at sites"
    lede = (
        "A draft shows the choice after Count again, a later one from the start. Issued reports"
        " stay as they are."
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 to who does not work there, 403 to who does not lead it."""
        access.get_led_place(me(request), kwargs["pk"])
        return View.dispatch(self, request, *args, **kwargs)

    def row(self, pk: int | None) -> models.Model:
        """The study at the site."""
        return access.get_led_place(me(self.request), cast(int, pk))

    def next_url(self, saved: models.Model, *, is_new: bool) -> str:
        """Back to the same page, which tells who changed it."""
        return reverse("study_site_reports", args=[saved.pk])

    def tabs(self, row: models.Model) -> list[Tab]:
        """The other pages, which an administrator alone may open."""
        if not me(self.request).has_perm(access.ADMINISTER):
            return []
        return study_site_tabs(row.pk, "study_site_reports")

    def crumbs(self, row: models.Model) -> Crumbs:
        """Back to the reports for who leads the site, to the set-up for who administers."""
        if me(self.request).has_perm(access.ADMINISTER):
            return super().crumbs(row)
        return [("Reports", reverse("reports"))]

    def named(self, row: models.Model) -> str:
        """What the page is about."""
        return f"Sponsor reports, {row}"
