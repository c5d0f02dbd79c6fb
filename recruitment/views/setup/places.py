"""Sponsors and sites."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from django.db import models
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from recruitment.forms.setup.base import SettingForm
from recruitment.forms.setup.places import SiteForm, SponsorForm
from recruitment.models import Site, Sponsor
from recruitment.services.site_hours import change_site
from recruitment.views.setup.base import Cell, EditPage, ListPage, Row, Tab, me
from recruitment.views.setup.calendar_looks import answer_look, preview_of
from recruitment.views.setup.recalculations import recalculation_of
from trialsnest.lib.words import counted


class SponsorList(ListPage):
    """Who runs studies."""

    title = "Sponsors"
    lede = "Who runs the studies and reads their reports."
    columns = ("Sponsor", "Studies")
    add_name, add_label = "sponsor_add", "Add a sponsor"
    empty = "No sponsors yet"

    def rows(self) -> list[Row]:
        """Every sponsor by name."""
        sponsors = Sponsor.objects.annotate(n=Count("studies"))
        return [
            Row([Cell(s.name, reverse("sponsor_edit", args=[s.pk])), Cell(s.n)]) for s in sponsors
        ]


class SponsorEdit(EditPage):
    """One sponsor."""

    model, form_class = Sponsor, SponsorForm
    noun, list_name, list_label = "sponsor", "sponsor_list", "Sponsors"


class SiteList(ListPage):
    """Clinics of this installation."""

    title = "Sites"
    lede = "Clinics of this installation, with their hours and closed days."
    columns = ("Site", "Code", "Time zone", "Studies", "State")
    add_name, add_label = "site_add", "Add a site"
    empty = "No sites yet"

    def rows(self) -> list[Row]:
        """Every site by name."""
        sites = Site.objects.annotate(n=Count("study_sites"))
        return [
            Row(
                [
                    Cell(site.name, reverse("site_edit", args=[site.pk])),
                    Cell(site.code),
                    Cell(site.time_zone),
                    Cell(counted(site.n, "study", "studies")),
                    Cell("Active") if site.is_active else Cell("Closed", tone="warn"),
                ]
            )
            for site in sites
        ]


def site_tabs(site: models.Model, current: str) -> list[Tab]:
    """The pages about one site."""
    pages = (
        ("site_edit", "Details"),
        ("site_hours", "Opening hours"),
        ("site_days", "Closed days"),
    )
    return [Tab(label, reverse(name, args=[site.pk]), name == current) for name, label in pages]


class SiteEdit(EditPage):
    """One site. A new one goes on to its opening hours."""

    model, form_class = Site, SiteForm
    looked: Mapping[str, Any] = MappingProxyType({})
    noun, list_name, list_label = "site", "site_list", "Sites"

    def tabs(self, row: models.Model) -> list[Tab]:
        """Details, hours, closed days."""
        return site_tabs(row, "site_edit")

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Save; with `look` only show what another time zone would do to due times."""
        if pk is None or "look" not in request.POST:
            return super().post(request, pk)
        site = cast(Site, self.row(pk))
        form = SiteForm(request.POST, instance=self.row(pk))
        self.looked = preview_of(site, lambda: self.write(site, form), at=timezone.now(), form=form)
        if "HX-Request" in request.headers:
            return answer_look(request, site, self.looked)
        return self.page(site, form, status=200 if form.is_valid() else 422)

    def save(self, form: SettingForm) -> models.Model:
        """Through the service that also keeps what the calendar was."""
        if form.instance.pk is None:
            return self.add(form.instance)
        site = cast(Site, form.instance)
        self.write(site, form)
        return site

    def write(self, site: Site, form: SettingForm) -> None:
        """Write what the form says."""
        seen = form.cleaned_data["seen"] or 0
        change_site(site, form.values(), by=me(self.request), at=timezone.now(), seen=seen)

    def more(self, row: models.Model) -> dict[str, Any]:
        """How far the due times are that a change of its clock moves."""
        return {**recalculation_of(cast(Site, row)), "can_look": True, **self.looked}

    def next_url(self, saved: models.Model, *, is_new: bool) -> str:
        """Hours come after details."""
        return reverse("site_hours" if is_new else "site_edit", args=[cast(Site, saved).pk])
