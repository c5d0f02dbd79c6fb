"""What a study calls its stages: the one way to a label wherever one study is in view (LB5).

Where several studies are in view, in buckets and in reports, the usual label of `Stage` stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from recruitment.models import Lead, StageSetting, Study, stage_label, stage_words
from recruitment.rules.stage_words import StageWords, words_of
from recruitment.rules.stages import Stage


def label_of(study: Study, stage: str) -> str:
    """The study's label of a stage code; no statement once the study's words are remembered."""
    return stage_label(study, stage)


def short_label_of(study: Study, stage: str) -> str:
    """The same for a row of the queue, at most 24 letters."""
    return stage_words(study)[Stage(stage)].short_label


def words_at(lead: Lead) -> StageWords:
    """How the lead's study words the stage it is in."""
    return stage_words(lead.study_site.study)[Stage(lead.stage)]


@dataclass(frozen=True)
class WordsChange:
    """Who changed what of a stage's words, and when (UTC)."""

    at: datetime
    who: str
    what: str
    old: str
    new: str


FIELDS = {
    "label": "label",
    "short_label": "short label",
    "help_text": "help",
    "action_text": "action",
    "is_hidden": "hidden",
    "rest_days": "rest days",
}


def words_history(study: Study, stage: Stage | None = None) -> Sequence[WordsChange]:
    """Every change of the study's words, newest first, of one stage or of all; one statement."""
    rows = StageSetting.objects.filter(study=study).select_related("set_by")
    if stage is not None:
        rows = rows.filter(code=stage)
    before = {known: _values(words_of(known)) for known in Stage}
    found = []
    for row in rows.order_by("set_at", "pk"):
        code = Stage(row.code)
        after = _values(row)
        who = row.set_by.name if row.set_by else "The system"
        found += [
            WordsChange(row.set_at, who, f"{code.label}, {word}", before[code][field], after[field])
            for field, word in FIELDS.items()
            if before[code][field] != after[field]
        ]
        before[code] = after
    return found[::-1]


def _values(said: StageWords | StageSetting) -> dict[str, str]:
    """The words as they are read: what is empty or usual says nothing."""
    values = {field: getattr(said, field) for field in FIELDS}
    values["is_hidden"] = "yes" if said.is_hidden else ""
    values["rest_days"] = "" if said.rest_days is None else str(said.rest_days)
    if values["short_label"] == said.label:
        values["short_label"] = ""
    return values


def leads_by_stage(study: Study) -> dict[Stage, int]:
    """How many leads of the study each stage holds, at all its sites; one statement."""
    leads = Lead.objects.filter(study_site__study=study).order_by()
    counts = leads.values_list("stage").annotate(Count("pk"))
    return dict.fromkeys(Stage, 0) | {Stage(code): held for code, held in counts}


def version_of(study: Study, stage: Stage) -> int:
    """The version of the study's words for a stage, 0 for the usual ones; one statement."""
    rows = StageSetting.objects.filter(study=study, code=stage)
    return int(rows.aggregate(newest=Max("version"))["newest"] or 0)
