"""What a study calls its stages, what staff do in them, and how long a lead may rest there."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.stages import StageWordsForm
from recruitment.models import Study, stage_words
from recruitment.queries.stage_labels import leads_by_stage, version_of, words_history
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stage_words import (
    RESTING,
    SHORT,
    SameAction,
    StageWords,
    check_words,
    same_action,
    words_of,
)
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import CALENDAR_DAYS, CALL_BACK_WINDOW, REST_DAYS
from recruitment.services.settings import SettingMoved
from recruitment.services.stage_settings import set_stage_words
from recruitment.views.setup.base import Cell, Row, SetupView, me, refuse
from recruitment.views.setup.study_tabs import study_tabs
from trialsnest.lib.words import counted

COLUMNS = ("Stage", "On the queue", "What staff do", "May rest", "Leads", "In this study")


class StageSettings(SetupView):
    """All stages of one study with its words."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stages in their order, pairs that ask for the same, and who changed what."""
        study = access.get_setting(me(request), Study, pk)
        words, held = stage_words(study), leads_by_stage(study)
        context = {
            "title": f"Stages of {study.code}",
            "lede": "Codes, order and buckets are the same for all studies; the words may differ.",
            "crumbs": [("Set-up", reverse("setup")), ("Studies", reverse("study_list"))],
            "tabs": study_tabs(study.pk, "stage_settings"),
            "columns": [Cell(name, is_num=name == "Leads") for name in COLUMNS],
            "rows": [_row(study, words[stage], held[stage]) for stage in Stage],
            "doubts": [
                f"“{words[one].label}” and “{words[other].label}” ask staff for the same."
                for one, other in same_action(words.values())
            ],
            "history": words_history(study)[:20],
            "zone": me(request).time_zone,
        }
        return render(request, "recruitment/setup/stages.html", context)


def _row(study: Study, said: StageWords, held: int) -> Row:
    usual = said.stage.label
    return Row(
        [
            Cell(
                said.label,
                reverse("stage_setting_edit", args=[study.pk, said.stage]),
                "" if said.label == usual else f"usually {usual}",
            ),
            Cell(said.short_label),
            Cell(said.action_text, sub=said.help_text),
            _rest(said),
            Cell(held, is_num=True),
            Cell("Hidden", tone="warn") if said.is_hidden else Cell("Shown"),
        ]
    )


def _rest(said: StageWords) -> Cell:
    """How long a lead may rest in the stage; waiting for a call back has its own window."""
    if said.stage in RESTING:
        usual = REST_DAYS[said.stage]
        unit = "calendar day" if said.stage in CALENDAR_DAYS else "day"
        if said.rest_days is None:
            return Cell(counted(usual, unit))
        return Cell(counted(said.rest_days, unit), sub=f"usually {usual}")
    if said.stage == Stage.NO_RESPONSE:
        return Cell(counted(CALL_BACK_WINDOW.days, "calendar day"))
    return Cell("Ended")


class StageSettingEdit(SetupView):
    """One stage of one study."""

    def get(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """The words as they are."""
        study, stage = self.found(pk, code)
        said = stage_words(study)[stage]
        initial = {
            "seen": version_of(study, stage),
            "label": said.label,
            "short_label": "" if said.short_label == said.label else said.short_label,
            "action_text": said.action_text,
            "help_text": said.help_text,
            "rest_days": said.rest_days,
            "is_hidden": said.is_hidden,
        }
        return self.page(study, said, StageWordsForm(initial=initial, stage=stage))

    def post(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """Set the words; with `look` only show how they will read."""
        study, stage = self.found(pk, code)
        form = StageWordsForm(request.POST, stage=stage, ask_again="confirmed" in request.POST)
        if not form.is_valid():
            return self.page(study, stage_words(study)[stage], form, status=422)
        try:
            if "look" in request.POST:
                return self.page(study, self.read(study, form.said()), form)
            changed = self.save(study, form)
        except Refusal as refusal:
            return self.refused(study, form, refusal)
        messages.success(request, "The stage is saved." if changed else "Nothing was changed.")
        return redirect("stage_settings", pk=study.pk)

    def found(self, pk: int, code: str) -> tuple[Study, Stage]:
        """The study and the stage of the address."""
        study = access.get_setting(me(self.request), Study, pk)
        if code not in Stage.values:
            raise Http404
        return study, Stage(code)

    def read(self, study: Study, said: StageWords) -> StageWords:
        """The words as they will be read. Raises InvalidInput where they may not stand."""
        said = replace(said, short_label=said.short_label or said.label[:SHORT])
        known = stage_words(study)
        check_words(said, [other for stage, other in known.items() if stage != said.stage])
        return said

    def save(self, study: Study, form: StageWordsForm) -> bool:
        """Write through the service; whether anything changed."""
        data = form.cleaned_data
        return set_stage_words(
            study=study,
            said=form.said(),
            by=me(self.request),
            at=timezone.now(),
            seen=data["seen"],
            confirmed=data.get("confirmed", False),
        )

    def refused(self, study: Study, form: StageWordsForm, refusal: Refusal) -> HttpResponse:
        """The sentence at its field; asked again, or shown what a colleague did."""
        said, status = stage_words(study)[form.stage], 422
        if isinstance(refusal, SameAction):
            form = StageWordsForm(self.request.POST, stage=form.stage, ask_again=True)
            refuse(form, InvalidInput(str(refusal), field="confirmed"))
        elif isinstance(refusal, SettingMoved):
            status = 409
            typed = self.request.POST.copy()
            typed["seen"] = str(version_of(study, form.stage))
            form = StageWordsForm(typed, stage=form.stage)
            refuse(form, refusal)
        else:
            refuse(form, refusal)
        return self.page(study, said, form, status=status)

    def page(
        self, study: Study, said: StageWords, form: StageWordsForm, *, status: int = 200
    ) -> HttpResponse:
        """The form, and how a row of the queue and a lead's page will read with `said`."""
        here = reverse("stage_settings", args=[study.pk])
        context: dict[str, Any] = {
            "title": f"{said.stage.label} in {study.code}",
            "lede": f"Usually: {words_of(said.stage).action_text}",
            "crumbs": [("Studies", reverse("study_list")), (f"Stages of {study.code}", here)],
            "form": form,
            "said": said,
            "save_label": "Save stage",
            "back_url": here,
            "history": words_history(study, said.stage),
            "zone": me(self.request).time_zone,
        }
        return render(self.request, "recruitment/setup/stage.html", context, status=status)
