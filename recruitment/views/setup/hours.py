"""A site's opening hours, holidays and closures, with a look before they are saved."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.places import ClosureForm, HolidayForm, HoursForm
from recruitment.models import Closure, Holiday, Site
from recruitment.queries import settings as settings_queries
from recruitment.rules.refusals import Refusal
from recruitment.rules.target_words import PROMISES_NOTHING
from recruitment.services import site_hours
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.calendar_looks import answer_look, preview_of
from recruitment.views.setup.places import site_tabs
from recruitment.views.setup.recalculations import recalculation_of
from trialsnest.lib.words import counted
from trialsnest.lib.zones import local_time

FORMS: Mapping[str, type[HolidayForm | ClosureForm]] = {
    "holiday": HolidayForm,
    "closure": ClosureForm,
}


class SitePage(SetupView):
    """A page about one site."""

    tab = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Remember when the request came."""
        super().setup(request, *args, **kwargs)
        self.at: datetime = timezone.now()

    def site(self, pk: int) -> Site:
        """The site of the address."""
        return access.get_setting(me(self.request), Site, pk)

    def context(self, site: Site) -> dict[str, Any]:
        """What both pages show."""
        return {
            "site": site,
            "title": site.name,
            "lede": PROMISES_NOTHING,
            "crumbs": [("Set-up", reverse("setup")), ("Sites", reverse("site_list"))],
            "tabs": site_tabs(site, self.tab),
            "history": settings_queries.history(site),
            "zone": me(self.request).time_zone,
            **recalculation_of(site),
        }


class SiteHours(SitePage):
    """Opening hours, all week at once."""

    tab = "site_hours"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The hours as they are; the usual ones before any are saved."""
        site = self.site(pk)
        return self.page(site, HoursForm(hours=site.opening_intervals.all()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Replace the hours; with `look` only show what that would do."""
        site = self.site(pk)
        form = HoursForm(request.POST, hours=site.opening_intervals.all())
        if "look" in request.POST:
            preview = preview_of(site, lambda: self.write(site, form), at=self.at, form=form)
            if "HX-Request" in request.headers:
                return answer_look(request, site, preview)
            return self.page(site, form, status=200 if form.is_valid() else 422, **preview)
        if form.is_valid():
            try:
                self.write(site, form)
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "The opening hours are saved.")
                return redirect("site_hours", pk=pk)
        return self.page(site, form, status=422)

    def write(self, site: Site, form: HoursForm) -> None:
        """Write what the form says."""
        intervals = form.cleaned_data["intervals"]
        site_hours.set_opening_hours(site, intervals, by=me(self.request), at=self.at)

    def page(
        self, site: Site, form: HoursForm, *, status: int = 200, **preview: Any
    ) -> HttpResponse:
        """The form's page."""
        context = self.context(site) | {"is_new": not site.opening_intervals.exists()} | preview
        context["form"] = form
        return render(self.request, "recruitment/setup/site_hours.html", context, status=status)


class SiteDays(SitePage):
    """Holidays and closures, with a form to add each."""

    tab = "site_days"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is closed from this year on."""
        return self.page(self.site(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add what `add` names: holiday, closure, or the public holidays of a year; 400 if none."""
        site, add = self.site(pk), request.POST.get("add", "")
        if add == "public":
            return self.look_at_public(site) if "look" in request.POST else self.add_public(site)
        if add not in FORMS:
            raise BadRequest("no such kind of closed day")
        if "look" in request.POST:
            return self.look(site, add)
        form = FORMS[add](request.POST, auto_id=f"{add}_%s")
        if form.is_valid():
            try:
                self.write(site, add, form)
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "The closed days are saved.")
                return redirect("site_days", pk=pk)
        return self.page(site, status=422, **{f"{add}_form": form})

    def look(self, site: Site, add: str) -> HttpResponse:
        """What closing the site on these days would do."""
        form = FORMS[add](self.request.POST, auto_id=f"{add}_%s")
        preview = preview_of(site, lambda: self.write(site, add, form), at=self.at, form=form)
        if "HX-Request" in self.request.headers:
            return answer_look(self.request, site, preview)
        preview[f"{add}_form"] = form
        return self.page(site, status=200 if form.is_valid() else 422, **preview)

    def look_at_public(self, site: Site) -> HttpResponse:
        """What the public holidays would do."""
        return self.page(site, **preview_of(site, lambda: self.write_public(site), at=self.at))

    def write(self, site: Site, add: str, form: forms.Form) -> None:
        """Write what the form says."""
        write = site_hours.add_holiday if add == "holiday" else site_hours.add_closure
        write(site, **form.cleaned_data, by=me(self.request), at=self.at)

    def add_public(self, site: Site) -> HttpResponse:
        """Add the public holidays of this year and the next."""
        try:
            added = self.write_public(site)
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
        else:
            told = f"{counted(added, 'public holiday')} added." if added else "All were there."
            messages.success(self.request, told)
        return redirect("site_days", pk=site.pk)

    def write_public(self, site: Site) -> int:
        """Write those of both years; how many were new."""
        return sum(
            site_hours.add_public_holidays(site, year=year, by=me(self.request), at=self.at)
            for year in self.years(site)
        )

    def remove(self, site: Site, change: Callable[[], None], said: str) -> HttpResponse:
        """Do `change` and say so; with `look` in what was sent, only show what it would do."""
        if "look" in self.request.POST:
            return self.page(site, **preview_of(site, change, at=self.at))
        change()
        messages.success(self.request, said)
        return redirect("site_days", pk=site.pk)

    def years(self, site: Site) -> tuple[int, int]:
        """This year and the next at the site."""
        this = local_time(self.at, site.time_zone).year
        return this, this + 1

    def page(self, site: Site, *, status: int = 200, **given: Any) -> HttpResponse:
        """The lists and the forms; `given` holds forms that were sent, and a look."""
        years = self.years(site)
        context = (
            self.context(site)
            | given
            | {
                "holidays": site.holidays.filter(on__year__gte=years[0]),
                "closures": site.closures.filter(last_on__year__gte=years[0]),
                "years": years,
                "holiday_form": given.get("holiday_form") or HolidayForm(auto_id="holiday_%s"),
                "closure_form": given.get("closure_form") or ClosureForm(auto_id="closure_%s"),
            }
        )
        return render(self.request, "recruitment/setup/site_days.html", context, status=status)


class HolidayRemove(SiteDays):
    """Work on a holiday after all; with `look` only show what that would do."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it."""
        holiday = access.get_setting(me(request), Holiday, pk)

        def remove() -> None:
            site_hours.remove_holiday(holiday, by=me(request), at=self.at)

        return self.remove(holiday.site, remove, "The day is a working day again.")


class ClosureRemove(SiteDays):
    """Open again on the days of a closure; with `look` only show what that would do."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it."""
        closure = access.get_setting(me(request), Closure, pk)

        def remove() -> None:
            site_hours.remove_closure(closure, by=me(request), at=self.at)

        return self.remove(closure.site, remove, "The days are working days again.")
