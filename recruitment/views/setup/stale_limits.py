"""When leads of a study turn stale: all limits in one table, with a look before saving (6.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.stale_limits import StaleLimitsForm
from recruitment.models import Study
from recruitment.models.stage_settings import read_stage_words
from recruitment.queries.stage_labels import words_history
from recruitment.queries.stale_limits import StaleCounts, stale_by_stage, versions_by_stage
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import REST_DAYS, rest_unit
from recruitment.rules.target_words import PROMISES_NOTHING
from recruitment.services.cadences import read_cadence
from recruitment.services.settings import SettingMoved
from recruitment.services.stale_limits import Look, look_at_limits, set_stale_limits
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.study_tabs import study_tabs
from trialsnest.lib.words import counted


class StaleLimits(SetupView):
    """The stale limits of one study."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Remember when the request came."""
        super().setup(request, *args, **kwargs)
        self.at: datetime = timezone.now()

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The limits as they are."""
        study = access.get_setting(me(request), Study, pk)
        return self.page(study, self.form(study))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set what differs; with `look` only show what that would do."""
        study = access.get_setting(me(request), Study, pk)
        form = self.form(study, request.POST)
        is_valid, looks = form.is_valid(), "look" in request.POST
        if looks and "HX-Request" in request.headers:
            context = self.preview(study, form)
            return render(request, "recruitment/setup/_stale_preview.html", context)
        if not is_valid:
            return self.page(study, form, status=422)
        return self.page(study, form) if looks else self.save(study, form)

    def save(self, study: Study, form: StaleLimitsForm) -> HttpResponse:
        """Write them, all or none."""
        try:
            changed = set_stale_limits(
                study=study,
                limits=form.limits(),
                seen=form.seen(),
                by=me(self.request),
                at=self.at,
            )
        except Refusal as refusal:
            refuse(form, refusal)
            if isinstance(refusal, SettingMoved):
                form.renew()
            status = 422 if isinstance(refusal, InvalidInput) else 409
            return self.page(study, form, status=status)
        told = f"{counted(changed, 'limit')} set." if changed else "Nothing was changed."
        messages.success(self.request, told)
        return redirect("stale_limits", pk=study.pk)

    def form(self, study: Study, data: Any = None) -> StaleLimitsForm:
        """The form over the limits as they are."""
        words, versions = read_stage_words(study.pk), versions_by_stage(study)
        return StaleLimitsForm(data, words=words, versions=versions)

    def preview(self, study: Study, form: StaleLimitsForm) -> dict[str, Any]:
        """What the typed limits would do to the open leads."""
        context: dict[str, Any] = {"form": form, "looked": form.is_bound}
        if form.is_bound and form.is_valid():
            found = look_at_limits(study, form.limits(), at=self.at)
            context["looks"] = [_look(form, stage, look) for stage, look in found.items()]
        return context

    def page(self, study: Study, form: StaleLimitsForm, *, status: int = 200) -> HttpResponse:
        """The table, the look, and who changed what when."""
        counts = stale_by_stage(study, at=self.at)
        context = {
            "title": f"Stale limits of {study.code}",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": study_tabs(study.pk, "stale_limits"),
            "promises_nothing": PROMISES_NOTHING,
            "rows": [
                (form.words[stage].label, field, _usual(stage), counts[stage])
                for stage, field in form.lines()
            ],
            "windows": _windows(study, form, counts),
            "history": words_history(study)[:20],
            "zone": me(self.request).time_zone,
            **self.preview(study, form),
        }
        return render(self.request, "recruitment/setup/stale_limits.html", context, status=status)


def _usual(stage: Stage) -> str:
    return counted(REST_DAYS[stage], rest_unit(stage))


def _look(form: StaleLimitsForm, stage: Stage, look: Look) -> dict[str, Any]:
    days = form.cleaned_data[stage.value] or REST_DAYS[stage]
    return {"label": form.words[stage].label, "days": counted(days, rest_unit(stage)), "look": look}


def _windows(
    study: Study, form: StaleLimitsForm, counts: Mapping[Stage, StaleCounts]
) -> list[tuple[str, str, str, StaleCounts]]:
    """Stages with a window of their own: label, how long, where it is set, and their leads."""
    call_back = read_cadence(study.pk).call_back_window.days
    return [
        (
            form.words[Stage.NO_RESPONSE].label,
            counted(call_back, "calendar day"),
            reverse("cadence", args=[study.pk]),
            counts[Stage.NO_RESPONSE],
        ),
    ]
