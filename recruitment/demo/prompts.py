"""What the demo's studies ask staff to say and to ask; one talking point waits for its approval."""

from datetime import datetime

from recruitment.models import StagePrompt, Study
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import PromptTopic
from trialsnest.lib.zones import local_time

T = PromptTopic
PROMPTS: tuple[tuple[Stage, PromptTopic, str, bool], ...] = (
    (
        Stage.NEW_INQUIRY,
        T.TALKING_POINT,
        "Ask what made the person write to us, and what would make taking part easier.",
        True,
    ),
    (
        Stage.CONTACTED,
        T.ASKED,
        "Patients asked to be told early how many visits there are and who else will know.",
        False,
    ),
    (
        Stage.READY_TO_SCHEDULE,
        T.COST,
        "Before offering dates, say that parking, fares and a meal are paid for on the day.",
        False,
    ),
    (Stage.READY_TO_SCHEDULE, T.TRAVEL, "Ask whether a taxi should be ordered.", False),
    (Stage.READY_TO_SCHEDULE, T.VISIT_LENGTH, "The first visit takes three hours.", False),
    (
        Stage.SCHEDULED,
        T.TALKING_POINT,
        "Nothing has to be decided on the day of the visit.",
        False,
    ),
)
"""Stage, topic, words, and whether an approval is on record."""


def make_prompts(study: Study, *, at: datetime) -> None:
    """Give the study its prompts at `at` (UTC)."""
    on = local_time(at, study.report_zone).date()
    StagePrompt.objects.bulk_create(
        StagePrompt(
            study=study,
            stage=stage,
            topic=topic,
            version=1,
            text=text,
            approval_reference=f"IRB {study.code}" if is_approved else "",
            approved_version="1" if is_approved else "",
            approved_on=on if is_approved else None,
            set_at=at,
        )
        for stage, topic, text, is_approved in PROMPTS
    )
