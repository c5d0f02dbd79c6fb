"""How often leads end for which reason, and what blocks them: the demo's weights.

After the published screen-failure and refusal reasons in tests/data/funnel: oncology (ecancer
2022), healthy volunteers (2021), written refusals (Trials 2019), referrals (C2C 2024).
"""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

from recruitment.rules.closing import CloseCode
from recruitment.rules.vocabulary import BlockerCategory, NoShowReason, VisitResult

T = TypeVar("T")
C, B = CloseCode, BlockerCategory

DECLINES: Mapping[CloseCode, float] = {
    C.PT_NOT_INTERESTED: 28,
    C.BURDEN_TRAVEL: 16,
    C.BURDEN_SCHEDULE: 12,
    C.BURDEN_PROCEDURES: 9,
    C.PT_OTHER_INTENT: 9,
    C.PT_INFO_UNCLEAR: 7,
    C.CONTACT_DNC: 9,
    C.SRC_OUT_OF_AREA: 5,
    C.BURDEN_CAREGIVER: 4,
    C.BURDEN_COST: 4,
    C.NOT_NOW: 4,
    C.LANGUAGE: 2,
    C.REFERRED_ELSEWHERE: 2,
}
AT_PRESCREEN: Mapping[CloseCode, float] = {
    C.CRIT_DIAGNOSIS: 28,
    C.CRIT_MEDICATION: 22,
    C.CRIT_AGE_OTHER: 20,
    C.CRIT_PRIOR_TREATMENT: 17,
    C.OTHER_TRIAL: 6,
    C.BURDEN_SCHEDULE: 7,
    C.PT_NOT_INTERESTED: 8,
}
AT_SCREENING: Mapping[CloseCode, float] = {
    C.CRIT_LABS: 43,
    C.CONSENT_DECLINED: 18,
    C.CRIT_DIAGNOSIS: 12,
    C.CONSENT_WITHDREW: 10,
    C.CRIT_MEDICATION: 9,
    C.CRIT_PRIOR_TREATMENT: 8,
}
AT_RECORDS: Mapping[CloseCode, float] = {C.REC_UNOBTAINABLE: 6, C.REC_INSUFFICIENT: 4}
AT_SCHEDULING: Mapping[CloseCode, float] = {
    C.BURDEN_SCHEDULE: 26,
    C.SCHED_NO_SLOT: 20,
    C.PT_NOT_INTERESTED: 18,
    C.BURDEN_TRAVEL: 16,
    C.SCHED_WINDOW: 10,
    C.CAPACITY_SITE: 10,
}
COMES_BACK: frozenset[CloseCode] = frozenset(
    {C.CONTACT_UNREACHED, C.BURDEN_SCHEDULE, C.NOT_NOW, C.BURDEN_CAREGIVER}
)
"""Reasons after which somebody may ask again."""

Blocks = Mapping[tuple[BlockerCategory, CloseCode | None], float]
IN_CONVERSATION: Blocks = {
    (B.PATIENT_DECIDING, C.PT_NOT_INTERESTED): 34,
    (B.TRAVEL, C.BURDEN_TRAVEL): 22,
    (B.CAREGIVER, C.BURDEN_CAREGIVER): 12,
    (B.TIME_OFF, C.BURDEN_SCHEDULE): 12,
    (B.COST, C.BURDEN_COST): 8,
    (B.UNCLEAR_INFORMATION, C.PT_INFO_UNCLEAR): 7,
    (B.INTERPRETER, C.LANGUAGE): 5,
}
IN_REVIEW: Blocks = {
    (B.CRITERIA_AMBIGUITY, None): 36,
    (B.MEDICATION_REVIEW, None): 34,
    (B.PENDING_REVIEW, None): 16,
    (B.SPONSOR_DECISION, None): 14,
}
IN_SCHEDULING: Blocks = {
    (B.VISIT_CAPACITY, C.SCHED_NO_SLOT): 36,
    (B.PATIENT_AVAILABILITY, C.BURDEN_SCHEDULE): 34,
    (B.TRAVEL, C.BURDEN_TRAVEL): 16,
    (B.SCHEDULING_CONSTRAINT, C.SCHED_WINDOW): 14,
}
MISSED: Mapping[VisitResult, float] = {
    VisitResult.NO_SHOW: 50,
    VisitResult.PATIENT_CANCELED: 28,
    VisitResult.SITE_CANCELED: 6,
}
NO_SHOW: Mapping[NoShowReason, float] = {
    NoShowReason.TRANSPORT: 24,
    NoShowReason.NO_ANSWER: 22,
    NoShowReason.UNWELL: 16,
    NoShowReason.INCONVENIENT_TIME: 14,
    NoShowReason.WEAK_REMINDER: 10,
    NoShowReason.UNCLEAR_EXPECTATIONS: 8,
    NoShowReason.LOW_CONFIDENCE: 6,
}


def one_of(shares: Mapping[T, float], rng: Random) -> T:
    """One key, as often as its share says."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]
