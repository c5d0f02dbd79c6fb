"""What a study asks staff to say and to ask: its prompts and talking points, stage by stage."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment import access
from recruitment.forms.setup.stages import PromptForm
from recruitment.models import StagePrompt, Study, stage_words
from recruitment.queries.prompts import is_shown, retired_prompts, standing_prompts
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import PromptTopic
from recruitment.services.approvals import approval_of
from recruitment.services.prompts import add_prompt, change_prompt, retire_prompt
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.study_tabs import study_tabs

DRAFT = "The talking point is kept as a draft. It is not shown: no approval on record."


class StagePrompts(SetupView):
    """The prompts of one study."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What stands, by stage, and what was retired."""
        study = access.get_setting(me(request), Study, pk)
        words = stage_words(study)
        by_stage: dict[str, list[tuple[StagePrompt, bool]]] = {}
        for prompt in standing_prompts(study.pk):
            label = words[Stage(prompt.stage)].label
            by_stage.setdefault(label, []).append((prompt, is_shown(prompt)))
        context = {
            "title": f"Prompts of {study.code}",
            "lede": "Shown on every lead in the stage. A talking point needs its approval.",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": study_tabs(study.pk, "stage_prompts"),
            "study": study,
            "by_stage": by_stage,
            "retired": [
                (prompt, words[Stage(prompt.stage)].label) for prompt in retired_prompts(study.pk)
            ],
            "add_url": reverse("stage_prompt_add", args=[study.pk]),
            "zone": me(request).time_zone,
        }
        return render(request, "recruitment/setup/prompts.html", context)


class PromptPage(SetupView):
    """A form about one prompt: door, form, service, back to the list."""

    save_label = "Add the prompt"

    def save(self, study: Study, form: PromptForm, *, by: User) -> StagePrompt:
        """Write through the service."""
        raise NotImplementedError

    def answer(self, study: Study, form: PromptForm) -> HttpResponse:
        """Save, and back to the list; the form again with 422."""
        if form.is_valid():
            try:
                prompt = self.save(study, form, by=me(self.request))
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                if is_shown(prompt):
                    messages.success(self.request, "The prompt is saved.")
                else:
                    messages.warning(self.request, DRAFT)
                return redirect("stage_prompts", pk=study.pk)
        return self.page(study, form, status=422)

    def page(
        self, study: Study, form: PromptForm, *, status: int = 200, about: str = ""
    ) -> HttpResponse:
        """The form."""
        here = reverse("stage_prompts", args=[study.pk])
        context = {
            "title": about or f"Add a prompt to {study.code}",
            "lede": "Without its approval on record a talking point is kept as a draft.",
            "crumbs": [("Studies", reverse("study_list")), (f"Prompts of {study.code}", here)],
            "form": form,
            "save_label": self.save_label,
            "back_url": here,
        }
        return render(self.request, "recruitment/setup/edit.html", context, status=status)


class StagePromptAdd(PromptPage):
    """A new prompt; `?stage=` chooses its stage."""

    def form(self, study: Study) -> PromptForm:
        """The form, with the stages as the study calls them."""
        labels = {stage: said.label for stage, said in stage_words(study).items()}
        if self.request.method == "POST":
            return PromptForm(self.request.POST, labels=labels, is_new=True)
        initial = {"stage": self.request.GET.get("stage", "")}
        return PromptForm(labels=labels, is_new=True, initial=initial)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form."""
        study = access.get_setting(me(request), Study, pk)
        return self.page(study, self.form(study))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add it."""
        study = access.get_setting(me(request), Study, pk)
        return self.answer(study, self.form(study))

    def save(self, study: Study, form: PromptForm, *, by: User) -> StagePrompt:
        """Add the prompt."""
        data = form.cleaned_data
        return add_prompt(
            study=study,
            stage=Stage(data["stage"]),
            topic=PromptTopic(data["topic"]),
            text=data["text"],
            approval=form.approval(),
            by=by,
            at=timezone.now(),
        )


class StagePromptEdit(PromptPage):
    """The next version of a prompt; the one before is retired and stays on record."""

    save_label = "Save as the next version"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form with the words that stand."""
        prompt = access.get_setting(me(request), StagePrompt, pk)
        approval = approval_of(prompt)
        initial = {
            "text": prompt.text,
            "approval_reference": approval.reference,
            "approved_version": approval.version,
            "approved_on": approval.on,
        }
        form = PromptForm(labels={}, is_new=False, initial=initial)
        return self.page(prompt.study, form, about=_about(prompt))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save the next version."""
        self.prompt = access.get_setting(me(request), StagePrompt, pk)
        form = PromptForm(request.POST, labels={}, is_new=False)
        return self.answer(self.prompt.study, form)

    def save(self, study: Study, form: PromptForm, *, by: User) -> StagePrompt:
        """Retire the old version and add the next."""
        return change_prompt(
            prompt=self.prompt,
            text=form.cleaned_data["text"],
            approval=form.approval(),
            by=by,
            at=timezone.now(),
        )

    def page(
        self, study: Study, form: PromptForm, *, status: int = 200, about: str = ""
    ) -> HttpResponse:
        """The form, named by its stage and topic."""
        about = about or _about(self.prompt)
        return super().page(study, form, status=status, about=about)


class StagePromptRetire(SetupView):
    """Show a prompt no more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Retire it."""
        prompt = access.get_setting(me(request), StagePrompt, pk)
        retire_prompt(prompt=prompt, by=me(request), at=timezone.now())
        messages.success(request, "The prompt is retired.")
        return redirect("stage_prompts", pk=prompt.study_id)


def _about(prompt: StagePrompt) -> str:
    label = stage_words(prompt.study)[Stage(prompt.stage)].label
    return f"{PromptTopic(prompt.topic).label} at {label}"
