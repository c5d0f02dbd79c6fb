"""A study's prompts at a stage: added, changed as the next version, and retired (CL4, 15.3)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from recruitment.models import StagePrompt, Study
from recruitment.rules.boundary import check_boundary
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.texts import line_of
from recruitment.rules.work_codes import PromptTopic
from recruitment.services.log import check_times
from recruitment.services.settings import lock, raise_version
from recruitment.services.verbs import verb
from trialsnest.lib.zones import local_time

MOST_TEXT, MOST_REFERENCE, MOST_VERSION = 300, 60, 24  # characters


@dataclass(frozen=True)
class Approval:
    """The approval on record of a text: all three, or none."""

    reference: str = ""
    version: str = ""
    on: date | None = None


NO_APPROVAL = Approval()


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
    study = lock(prompt.study)
    current = lock(prompt)
    if current.retired_at is not None:
        raise Refusal("A colleague changed or retired this prompt meanwhile. Load the list again.")
    topic, stage = PromptTopic(current.topic), Stage(current.stage)
    if (line_of(text, most=MOST_TEXT, field="text"), approval) == (
        current.text,
        approval_of(current),
    ):
        return current
    _retire(current, by=by, at=at)
    new = _write(study, stage, topic, text, approval, by=by, at=at)
    raise_version(study)
    return new


@verb
@transaction.atomic
def retire_prompt(*, prompt: StagePrompt, by: User, at: datetime) -> None:
    """Show the prompt no more. May run twice. `at` is UTC."""
    check_times(occurred_at=at, at=at, received_at=None)
    study = lock(prompt.study)
    current = lock(prompt)
    if current.retired_at is not None:
        return
    _retire(current, by=by, at=at)
    raise_version(study)


def approval_of(prompt: StagePrompt) -> Approval:
    """The approval on record."""
    return Approval(prompt.approval_reference, prompt.approved_version, prompt.approved_on)


def _retire(prompt: StagePrompt, *, by: User, at: datetime) -> None:
    prompt.retired_at = max(at, prompt.set_at)
    prompt.retired_by = by
    prompt.save(update_fields=["retired_at", "retired_by"])


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
    newest = of_kind.aggregate(newest=Max("version"))["newest"] or 0
    return StagePrompt.objects.create(
        study=study,
        stage=stage,
        topic=topic,
        version=newest + 1,
        text=text,
        approval_reference=approval.reference,
        approved_version=approval.version,
        approved_on=approval.on,
        set_at=at,
        set_by=by,
    )


def _checked(approval: Approval, *, at: datetime, zone: str) -> Approval:
    """The approval cleaned: whole or none, and not of a day to come on the writer's clock."""
    given = Approval(
        line_of(approval.reference, most=MOST_REFERENCE, field="approval_reference"),
        line_of(approval.version, most=MOST_VERSION, field="approved_version"),
        approval.on,
    )
    missing = {
        "approval_reference": not given.reference,
        "approved_version": not given.version,
        "approved_on": given.on is None,
    }
    if any(missing.values()) and not all(missing.values()):
        raise InvalidInput(
            "An approval on record has its reference, its version and its date: all three, or"
            " none for a draft.",
            field=next(field for field, is_missing in missing.items() if is_missing),
        )
    if given.on is not None and given.on > local_time(at, zone).date():
        raise InvalidInput("The day of the approval lies in the future.", field="approved_on")
    return given
