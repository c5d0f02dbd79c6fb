"""A study's prompts: versions, approval on record, and what a lead page is given."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.models import User
from recruitment.models import StagePrompt, Study
from recruitment.queries.prompts import prompts_at
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.work_codes import PromptTopic
from recruitment.services.approvals import Approval
from recruitment.services.prompts import add_prompt, change_prompt, retire_prompt
from tests.factories.recruitment import MONDAY, StudyFactory

ON_RECORD = Approval("IRB-2026-014", "2.1", date(2026, 2, 20))
STAGE = Stage.READY_TO_SCHEDULE
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def study(db: None) -> Study:
    return StudyFactory()


def shown(study: Study, stage: Stage = STAGE) -> list[str]:
    study.refresh_from_db()
    return [prompt.text for prompt in prompts_at(study, stage)]


def add(
    study: Study,
    by: User,
    *,
    text: str = "Parking is paid for.",
    topic: PromptTopic = PromptTopic.TRAVEL,
    stage: Stage = STAGE,
    approval: Approval | None = None,
) -> StagePrompt:
    return add_prompt(
        study=study,
        stage=stage,
        topic=topic,
        text=text,
        by=by,
        at=MONDAY,
        approval=approval or Approval(),
    )


def test_a_prompt_shows_at_its_stage_and_in_its_study_only(
    study: Study, administrator: User
) -> None:
    other = StudyFactory()
    assert shown(study) == []

    add(study, administrator)

    assert shown(study) == ["Parking is paid for."]
    assert shown(study, Stage.CONTACTED) == []
    assert shown(other) == []


def test_a_talking_point_shows_only_with_its_approval_on_record(
    study: Study, administrator: User
) -> None:
    draft = add(study, administrator, topic=PromptTopic.TALKING_POINT, text="Say why it matters.")
    assert shown(study) == []

    change_prompt(prompt=draft, text=draft.text, approval=ON_RECORD, by=administrator, at=LATER)

    assert shown(study) == ["Say why it matters."]
    said = prompts_at(study, STAGE)[0]
    assert (said.approval, said.approved_on) == ("IRB-2026-014, version 2.1", date(2026, 2, 20))


def test_a_change_retires_the_version_before_and_keeps_it(
    study: Study, administrator: User
) -> None:
    first = add(study, administrator)

    second = change_prompt(prompt=first, text="Taxis are paid for.", by=administrator, at=LATER)
    same = change_prompt(prompt=second, text="Taxis are paid for.", by=administrator, at=LATER)

    first.refresh_from_db()
    assert (first.retired_at, first.retired_by) == (LATER, administrator)
    assert (second.version, same.pk) == (2, second.pk)
    assert shown(study) == ["Taxis are paid for."]
    with pytest.raises(Refusal, match="meanwhile"):
        change_prompt(prompt=first, text="Buses are paid for.", by=administrator, at=LATER)


def test_two_prompts_of_one_topic_stand_beside_each_other(
    study: Study, administrator: User
) -> None:
    add(study, administrator, text="One.")
    add(study, administrator, text="Two.")

    assert shown(study) == ["One.", "Two."]


def test_a_retired_prompt_is_not_shown_and_may_be_retired_twice(
    study: Study, administrator: User
) -> None:
    prompt = add(study, administrator)

    retire_prompt(prompt=prompt, by=administrator, at=LATER)
    retire_prompt(prompt=prompt, by=administrator, at=LATER + timedelta(hours=1))

    prompt.refresh_from_db()
    assert prompt.retired_at == LATER
    assert shown(study) == []


@pytest.mark.parametrize(
    ("text", "approval", "field"),
    [
        ("", Approval(), "text"),
        ("x" * 301, Approval(), "text"),
        ("You are eligible.", Approval(), "text"),
        ("A safe and effective cure.", ON_RECORD, "text"),
        ("Fine.", replace(ON_RECORD, reference=""), "approval_reference"),
        ("Fine.", replace(ON_RECORD, version=" "), "approved_version"),
        ("Fine.", replace(ON_RECORD, on=None), "approved_on"),
        ("Fine.", replace(ON_RECORD, on=date(2026, 3, 3)), "approved_on"),
        ("Fine.", replace(ON_RECORD, reference="x" * 61), "approval_reference"),
        ("Fine.", replace(ON_RECORD, version="x" * 25), "approved_version"),
    ],
)
def test_a_prompt_that_may_not_stand_is_refused_with_the_field(
    study: Study, administrator: User, text: str, approval: Approval, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add(study, administrator, text=text, approval=approval)

    assert refusal.value.field == field
    assert not StagePrompt.objects.exists()


@pytest.mark.parametrize("stage", sorted(CLOSED))
def test_a_closed_stage_has_no_prompts(study: Study, administrator: User, stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="open stage"):
        add(study, administrator, stage=stage)
