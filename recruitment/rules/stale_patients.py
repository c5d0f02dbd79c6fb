"""Where the person of a stale lead stands, as stage, blockers and tries say (6.2, first axis).

"Likely not a fit" is never proposed: that judges a person, and software makes no such judgement
(R7, ST6).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from recruitment.rules.recovery_codes import PatientReason
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory
from trialsnest.lib.words import counted

B, S = BlockerCategory, Stage


@dataclass(frozen=True)
class PatientProposal:
    """Where the person probably stands, and why; None where the log does not say."""

    reason: PatientReason | None
    why: str


PATIENT_OF_BLOCKER: Mapping[BlockerCategory, PatientReason | None] = {
    B.MISSING_RECORDS: PatientReason.MISSING_RECORDS,
    B.MEDICATION_REVIEW: PatientReason.NEEDS_REVIEW,
    B.PENDING_REVIEW: PatientReason.NEEDS_REVIEW,
    B.CRITERIA_AMBIGUITY: PatientReason.NEEDS_REVIEW,
    B.SPONSOR_DECISION: PatientReason.NEEDS_REVIEW,
    B.SOURCE_MISMATCH: PatientReason.NEEDS_REVIEW,
    B.PATIENT_DECIDING: PatientReason.NO_RESPONSE,
    B.UNCLEAR_INFORMATION: PatientReason.NO_RESPONSE,
    B.CONTACT_PERMISSION: None,
    B.STUDY_PAUSED: None,
    **dict.fromkeys(
        (
            B.PATIENT_AVAILABILITY,
            B.VISIT_CAPACITY,
            B.SCHEDULING_CONSTRAINT,
            B.TRAVEL,
            B.CAREGIVER,
            B.COST,
            B.TIME_OFF,
            B.INTERPRETER,
        ),
        PatientReason.SCHEDULING,
    ),
}
"""Where the person stands while this blocks; None where a blocker says nothing about that."""

PATIENT_OF_STAGE: Mapping[Stage, PatientReason] = {
    S.COORDINATOR_REVIEW: PatientReason.NEEDS_REVIEW,
    S.RECORDS_NEEDED: PatientReason.MISSING_RECORDS,
    S.READY_TO_SCHEDULE: PatientReason.SCHEDULING,
    S.SCHEDULED: PatientReason.SCHEDULING,
    S.SCREENED: PatientReason.NEEDS_REVIEW,
    S.NO_RESPONSE: PatientReason.NO_RESPONSE,
}


def propose_patient(
    stage: Stage, blockers: Collection[str], *, attempts: int, is_reviewed: bool = False
) -> PatientProposal:
    """Where the person stands, as far as stage, open blockers (categories) and tries say.

    `is_reviewed`: a study-team review is waiting. `attempts` count since she last answered;
    nobody is said not to respond whom nobody tried.
    """
    for category in blockers:
        found = PATIENT_OF_BLOCKER[BlockerCategory(category)]
        if found is not None:
            return PatientProposal(found, f"Blocked: {BlockerCategory(category).label}.")
    if is_reviewed:
        return PatientProposal(PatientReason.NEEDS_REVIEW, "The study team has not decided yet.")
    if stage in PATIENT_OF_STAGE:
        return PatientProposal(PATIENT_OF_STAGE[stage], "By its stage.")
    if attempts:
        tries = counted(attempts, "try", "tries")
        return PatientProposal(PatientReason.NO_RESPONSE, f"{tries} without an answer.")
    return PatientProposal(None, "Nobody has tried to reach the person since the last answer.")
