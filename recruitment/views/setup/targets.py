"""The targets of a study, or of one site of it: set as the next version, after a look (5.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.targets import TargetsForm
from recruitment.models import Site, Study, StudySite
from recruitment.queries import settings as settings_queries
from recruitment.queries import target_settings as queries
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.target_words import PROMISES_NOTHING
from recruitment.services.calendars import calendar_of
from recruitment.services.settings import SettingMoved
from recruitment.services.target_settings import set_targets, versions_of
from recruitment.views.setup.base import SetupView, Tab, me, refuse
from recruitment.views.setup.studies import study_site_tabs
from recruitment.views.setup.study_tabs import study_tabs
from trialsnest.lib import words
from trialsnest.lib.words import counted
from trialsnest.lib.zones import local_time


@dataclass(frozen=True)
class Scope:
    """Whose targets: a study's, or those of one site of it. Days begin on the clock of `zone`."""

    study: Study
    place: StudySite | None
    zone: str
    name: str

    @property
    def row(self) -> models.Model:
        """The row under which changes are kept."""
        return self.place or self.study

    @property
    def example(self) -> tuple[BusinessCalendar, str]:
        """The working time that a look counts on, and where that is."""
        site = self.place.site if self.place else _first_site(self.study)
        if site is None:
            return BusinessCalendar(self.zone), "a site open Monday to Friday, 09:00 to 17:00"
        return calendar_of(site), site.name


def _first_site(study: Study) -> Site | None:
    return Site.objects.filter(study_sites__study=study).order_by("name").first()


class TargetPage(SetupView):
    """All seventeen targets in one table."""

    url_name = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Remember when the request came."""
        super().setup(request, *args, **kwargs)
        self.at: datetime = timezone.now()

    def scope(self, pk: int) -> Scope:
        """Whose targets the address names."""
        raise NotImplementedError

    def tabs(self, scope: Scope) -> list[Tab]:
        """Other pages about the same thing."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The targets as they stand."""
        scope = self.scope(pk)
        return self.page(scope, self.form(scope))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set what differs; with `look` only show what that would do."""
        scope = self.scope(pk)
        form = self.form(scope, request.POST)
        is_valid, looks = form.is_valid(), "look" in request.POST
        if looks and "HX-Request" in request.headers:
            context = self.preview(scope, form)
            return render(request, "recruitment/setup/_target_preview.html", context)
        if not is_valid:
            return self.page(scope, form, status=422)
        if looks:
            return self.page(scope, form)
        return self.save(scope, form)

    def save(self, scope: Scope, form: TargetsForm) -> HttpResponse:
        """Write the next versions, all or none."""
        try:
            changed = set_targets(
                study=scope.study,
                study_site=scope.place,
                wanted=form.wanted(),
                in_force_from=form.in_force_from(zone=scope.zone, at=self.at),
                by=me(self.request),
                at=self.at,
                seen=form.cleaned_data["seen"],
            )
        except Refusal as refusal:
            refuse(form, refusal)
            if isinstance(refusal, SettingMoved):
                form.renew(settings_queries.latest_change(scope.row))
            status = 422 if isinstance(refusal, InvalidInput) else 409
            return self.page(scope, form, status=status)
        told = f"{counted(changed, 'target')} set." if changed else "Nothing was changed."
        messages.success(self.request, told)
        return redirect(self.url_name, pk=scope.row.pk)

    def form(self, scope: Scope, data: Any = None) -> TargetsForm:
        """The form over the targets as they stand."""
        versions, is_site = versions_of(scope.study, scope.place), scope.place is not None
        return TargetsForm(
            data,
            now=queries.targets_now(versions, at=self.at, is_site=is_site),
            seen=settings_queries.latest_change(scope.row),
            today=local_time(self.at, scope.zone).date(),
            is_site=is_site,
        )

    def preview(self, scope: Scope, form: TargetsForm) -> dict[str, Any]:
        """What the typed changes do: to the clocks that run, and to one that starts then."""
        context: dict[str, Any] = {"form": form, "zone": scope.zone, "looked": form.is_bound}
        if form.is_bound and form.is_valid():
            calendar, place = scope.example
            context |= {
                "place": place,
                "previews": queries.previews(
                    form.now,
                    form.cleaned_data["wanted"],
                    queries.running_clocks(scope.study, scope.place),
                    calendar=calendar,
                    at=self._same_hour(form, scope.zone),
                ),
            }
        return context

    def _same_hour(self, form: TargetsForm, zone: str) -> datetime:
        """This hour and minute, on the day from which the change holds."""
        today = words.local(self.at, zone).date()
        later: timedelta = form.cleaned_data["starts_on"] - today
        return self.at + later

    def page(self, scope: Scope, form: TargetsForm, *, status: int = 200) -> HttpResponse:
        """The table, the look, and who set what when."""
        context = {
            "title": f"Targets of {scope.name}",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": self.tabs(scope),
            "promises_nothing": PROMISES_NOTHING,
            "is_site": scope.place is not None,
            "history": queries.target_history(scope.study, scope.place),
            **self.preview(scope, form),
        }
        return render(self.request, "recruitment/setup/targets.html", context, status=status)


class StudyTargets(TargetPage):
    """The targets of a study, at all its sites that have none of their own."""

    url_name = "study_targets"

    def scope(self, pk: int) -> Scope:
        """The study of the address."""
        study = access.get_setting(me(self.request), Study, pk)
        return Scope(study, None, study.report_zone, study.code)

    def tabs(self, scope: Scope) -> list[Tab]:
        """The settings pages of the study."""
        return study_tabs(scope.study.pk, self.url_name)


class StudySiteTargets(TargetPage):
    """The targets that a study has at one site alone, beside those of the study."""

    url_name = "study_site_targets"

    def scope(self, pk: int) -> Scope:
        """The study at the site of the address."""
        place = access.get_setting(me(self.request), StudySite, pk)
        return Scope(place.study, place, place.site.time_zone, str(place))

    def tabs(self, scope: Scope) -> list[Tab]:
        """The settings pages of the study at the site."""
        return study_site_tabs(scope.row.pk, self.url_name)
