"""What patient groups spoke of, and what was changed after it (domain.md 16, PG2, PG4)."""

from datetime import date

from django.db.models import TextChoices

from recruitment.rules.refusals import InvalidInput

FIRST_DAY = date(2000, 1, 1)
MAX_CHANGE = 300  # characters that say what was changed


class InputTopic(TextChoices):
    """What a patient group spoke of (PG2)."""

    HARD_TO_UNDERSTAND = "hard_part", "What is hardest to understand"
    VISIT_BURDEN = "visit_burden", "Visits with the most practical burden"
    WORDING = "wording", "Confusing or overstated wording"
    CHANNELS = "channels", "Outreach channels that are trusted"
    BEFORE_PRESCREEN = "before_prescreen", "What to know before the prescreen"
    FOLLOW_UP = "follow_up", "Follow-up that is clear and respectful"
    COSTS = "costs", "Costs and logistics to raise early"
    PATHWAYS = "pathways", "Ways in which people are referred"
    CAREGIVERS = "caregivers", "What caregivers can and cannot do"
    REIMBURSEMENT = "reimbursement", "Reimbursement"


class ChangeTarget(TextChoices):
    """What was changed (PG4)."""

    STUDY_PAGE = "study_page", "Words of the study page"
    PRESCREEN_TEXT = "prescreen_text", "What the prescreen says to expect"
    FOLLOW_UP = "follow_up", "Prompts and scripts of follow-up"
    VISIT_PREPARATION = "visit_prep", "Preparation for visits"
    SCHEDULING = "scheduling", "Times offered for visits"
    SOURCES = "sources", "Where people are reached"
    REASONS = "reasons", "Reasons recorded for closes and blockers"
    BURDEN = "burden", "Burden raised earlier"


def check_made_on(on: date, *, today: date) -> None:
    """Raise InvalidInput for a day on which no change was made yet. Days of the site."""
    if not FIRST_DAY <= on <= today:
        raise InvalidInput("Choose the day of the change: today or an earlier one.", field="on")
