"""The database refuses words of stages and prompts that the services would not write."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from recruitment.models import ConfirmedWords, StagePrompt, StageSetting
from recruitment.rules.stage_words import HIDEABLE
from recruitment.rules.stages import Stage
from tests.factories.accounts import UserFactory
from tests.factories.recruitment import MONDAY, StudyFactory, StudySiteFactory
from tests.factories.setup import StagePromptFactory

pytestmark = pytest.mark.django_db


def _setting(**values: Any) -> None:
    usual: dict[str, Any] = {
        "code": "contacted",
        "version": 1,
        "label": "In touch",
        "action_text": "Talk.",
        "set_at": MONDAY,
    }
    StageSetting.objects.create(study=StudyFactory(), **(usual | values))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("stage_setting_code_is_known", {"code": "eligible"}),
        ("stage_setting_has_label", {"label": ""}),
        ("stage_setting_shown_has_action", {"action_text": ""}),
        ("stage_setting_rest_days", {"rest_days": 0}),
        ("stage_setting_rest_days", {"rest_days": 61}),
    ],
)
def test_a_stage_setting_that_cannot_be_is_refused(name: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        _setting(**values)


@pytest.mark.parametrize("stage", sorted(set(Stage) - HIDEABLE))
def test_a_stage_that_the_flow_uses_cannot_be_hidden(stage: Stage) -> None:
    with pytest.raises(IntegrityError, match="stage_setting_hides_what_may_be"):
        _setting(code=stage, is_hidden=True)


def test_a_version_of_a_stage_setting_stands_once() -> None:
    study = StudyFactory()
    StageSetting.objects.create(
        study=study, code="contacted", version=1, label="A", action_text="B", set_at=MONDAY
    )

    with pytest.raises(IntegrityError, match="stage_setting_once"):
        StageSetting.objects.create(
            study=study, code="contacted", version=1, label="C", action_text="D", set_at=MONDAY
        )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("stage_prompt_stage_is_known", {"stage": "nowhere"}),
        ("stage_prompt_topic_is_known", {"topic": "weather"}),
        ("stage_prompt_says_something", {"text": ""}),
        ("stage_prompt_retired_later", {"retired_at": MONDAY - timedelta(days=1)}),
        ("stage_prompt_approval_is_whole", {"approval_reference": "IRB-1"}),
        (
            "stage_prompt_approval_is_whole",
            {"approved_version": "2", "approved_on": date(2026, 2, 1)},
        ),
    ],
)
def test_a_prompt_that_cannot_be_is_refused(name: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        StagePromptFactory(**values)


def test_a_version_of_a_prompt_stands_once() -> None:
    prompt = StagePromptFactory()

    with pytest.raises(IntegrityError, match="stage_prompt_once"):
        StagePrompt.objects.create(
            study=prompt.study,
            stage=prompt.stage,
            topic=prompt.topic,
            version=prompt.version,
            text="Again.",
            set_at=MONDAY,
        )


@pytest.mark.parametrize(("first", "last"), [(0, 1), (5, 4)])
def test_confirmed_words_stand_somewhere(first: int, last: int) -> None:
    with pytest.raises(IntegrityError, match="confirmed_words_stand_there"):
        _confirmed(first=first, last=last)


def test_what_was_confirmed_stays() -> None:
    _confirmed(first=1, last=6)

    with pytest.raises(IntegrityError, match="append-only"):
        ConfirmedWords.objects.update(what="an age")


def _confirmed(**values: int) -> None:
    ConfirmedWords.objects.create(
        site=StudySiteFactory().site,
        about="report 1",
        field="note",
        what="the name of a person",
        by=UserFactory(),
        at=MONDAY,
        **values,
    )
