"""The list of records that a study usually needs; every save is a new version (RC7)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.records import RecordsListForm
from recruitment.models import RecordsList, Study
from recruitment.queries import settings as settings_queries
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.records_lists import set_records_list, usual_records
from recruitment.services.settings import SettingMoved
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.study_tabs import study_tabs


class RecordsListEdit(SetupView):
    """The list of one study."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The list as it stands."""
        study = access.get_setting(me(request), Study, pk)
        return self.page(study, self.form(study))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the next version; leads keep the items that they have."""
        study = access.get_setting(me(request), Study, pk)
        form = self.form(study, request.POST)
        if not form.is_valid():
            return self.page(study, form, status=422)
        try:
            set_records_list(
                study,
                form.items(),
                by=me(request),
                at=timezone.now(),
                seen=form.cleaned_data["seen"],
            )
        except Refusal as refusal:
            refuse(form, refusal)
            if isinstance(refusal, SettingMoved):
                form.renew(self.version(study))
            status = 422 if isinstance(refusal, InvalidInput) else 409
            return self.page(study, form, status=status)
        messages.success(request, "The records list is saved.")
        return redirect("records_list", pk=pk)

    def version(self, study: Study) -> int:
        """The version that counts now; 0 while none was written."""
        latest = RecordsList.objects.filter(study=study).first()
        return latest.version if latest else 0

    def form(self, study: Study, data: Any = None) -> RecordsListForm:
        """The form over the list as it stands."""
        return RecordsListForm(data, items=usual_records(study.pk), version=self.version(study))

    def page(self, study: Study, form: RecordsListForm, *, status: int = 200) -> HttpResponse:
        """The form's page, with who changed what when."""
        context = {
            "title": f"Records of {study.code}",
            "lede": "Named on a lead when it comes to Records needed. Leads keep what they have.",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": study_tabs(study.pk, "records_list"),
            "form": form,
            "save_label": "Save the list",
            "back_url": reverse("study_list"),
            "history": settings_queries.history(study),
            "zone": me(self.request).time_zone,
        }
        return render(self.request, "recruitment/setup/edit.html", context, status=status)
