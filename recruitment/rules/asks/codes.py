"""Fixed codes of asks (domain.md 12.5, AS1-AS3)."""

from collections.abc import Mapping

from django.db.models import TextChoices

from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import ItemKind


class AskKind(TextChoices):
    """What an ask is about (AS1). The last only for what is put to the site (AS3)."""

    SOURCE_ADJUSTMENT = "source_adjustment", "Source adjustment"
    SITE_SUPPORT = "site_support", "Site support or capacity"
    CRITERIA = "criteria", "Criteria clarification"
    MATERIAL = "material", "Material approval"
    VISIT_OPTION = "visit_option", "Visit window or burden option"
    STALE_REVIEW = "stale_review", "Stale-lead review"
    CADENCE = "cadence", "Reporting cadence"
    OTHER = "other", "Another question"


class AskDirection(TextChoices):
    """Who asks whom (AS1, AS3)."""

    TO_SPONSOR = "to_sponsor", "We ask"
    FROM_SPONSOR = "from_sponsor", "We are asked"


class AskParty(TextChoices):
    """Who outside the site is asked, or asks."""

    SPONSOR = "sponsor", "Sponsor"
    CRO = "cro", "CRO"
    MONITOR = "monitor", "Monitor"


class AskState(TextChoices):
    """Where an ask stands. An answer counts once the site lead has settled it (AS2)."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AnswerChoice(TextChoices):
    """What was answered; with the last one the ask stays open."""

    AGREED = "agreed", "Agreed"
    PARTLY = "partly", "Agreed in part"
    NOT_AGREED = "not_agreed", "Not agreed"
    IN_WORDS = "in_words", "Answered in words"
    MORE_NEEDED = "more_needed", "More information needed"


class AnswerWay(TextChoices):
    """How an answer came: told to the site, which writes it down, or given in the portal (AS2)."""

    PHONE = "phone", "By phone"
    EMAIL = "email", "By e-mail"
    MEETING = "meeting", "In a meeting or visit"
    PORTAL = "portal", "In the portal"


class AskEventKind(TextChoices):
    """What happened to an ask."""

    RAISED = "raised", "Asked"
    ANSWERED = "answered", "Answered"
    REDATED = "redated", "Needed by another day"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Withdrawn"


UNSETTLED = frozenset({AskState.OPEN, AskState.ANSWERED})
"""Asks that each weekly review finds again."""

ENDS_WAITING = frozenset(set(AnswerChoice) - {AnswerChoice.MORE_NEEDED})
"""Answers after which nobody waits for one any more."""

TOLD = frozenset(set(AnswerWay) - {AnswerWay.PORTAL})
"""Ways in which somebody told the site, whose name stands beside the answer."""

NOT_ASKED = frozenset({BlockerCategory.STUDY_PAUSED})
"""Blockers that no answer takes off: a halt ends on the study's own page (D32)."""

A, B, K = AskKind, BlockerCategory, ItemKind
KIND_OF_BLOCKER: Mapping[BlockerCategory, AskKind] = {
    B.VISIT_CAPACITY: A.SITE_SUPPORT,
    B.SCHEDULING_CONSTRAINT: A.VISIT_OPTION,
    B.TRAVEL: A.VISIT_OPTION,
    B.CAREGIVER: A.VISIT_OPTION,
    B.COST: A.VISIT_OPTION,
    B.TIME_OFF: A.VISIT_OPTION,
    B.INTERPRETER: A.SITE_SUPPORT,
    B.UNCLEAR_INFORMATION: A.MATERIAL,
    B.SOURCE_MISMATCH: A.SOURCE_ADJUSTMENT,
    B.CRITERIA_AMBIGUITY: A.CRITERIA,
}
"""What is usually asked about a blocker (E2, 10.4)."""

KIND_OF_ITEM: Mapping[ItemKind, AskKind] = {
    K.STALE_UNNAMED: A.STALE_REVIEW,
    K.STALE_REASON: A.STALE_REVIEW,
    K.WEAK_SOURCE: A.SOURCE_ADJUSTMENT,
    K.READY_NO_SLOT: A.SITE_SUPPORT,
}
"""What is usually asked about an item of the weekly review that is no blocker."""
