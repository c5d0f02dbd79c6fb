"""Close reasons: code, phase, family and CONSORT class as data (domain.md 9.1-9.3, D30)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.db.models import TextChoices

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage


class Family(TextChoices):
    """The recruiting problem a pattern of closes points to (9.3)."""

    CRITERIA = "criteria", "Narrow criteria"
    RECORDS = "records", "Missing records"
    BURDEN = "burden", "Patient burden"
    SCHEDULING = "scheduling", "Scheduling friction"
    CHOICE = "choice", "Patient choice"
    INTENT = "intent", "Page intent"
    SOURCE = "source", "Source quality"
    SLOW_FOLLOW_UP = "slow_follow_up", "Slow follow-up"
    UNREACHED = "unreached", "Could not be reached"
    ADMINISTRATIVE = "administrative", "Administrative"


class CloseCode(TextChoices):
    """The coded cause for ending work. "Not eligible" is not among them (CL1)."""

    CRIT_DIAGNOSIS = "crit_diagnosis", "Study criteria: diagnosis or condition"
    CRIT_LABS = "crit_labs", "Study criteria: lab or test values"
    CRIT_PRIOR_TREATMENT = "crit_prior_treatment", "Study criteria: earlier treatment"
    CRIT_MEDICATION = "crit_medication", "Study criteria: current medication"
    CRIT_AGE_OTHER = "crit_age_other", "Study criteria: age or other stated criterion"
    OTHER_TRIAL = "other_trial", "Already in another study"
    REC_UNOBTAINABLE = "rec_unobtainable", "Records could not be obtained"
    REC_INSUFFICIENT = "rec_insufficient", "Records did not answer the question in time"
    BURDEN_TRAVEL = "burden_travel", "Travel or distance too much"
    BURDEN_SCHEDULE = "burden_schedule", "Visit number or times not workable"
    BURDEN_CAREGIVER = "burden_caregiver", "Caregiver or family constraints"
    BURDEN_COST = "burden_cost", "Cost or reimbursement concern"
    BURDEN_PROCEDURES = "burden_procedures", "Procedures or time commitment"
    SCHED_NO_SLOT = "sched_no_slot", "No visit slot in time"
    SCHED_WINDOW = "sched_window", "Visit window missed"
    SCHED_NOSHOW = "sched_noshow", "Missed visits, not re-booked"
    CONSENT_DECLINED = "consent_declined", "Chose not to consent"
    CONSENT_WITHDREW = "consent_withdrew_screening", "Withdrew during screening"
    PT_NOT_INTERESTED = "pt_not_interested", "No longer interested, no barrier given"
    PT_INFO_UNCLEAR = "pt_info_unclear", "Study information unclear or not as expected"
    PT_OTHER_INTENT = "pt_other_intent", "Was looking for something else"
    CONTACT_UNREACHED = "contact_unreached", "Could not be reached after the full cadence"
    CONTACT_INVALID = "contact_invalid", "Wrong or disconnected contact details"
    CONTACT_DNC = "contact_dnc", "Asked not to be contacted"
    SRC_OUT_OF_AREA = "src_out_of_area", "Outside the area this site serves"
    SRC_DUPLICATE = "src_duplicate", "Duplicate"
    SRC_SPAM = "src_spam", "Spam, test or not a person"
    CAPACITY_SITE = "capacity_site", "Site could not serve in time"
    STUDY_CLOSED = "study_closed", "Study paused, full or closed"
    REFERRED_ELSEWHERE = "referred_elsewhere", "Offered another study, with permission"
    DECEASED = "deceased", "Deceased"
    LANGUAGE = "language_not_supported", "Language not supported"
    NOT_NOW = "not_now_until", "Not now; a later date was agreed"
    AT_OTHER_SITE = "at_other_site", "Continues at another site"


Consort = Literal["not_meeting_criteria", "declined", "other", "not_counted"]
Phase = Literal[
    "any", "intake", "early", "prescreen", "records", "scheduling", "scheduled", "screening"
]


@dataclass(frozen=True)
class CloseRule:
    """What a close code means for figures. `phase` names where it may be used (9.2).

    `rules.closing_phases` holds the stages of each phase.
    """

    family: Family
    consort: Consort
    phase: Phase


C, F = CloseCode, Family
RULES: Mapping[CloseCode, CloseRule] = {
    C.CRIT_DIAGNOSIS: CloseRule(F.CRITERIA, "not_meeting_criteria", "prescreen"),
    C.CRIT_LABS: CloseRule(F.CRITERIA, "not_meeting_criteria", "screening"),
    C.CRIT_PRIOR_TREATMENT: CloseRule(F.CRITERIA, "not_meeting_criteria", "prescreen"),
    C.CRIT_MEDICATION: CloseRule(F.CRITERIA, "not_meeting_criteria", "prescreen"),
    C.CRIT_AGE_OTHER: CloseRule(F.CRITERIA, "not_meeting_criteria", "prescreen"),
    C.OTHER_TRIAL: CloseRule(F.CRITERIA, "not_meeting_criteria", "any"),
    C.REC_UNOBTAINABLE: CloseRule(F.RECORDS, "other", "records"),
    C.REC_INSUFFICIENT: CloseRule(F.RECORDS, "other", "records"),
    C.BURDEN_TRAVEL: CloseRule(F.BURDEN, "declined", "any"),
    C.BURDEN_SCHEDULE: CloseRule(F.BURDEN, "declined", "any"),
    C.BURDEN_CAREGIVER: CloseRule(F.BURDEN, "declined", "any"),
    C.BURDEN_COST: CloseRule(F.BURDEN, "declined", "any"),
    C.BURDEN_PROCEDURES: CloseRule(F.BURDEN, "declined", "any"),
    C.SCHED_NO_SLOT: CloseRule(F.SCHEDULING, "other", "scheduling"),
    C.SCHED_WINDOW: CloseRule(F.SCHEDULING, "other", "scheduling"),
    C.SCHED_NOSHOW: CloseRule(F.SCHEDULING, "other", "scheduled"),
    C.CONSENT_DECLINED: CloseRule(F.CHOICE, "declined", "screening"),
    C.CONSENT_WITHDREW: CloseRule(F.CHOICE, "declined", "screening"),
    C.PT_NOT_INTERESTED: CloseRule(F.CHOICE, "declined", "any"),
    C.PT_INFO_UNCLEAR: CloseRule(F.INTENT, "declined", "any"),
    C.PT_OTHER_INTENT: CloseRule(F.INTENT, "declined", "early"),
    C.CONTACT_UNREACHED: CloseRule(F.UNREACHED, "other", "early"),
    C.CONTACT_INVALID: CloseRule(F.SOURCE, "other", "early"),
    C.CONTACT_DNC: CloseRule(F.CHOICE, "declined", "any"),
    C.SRC_OUT_OF_AREA: CloseRule(F.SOURCE, "other", "early"),
    C.SRC_DUPLICATE: CloseRule(F.ADMINISTRATIVE, "not_counted", "intake"),
    C.SRC_SPAM: CloseRule(F.SOURCE, "not_counted", "intake"),
    C.CAPACITY_SITE: CloseRule(F.SCHEDULING, "other", "any"),
    C.STUDY_CLOSED: CloseRule(F.ADMINISTRATIVE, "other", "any"),
    C.REFERRED_ELSEWHERE: CloseRule(F.ADMINISTRATIVE, "other", "any"),
    C.DECEASED: CloseRule(F.ADMINISTRATIVE, "other", "any"),
    C.LANGUAGE: CloseRule(F.SOURCE, "other", "any"),
    C.NOT_NOW: CloseRule(F.CHOICE, "declined", "any"),
    C.AT_OTHER_SITE: CloseRule(F.ADMINISTRATIVE, "other", "any"),
}

CRITERIA_CODES: frozenset[CloseCode] = frozenset(
    code for code, rule in RULES.items() if rule.family == F.CRITERIA
)


def check_close(
    code: str, target: Stage, *, label: Callable[[Stage], str] = lambda stage: stage.label
) -> CloseCode:
    """The close code, if it is known and belongs to the stage it closes into (LC6, CL2).

    Not qualified takes a study criterion; every other close takes any code but a criterion.
    `label` is what the study calls a stage.
    Raises InvalidInput for a missing or unknown code, or one of the other kind.
    """
    if not code:
        raise InvalidInput("Choose the main reason for closing.", field="reason")
    if code not in CloseCode.values:
        raise InvalidInput(f"{code!r} is not a close reason.", field="reason")
    reason = CloseCode(code)
    if target == Stage.NOT_QUALIFIED and reason not in CRITERIA_CODES:
        raise InvalidInput(
            f"{label(Stage.NOT_QUALIFIED)} needs the study criterion that was decided on.",
            field="reason",
        )
    if target == Stage.CLOSED_OTHER and reason in CRITERIA_CODES:
        raise InvalidInput(
            f"{reason.label} is a criterion: move the lead to"
            f" {label(Stage.NOT_QUALIFIED)} instead.",
            field="reason",
        )
    return reason
