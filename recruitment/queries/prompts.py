"""What a study asks staff to say and to ask at a stage, and the list of it for the set-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from recruitment.models import StagePrompt, Study
from recruitment.rules.stages import ORDER, Stage
from recruitment.rules.work_codes import PromptTopic


@dataclass(frozen=True)
class Prompt:
    """One prompt as a lead page shows it; a talking point with its approval on record."""

    topic: str
    text: str
    approval: str
    approved_on: date | None


def prompts_at(study: Study, stage: Stage) -> Sequence[Prompt]:
    """The prompts shown at `stage`, in the order of the topics.

    One statement the first time, then none: the memory is keyed by the study's `settings_version`.
    """
    return _remembered(study.pk, study.settings_version).get(stage, ())


@lru_cache(maxsize=1024)
def _remembered(study_id: int, version: int) -> Mapping[Stage, Sequence[Prompt]]:
    found: dict[Stage, list[Prompt]] = {}
    for row in standing_prompts(study_id):
        if is_shown(row):
            found.setdefault(Stage(row.stage), []).append(_prompt(row))
    return {stage: tuple(prompts) for stage, prompts in found.items()}


def standing_prompts(study_id: int) -> list[StagePrompt]:
    """Prompts that are not retired, by stage and topic; one statement."""
    order = {topic: position for position, topic in enumerate(PromptTopic)}
    rows = StagePrompt.objects.filter(study=study_id, retired_at__isnull=True)
    return sorted(
        rows.select_related("set_by"),
        key=lambda row: (ORDER[Stage(row.stage)], order[PromptTopic(row.topic)], row.version),
    )


def retired_prompts(study_id: int) -> list[StagePrompt]:
    """Prompts of the past, the latest first; one statement."""
    rows = StagePrompt.objects.filter(study=study_id, retired_at__isnull=False)
    return list(rows.select_related("set_by", "retired_by").order_by("-retired_at", "-pk")[:50])


def is_shown(row: StagePrompt) -> bool:
    """Whether a lead page shows it: a talking point needs its approval on record."""
    return row.topic != PromptTopic.TALKING_POINT or row.approved_on is not None


def _prompt(row: StagePrompt) -> Prompt:
    is_point = row.topic == PromptTopic.TALKING_POINT
    approval = f"{row.approval_reference}, version {row.approved_version}"
    return Prompt(
        topic=PromptTopic(row.topic).label,
        text=row.text,
        approval=approval if is_point else "",
        approved_on=row.approved_on if is_point else None,
    )
