"""A study's prompts at a stage: added, changed as the next version, and retired (CL4, 15.3)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import StagePrompt, Study
from recruitment.rules.boundary import check_boundary
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.texts import line_of
from recruitment.rules.work_codes import PromptTopic
from recruitment.services.approvals import (
    NO_APPROVAL,
    Approval,
    approval_of,
    cleaned,
    missing_from,
)
from recruitment.services.log import check_times
from recruitment.services.settings import lock, raise_version
from recruitment.services.verbs import verb
from recruitment.services.versions import lock_in_force, next_version, retire, retire_for_good

MOST_TEXT = 300  # characters


@verb
@transaction.atomic
def add_prompt(
    *,
    study: Study,
    stage: Stage,
    topic: PromptTopic,
    text: str,
    by: User,
    at: datetime,
    approval: Approval = NO_APPROVAL,
) -> StagePrompt:
    """Add a prompt to a stage of `study` at `at` (UTC); versions run per stage and topic.

    A talking point without an approval on record is a draft, which no lead page shows. Raises
    InvalidInput naming the field.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    if stage in CLOSED:
        raise InvalidInput("Nobody calls a closed lead; choose an open stage.", field="stage")
    locked = lock(study)
    prompt = _write(study, stage, topic, text, approval, by=by, at=at)
    raise_version(locked)
    study.settings_version = locked.settings_version
    return prompt


@verb
@transaction.atomic
def change_prompt(
    *, prompt: StagePrompt, text: str, by: User, at: datetime, approval: Approval = NO_APPROVAL
) -> StagePrompt:
    """Retire `prompt` and add the next version of it; the old one stays on record.

    Gives back the same prompt where nothing differs, so it may run twice. Raises Refusal for one
    that is retired, InvalidInput naming the field. `at` is UTC.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    study, current = lock_in_force(prompt, what="prompt")
    topic, stage = PromptTopic(current.topic), Stage(current.stage)
    if (line_of(text, most=MOST_TEXT, field="text"), approval) == (
        current.text,
        approval_of(current),
    ):
        return current
    retire(current, by=by, at=at)
    new = _write(study, stage, topic, text, approval, by=by, at=at)
    raise_version(study)
    return new


@verb
@transaction.atomic
def retire_prompt(*, prompt: StagePrompt, by: User, at: datetime) -> None:
    """Show the prompt no more. May run twice. `at` is UTC."""
    retire_for_good(prompt, by=by, at=at)


def _write(
    study: Study,
    stage: Stage,
    topic: PromptTopic,
    text: str,
    approval: Approval,
    *,
    by: User,
    at: datetime,
) -> StagePrompt:
    text = line_of(text, most=MOST_TEXT, field="text", missing="Write the prompt first.")
    check_boundary(text, field="text")
    approval = _checked(approval, at=at, zone=by.time_zone)
    of_kind = StagePrompt.objects.filter(study=study, stage=stage, topic=topic)
    return StagePrompt.objects.create(
        study=study,
        stage=stage,
        topic=topic,
        version=next_version(of_kind),
        text=text,
        approval_reference=approval.reference,
        approved_version=approval.version,
        approved_on=approval.on,
        set_at=at,
        set_by=by,
    )


def _checked(approval: Approval, *, at: datetime, zone: str) -> Approval:
    """The approval cleaned: whole, or none for a draft."""
    given = cleaned(approval, at=at, zone=zone)
    missing = missing_from(given)
    if missing and given != NO_APPROVAL:
        raise InvalidInput(
            "An approval on record has its reference, its version and its date: all three, or"
            " none for a draft.",
            field=missing[0],
        )
    return given
