"""Which codes the glossary tells by their labels alone, and what it calls them."""

from collections.abc import Mapping, Sequence

from django.db.models import TextChoices

from recruitment.rules import recovery_codes, work_codes
from recruitment.rules import vocabulary as words
from recruitment.rules.asks import codes as asks
from recruitment.rules.clock_codes import ClockOutcome, ClockStanding
from recruitment.rules.closing import Family
from recruitment.rules.lanes import Lane
from recruitment.rules.patient_groups import ChangeTarget, InputTopic
from recruitment.rules.permissions import Scope
from recruitment.rules.queue_checks import Check
from recruitment.rules.readiness import Missing
from recruitment.rules.recovery import AgingLane
from recruitment.rules.targets import TargetKey, Unit
from recruitment.rules.weekly import codes as weekly

PLAIN: Sequence[type[TextChoices]] = (
    Lane,
    Check,
    words.Party,
    words.PrescreenState,
    work_codes.FitSignal,
    work_codes.AnswersDecision,
    words.ReviewDecision,
    words.RecordsState,
    words.RecordsType,
    work_codes.Authorization,
    work_codes.RecordsResult,
    work_codes.ReadinessItemCode,
    work_codes.ReadinessState,
    work_codes.VisitType,
    words.VisitResult,
    words.NoShowReason,
    Missing,
    work_codes.Gate,
    work_codes.PushBack,
    work_codes.MovementResult,
    work_codes.HandoffState,
    work_codes.RemoteStep,
    work_codes.CtmsState,
    work_codes.AlertKind,
    work_codes.PromptTopic,
    words.Channel,
    words.PermissionState,
    Scope,
    words.ContactBasis,
    words.SourceKind,
    Family,
    Unit,
    ClockStanding,
    ClockOutcome,
    AgingLane,
    recovery_codes.PatientReason,
    recovery_codes.ProcessReason,
    recovery_codes.RecoveryOutcome,
    recovery_codes.EscalationLevel,
    recovery_codes.EscalationKind,
    recovery_codes.EscalationState,
    recovery_codes.DigestRhythm,
    asks.AskState,
    asks.AskKind,
    asks.AskDirection,
    asks.AskParty,
    asks.AnswerChoice,
    asks.AnswerWay,
    asks.AskEventKind,
    weekly.ReviewState,
    weekly.AgendaLane,
    weekly.ItemKind,
    weekly.Ending,
    weekly.DoneWhen,
    weekly.ActionState,
    weekly.MeetingPart,
    InputTopic,
    ChangeTarget,
)
"""Codes that are told by their labels alone, in the order of the work."""


TITLES: Mapping[type[TextChoices], str] = {
    Lane: "Lane of the queue",
    asks.AskState: "Ask",
    asks.AskKind: "What an ask is about",
    asks.AskDirection: "Who asks",
    asks.AskParty: "Side of the sponsor",
    asks.AnswerChoice: "Answer to an ask",
    asks.AnswerWay: "How an answer came",
    asks.AskEventKind: "Entry in the history of an ask",
    weekly.ReviewState: "Weekly review",
    weekly.AgendaLane: "Lane of the weekly review",
    weekly.ItemKind: "Item of the weekly review",
    weekly.Ending: "How an item ends",
    weekly.DoneWhen: "Sign that an action is done",
    weekly.ActionState: "Action of a weekly review",
    weekly.MeetingPart: "What a meeting shows",
    InputTopic: "What a patient group spoke of",
    ChangeTarget: "What was changed after patient input",
    Check: "Check of the queue",
    Missing: "Missing at the gate",
    Scope: "Scope of an opt-out",
    words.NoShowReason: "No-show reason",
    words.PermissionState: "Permission",
    work_codes.CtmsState: "CTMS hand-off",
    work_codes.HandoffState: "Hand-off",
    work_codes.PushBack: "Push-back",
    Family: "Family of close reasons",
    TargetKey: "Target",
    Unit: "Unit of a target",
    AgingLane: "Lane of the recovery queue",
    recovery_codes.DigestRhythm: "E-mail about one's work",
}
"""Names that the name of the class does not give."""
