"""What an event of the log says, in staff's words; codes in, one short phrase out."""

from collections.abc import Callable, Mapping

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.permission_words import CORRECTED, permission_words
from recruitment.rules.recovery_codes import (
    EscalationKind,
    EscalationState,
    PatientReason,
    RecoveryOutcome,
)
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    ContactResult,
    PrescreenState,
    RecordsState,
    RecordsType,
    ReviewDecision,
    VisitResult,
)
from recruitment.rules.work_codes import (
    AnswersDecision,
    Authorization,
    CtmsState,
    FitSignal,
    Gate,
    PushBack,
    ReadinessItemCode,
    ReadinessState,
)

K = EventKind
NOTES = {"put_off": "Put off", "done": "Result"}
MOVED = {"reopened": "Reopened to", "corrected": "Corrected to"}
OWNERSHIP = {
    "claim": "Claimed",
    "assign": "Assigned",
    "cover": "Covered",
    "return": "Back from cover",
    "handoff": "Handed over",
    "handback": "Handed back",
    "route": "Routed",
    "release": "Owner taken off",
}
_OF_CODE: Mapping[EventKind, Callable[[str], str]] = {
    K.OUTREACH_LOGGED: lambda code: ContactResult(code).label,
    K.CONTACT_RECEIVED: lambda code: ContactResult(code).label,
    K.ACTION_SET: lambda code: f"Next: {ActionType(code).label}",
    K.ACTION_DONE: lambda code: f"Done: {ActionType(code).label}",
    K.ACTION_CANCELED: lambda code: f"Replaced: {ActionType(code).label}",
    K.PRESCREEN_CHANGED: lambda code: f"Prescreen {PrescreenState(code).label.lower()}",
    K.PERSON_CORRECTED: lambda code: CORRECTED.get(code, K.PERSON_CORRECTED.label),
    K.GATE_OVERRIDDEN: lambda code: f"Overridden by the site lead: {Gate(code).label.lower()}",
    K.REVIEW_DECIDED: lambda code: f"Study team: {ReviewDecision(code).label}",
    K.BLOCKER_REDATED: lambda code: f"To look at again: {BlockerCategory(code).label}",
    K.BLOCKER_OPENED: lambda code: f"Blocked: {BlockerCategory(code).label}",
    K.BLOCKER_RESOLVED: lambda code: f"Blocker resolved: {BlockerCategory(code).label}",
    K.VISIT_ENDED: lambda code: f"Visit: {VisitResult(code).label.lower()}",
    K.RECORDS_CHASED: lambda code: f"{RecordsType(code).label}: asked again",
    K.CTMS_HANDOFF_CHANGED: lambda code: f"Study operations: {CtmsState(code).label.lower()}",
    K.ESCALATED: lambda code: f"Escalated: {EscalationKind(code).label.lower()}",
    K.ESCALATION_ENDED: lambda code: f"Escalation {EscalationState(code).label.lower()}",
    K.CLOCK_BREACHED: lambda code: f"Past its target: {TargetKey(code).label.lower()}",
    K.PAUSE_ENDED: lambda code: f"Pause over: {BlockerCategory(code).label}",
    K.OWNER_SET: lambda code: OWNERSHIP.get(code, K.OWNER_SET.label),
}


def event_words(
    kind: str, *, code: str = "", reason_code: str = "", to_stage: str = "", to_label: str = ""
) -> str:
    """One phrase for one event, such as `No answer` or `Moved to Contacted`. Names nobody.

    `to_label` is what the study calls `to_stage`, where one study is in view.
    """
    if kind == K.STAGE_CHANGED:
        return f"{MOVED.get(code, 'Moved to')} {to_label or Stage(to_stage).label}"
    if kind == K.RECORDS_CHANGED:
        return f"{RecordsType(reason_code).label}: {_records_words(code)}"
    if kind == K.READINESS_CHANGED:
        return f"{ReadinessItemCode(code).label}: {ReadinessState(reason_code).label.lower()}"
    if kind == K.ANSWERS_REVIEWED:
        return f"Answers: {FitSignal(reason_code).label}. {AnswersDecision(code).label}"
    if kind == K.NOTE_ADDED and code in NOTES:
        return NOTES[code]
    if kind == K.ACTION_CANCELED and reason_code in PushBack.values:
        return f"Later: {PushBack(reason_code).label.lower()}"
    if kind == K.PERMISSION_RECORDED:
        return permission_words(code, reason_code)
    if kind == K.STALE_REVIEWED and code and reason_code:
        return f"Stale: {PatientReason(reason_code).label}. {RecoveryOutcome(code).label}"
    words = _OF_CODE.get(EventKind(kind))
    return words(code) if words is not None and code else EventKind(kind).label


def _records_words(code: str) -> str:
    """How far the record is, or how far its release."""
    if code in RecordsState.values:
        return RecordsState(code).label.lower()
    return f"release {Authorization(code).label.lower()}"


def close_words(reason_code: str) -> str:
    """The close reason as staff read it; empty when the code is not one."""
    return CloseCode(reason_code).label if reason_code in CloseCode.values else ""
