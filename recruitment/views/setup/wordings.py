"""What a study's staff may say and send as it stands: its approved wording."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment import access
from recruitment.forms.setup.wordings import WordingForm
from recruitment.models import ApprovedWording, Study
from recruitment.queries.approved_wording import (
    language_words,
    retired_wordings,
    standing_wordings,
)
from recruitment.rules.refusals import Refusal
from recruitment.rules.work_codes import WordingUse
from recruitment.services.approvals import approval_of
from recruitment.services.approved_wording import (
    add_wording,
    change_wording,
    retire_wording,
)
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.study_tabs import study_tabs


class Wordings(SetupView):
    """The wording of one study."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is in force, and what was retired."""
        study = access.get_setting(me(request), Study, pk)
        context = {
            "title": f"Approved wording of {study.code}",
            "lede": "Offered on every lead, to be said or sent as it stands, with the number of"
            " the site filled in.",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": study_tabs(study.pk, "wordings"),
            "standing": [(row, language_words(row)) for row in standing_wordings(study.pk)],
            "retired": [(row, language_words(row)) for row in retired_wordings(study.pk)],
            "add_url": reverse("wording_add", args=[study.pk]),
            "zone": me(request).time_zone,
        }
        return render(request, "recruitment/setup/wordings.html", context)


class WordingPage(SetupView):
    """A form about one wording: door, form, service, back to the list."""

    save_label = "Add the wording"

    def save(self, study: Study, form: WordingForm, *, by: User) -> ApprovedWording:
        """Write through the service."""
        raise NotImplementedError

    def answer(self, study: Study, form: WordingForm) -> HttpResponse:
        """Save, and back to the list; the form again with 422."""
        if form.is_valid():
            try:
                self.save(study, form, by=me(self.request))
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(self.request, "The wording is in force.")
                return redirect("wordings", pk=study.pk)
        return self.page(study, form, status=422)

    def about(self, study: Study) -> str:
        """The page's title."""
        return f"Add wording to {study.code}"

    def page(self, study: Study, form: WordingForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        here = reverse("wordings", args=[study.pk])
        context = {
            "title": self.about(study),
            "lede": "Only wording with its approval on record is kept.",
            "crumbs": [
                ("Studies", reverse("study_list")),
                (f"Approved wording of {study.code}", here),
            ],
            "form": form,
            "save_label": self.save_label,
            "back_url": here,
        }
        return render(self.request, "recruitment/setup/edit.html", context, status=status)


class WordingAdd(WordingPage):
    """Wording for a use and a language that has none in force."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form."""
        return self.page(access.get_setting(me(request), Study, pk), WordingForm(is_new=True))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add it."""
        study = access.get_setting(me(request), Study, pk)
        return self.answer(study, WordingForm(request.POST, is_new=True))

    def save(self, study: Study, form: WordingForm, *, by: User) -> ApprovedWording:
        """Put it in force."""
        data = form.cleaned_data
        return add_wording(
            study=study,
            use=WordingUse(data["use"]),
            language=data["language"],
            text=data["text"],
            approval=form.approval(),
            by=by,
            at=timezone.now(),
        )


class WordingEdit(WordingPage):
    """The next version of a wording; the one before is retired and stays on record."""

    save_label = "Save as the next version"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form with the words that stand."""
        self.wording = access.get_setting(me(request), ApprovedWording, pk)
        approval = approval_of(self.wording)
        initial = {
            "text": self.wording.text,
            "approval_reference": approval.reference,
            "approved_version": approval.version,
            "approved_on": approval.on,
        }
        return self.page(self.wording.study, WordingForm(is_new=False, initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save the next version."""
        self.wording = access.get_setting(me(request), ApprovedWording, pk)
        return self.answer(self.wording.study, WordingForm(request.POST, is_new=False))

    def save(self, study: Study, form: WordingForm, *, by: User) -> ApprovedWording:
        """Retire the old version and put the next in force."""
        return change_wording(
            wording=self.wording,
            text=form.cleaned_data["text"],
            approval=form.approval(),
            by=by,
            at=timezone.now(),
        )

    def about(self, study: Study) -> str:
        """Its use and its language."""
        return f"{WordingUse(self.wording.use).label} in {language_words(self.wording)}"


class WordingRetire(SetupView):
    """Offer a wording no more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Retire it."""
        wording = access.get_setting(me(request), ApprovedWording, pk)
        retire_wording(wording=wording, by=me(request), at=timezone.now())
        messages.success(request, "The wording is retired.")
        return redirect("wordings", pk=wording.study_id)
