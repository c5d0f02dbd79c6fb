"""A study's own reasons under close codes and blockers (CL4): listed, added, reworded, retired."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.sub_reasons import SubReasonForm
from recruitment.models import Study, SubReason
from recruitment.queries.wording import retired_sub_reasons, sub_reasons_for
from recruitment.rules.refusals import Refusal
from recruitment.services.sub_reasons import (
    CODES,
    add_sub_reason,
    retire_sub_reason,
    reword_sub_reason,
)
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.study_tabs import study_tabs

Grouped = dict[str, list[SubReason]]


def _by_code(rows: Sequence[SubReason], under: str) -> Grouped:
    found: Grouped = {}
    for row in rows:
        found.setdefault(str(CODES[under](row.code).label), []).append(row)
    return found


class SubReasonList(SetupView):
    """The reasons of one study, under the code each stands under."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is offered now, and what was retired."""
        study = access.get_setting(me(request), Study, pk)
        context = {
            "title": f"Reasons of {study.code}",
            "lede": "Details that the study offers under a close reason or a blocker.",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": study_tabs(study.pk, "sub_reason_list"),
            "closes": _by_code(sub_reasons_for(study, "close"), "close"),
            "blockers": _by_code(sub_reasons_for(study, "blocker"), "blocker"),
            "retired": retired_sub_reasons(study),
            "add_url": reverse("sub_reason_add", args=[study.pk]),
            "zone": me(request).time_zone,
        }
        return render(request, "recruitment/setup/sub_reasons.html", context)


class SubReasonEdit(SetupView):
    """A new reason of a study (`study`), or the next words of one (`pk`)."""

    def get(
        self, request: HttpRequest, pk: int | None = None, study: int | None = None
    ) -> HttpResponse:
        """The form."""
        place, row = self.place(pk, study)
        initial = {"label": row.label if row else ""}
        return self.page(place, row, SubReasonForm(is_new=row is None, initial=initial))

    def post(
        self, request: HttpRequest, pk: int | None = None, study: int | None = None
    ) -> HttpResponse:
        """Save, and back to the list; the form again with 422."""
        place, row = self.place(pk, study)
        form = SubReasonForm(request.POST, is_new=row is None)
        if form.is_valid():
            try:
                self.save(place, row, form)
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "The reason is saved.")
                return redirect("sub_reason_list", pk=place.pk)
        return self.page(place, row, form, status=422)

    def place(self, pk: int | None, study: int | None) -> tuple[Study, SubReason | None]:
        """The study, and the reason that is reworded."""
        if pk is not None:
            row = access.get_setting(me(self.request), SubReason, pk)
            return row.study, row
        return access.get_setting(me(self.request), Study, study or 0), None

    def save(self, study: Study, row: SubReason | None, form: SubReasonForm) -> None:
        """Write through the service."""
        by, at, label = me(self.request), timezone.now(), form.cleaned_data["label"]
        if row is not None:
            reword_sub_reason(row=row, label=label, by=by, at=at)
            return
        under, code = form.place
        add_sub_reason(study=study, under=under, code=code, label=label, by=by, at=at)

    def page(
        self, study: Study, row: SubReason | None, form: SubReasonForm, *, status: int = 200
    ) -> HttpResponse:
        """The form's page."""
        here = reverse("sub_reason_list", args=[study.pk])
        context = {
            "title": f"Reword “{row.label}”" if row else f"Add a reason to {study.code}",
            "lede": "What was recorded keeps the words of its day." if row else "",
            "crumbs": [("Studies", reverse("study_list")), (f"Reasons of {study.code}", here)],
            "form": form,
            "save_label": "Save as the next version" if row else "Add the reason",
            "back_url": here,
        }
        return render(self.request, "recruitment/setup/edit.html", context, status=status)


class SubReasonRetire(SetupView):
    """Offer a reason no more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Retire it."""
        row = access.get_setting(me(request), SubReason, pk)
        retire_sub_reason(row=row, by=me(request), at=timezone.now())
        messages.success(request, "The reason is retired.")
        return redirect("sub_reason_list", pk=row.study_id)
