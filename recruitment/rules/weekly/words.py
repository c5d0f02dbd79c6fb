"""What an item of the agenda says: a fact, a question, and its figure in words (W3, D34)."""

from collections.abc import Mapping

from recruitment.rules.recovery_codes import ProcessReason
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import UNIT_OF, FigureUnit, ItemKind
from trialsnest.lib.words import counted

K = ItemKind
FACTS: Mapping[ItemKind, str] = {
    K.STALE_UNNAMED: "{leads} stale with no reason named",
    K.STALE_REASON: "{what}: {leads} stale",
    K.STALE_RISK: "{leads} at risk of going stale",
    K.WEAK_SOURCE: "{what}: {share} became reviewable candidates",
    K.REPEATED_BLOCKER: "{what}: {leads} stopped",
    K.READY_NO_SLOT: "{leads} ready to schedule and no slot free",
    K.BREACHED_PROMISE: "{promises} past due",
    K.OVERDUE: "{actions} past due",
    K.PUT_OFF: "{leads} put off again and again",
    K.UNOWNED: "{leads} with no owner",
    K.UNACCEPTED_HANDOFF: "{handoffs} not accepted",
    K.MISSED_TARGET: "{what}: {number} of {of} not done in time",
    K.PAUSED_WORK: "{number}% of the running clocks stand still",
    K.ANSWERED_ASK: "{what}",
    K.OPEN_ASK: "{what}",
    K.OVERRIDE: "{times} let pass by {what}",
    K.OTHER_CLOSE: "{leads} of {of} closed for another reason",
}
QUESTIONS: Mapping[ItemKind, str] = {
    K.CARRIED_ACTION: "What came of it, and what happens now?",
    K.STALE_UNNAMED: "Why did each stop, and what is the next step?",
    K.STALE_REASON: "What in our own work lets this happen, and who changes it?",
    K.STALE_RISK: "Which of them moves before its date?",
    K.WEAK_SOURCE: "Adjust it, pause it, or leave it for now?",
    K.REPEATED_BLOCKER: "Which step frees the most leads before the next review?",
    K.READY_NO_SLOT: "Where do more visit slots come from?",
    K.BREACHED_PROMISE: "Who calls, and when?",
    K.OVERDUE: "Who clears them, and by when?",
    K.PUT_OFF: "Is the step still the right one?",
    K.UNOWNED: "Who takes them?",
    K.UNACCEPTED_HANDOFF: "Who has these leads in hand until they are accepted?",
    K.MISSED_TARGET: "What kept the team from it?",
    K.PAUSED_WORK: "Does each pause still have a reason?",
    K.ANSWERED_ASK: "What does the answer change, and who is told?",
    K.OPEN_ASK: "Who asks again, and what goes on meanwhile?",
    K.OVERRIDE: "Was it right, and does a rule need to change?",
    K.OTHER_CLOSE: "Which reason is missing from the list?",
}


def code_words(kind: ItemKind, code: str) -> str:
    """What the code of an item means; "" for keys of sources, people and actions."""
    if kind == K.STALE_REASON:
        return str(ProcessReason(code).label)
    if kind == K.REPEATED_BLOCKER:
        return str(BlockerCategory(code).label)
    if kind == K.MISSED_TARGET:
        return str(TargetKey(code).label)
    return ""


def fact(kind: ItemKind, *, what: str, value: int, of: int) -> str:
    """The fact of an item. `what` is the blocker, reason, target, source or person it is about;
    of an action that is carried over, and of an ask, it is the whole of it."""
    if kind == K.CARRIED_ACTION:
        return what
    return FACTS[kind].format(
        what=what,
        number=f"{value:,}",
        of=f"{of:,}",
        share=f"{value}% of {counted(of, 'mature lead')}",
        leads=counted(value, "lead"),
        actions=counted(value, "next action"),
        promises=counted(value, "promised call-back"),
        handoffs=counted(value, "hand-over"),
        times=counted(value, "override"),
    )


def figure(kind: ItemKind, value: int) -> str:
    """A figure to look at again next week: `4 leads`, `31%`."""
    unit = UNIT_OF[kind]
    if unit == FigureUnit.PERCENT:
        return f"{value}%"
    return f"{value:,} {unit.value if value != 1 else unit.value.removesuffix('s')}"
