"""The contact cadence of a study; every save is a new version (CD1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.cadences import CadenceForm
from recruitment.models import Study
from recruitment.queries import settings as settings_queries
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.cadence_settings import publish_cadence
from recruitment.services.cadences import read_cadence
from recruitment.services.settings import SettingMoved
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.study_tabs import study_tabs


class CadenceEdit(SetupView):
    """How often, when and by what people of one study are tried."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The cadence that counts now; the usual one before any is published."""
        study = access.get_setting(me(request), Study, pk)
        return self.page(study, self.form(study))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish the next version."""
        study = access.get_setting(me(request), Study, pk)
        form = self.form(study, request.POST)
        if not form.is_valid():
            return self.page(study, form, status=422)
        before = read_cadence(study.pk)
        try:
            published = publish_cadence(
                study,
                form.cleaned_data["cadence"],
                by=me(request),
                at=timezone.now(),
                seen=form.cleaned_data["seen"],
            )
        except Refusal as refusal:
            refuse(form, refusal)
            if isinstance(refusal, SettingMoved):
                form.renew(settings_queries.latest_change(study))
            status = 422 if isinstance(refusal, InvalidInput) else 409
            return self.page(study, form, status=status)
        if published.version == before.version:
            messages.success(request, "Nothing was changed.")
        else:
            messages.success(request, f"Version {published.version} of the cadence is published.")
        return redirect("cadence", pk=pk)

    def form(self, study: Study, data: Any = None) -> CadenceForm:
        """The form over the cadence as it stands."""
        seen = settings_queries.latest_change(study)
        return CadenceForm(data, cadence=read_cadence(study.pk), seen=seen)

    def page(self, study: Study, form: CadenceForm, *, status: int = 200) -> HttpResponse:
        """The form's page, with who changed what when."""
        cadence = read_cadence(study.pk)
        which = f"Version {cadence.version} counts" if cadence.version else "The usual one counts"
        context = {
            "title": f"Contact cadence of {study.code}",
            "lede": f"{which}. Days are business days after the first attempt, times are on the "
            "patient's clock. A channel that a person does not allow gives way to one that is "
            "allowed. Attempts keep the version that they ran under.",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": study_tabs(study.pk, "cadence"),
            "form": form,
            "save_label": "Publish the cadence",
            "back_url": reverse("study_edit", args=[study.pk]),
            "history": settings_queries.history(study),
            "zone": me(self.request).time_zone,
        }
        return render(self.request, "recruitment/setup/edit.html", context, status=status)
