"""Fixed codes of stale reviews, escalations and digests (domain.md 5.4, 6.2, 6.3)."""

from django.db.models import TextChoices


class PatientReason(TextChoices):
    """Where the person of a stale lead stands (6.2, first axis)."""

    NO_RESPONSE = "no_response", "No response"
    MISSING_RECORDS = "missing_records", "Missing records"
    SCHEDULING = "scheduling", "Scheduling conflict"
    NEEDS_REVIEW = "needs_review", "Needs review"
    NOT_A_FIT = "not_a_fit", "Likely not a fit"


class ProcessReason(TextChoices):
    """What in our own process let a lead go stale (6.2, second axis)."""

    NO_OWNER = "no_owner", "No owner"
    SLOW_FOLLOW_UP = "slow_follow_up", "Slow follow-up"
    MISSING_CONTEXT = "missing_context", "Missing context at contact"
    HIDDEN_BLOCKER = "hidden_blocker", "Hidden or unnamed blocker"
    BURIED = "buried", "Buried in a list"
    DECISION_WAITING = "decision_waiting", "Decision waiting on the study team or sponsor"
    NONE = "none", "Nothing of ours (patient side only)"


class RecoveryOutcome(TextChoices):
    """What a review of a stale lead decided (RQ2). Each names an owner and a date."""

    RECONTACT = "recontact", "Contact again"
    CHASE_RECORDS = "chase_records", "Chase records, or ask for others"
    REOFFER_DATES = "reoffer_dates", "Offer dates again"
    SEND_TO_REVIEW = "send_to_review", "Send to review"
    REASSIGN = "reassign", "Reassign"
    OPEN_BLOCKER = "open_blocker", "Name a blocker"
    CLOSE = "close", "Close, with a reason"
    ESCALATE = "escalate", "Escalate"


class EscalationLevel(TextChoices):
    """Who is asked next (E1). The owner's own notice and the breach list need no row."""

    SITE_LEAD = "site_lead", "Site lead"
    STUDY_LEAD = "study_lead", "Study lead or investigator"
    SPONSOR = "sponsor", "Sponsor"


class EscalationKind(TextChoices):
    """What is escalated; the kind says to whom (E2)."""

    OWNERSHIP = "ownership", "Ownership"
    WORKLOAD = "workload", "Workload"
    COVERAGE = "coverage", "Coverage"
    CLINICAL = "clinical", "Clinical question"
    CRITERIA = "criteria", "Criteria question"
    CONSENT = "consent", "Consent question"
    CAPACITY = "capacity", "Visit capacity"
    VISIT_WINDOW = "visit_window", "Visit windows"
    BUDGET = "budget", "Budget"
    CRITERIA_WORDING = "criteria_wording", "Criteria are ambiguous"
    MATERIAL = "material", "Material approval"


class EscalationState(TextChoices):
    """Where an escalation stands (E3)."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DigestRhythm(TextChoices):
    """When somebody gets the e-mail that says what is new; never without anything new."""

    NOW = "now", "As it happens, at most every 15 minutes"
    MORNING = "morning", "In the morning of a working day"
    MONDAY = "monday", "On Monday morning"
    OFF = "off", "Never"
