"""Fixed codes of the weekly review (domain.md 11, W2, W4, W7, W10; D34)."""

from collections.abc import Mapping
from enum import Enum

from django.db.models import TextChoices


class ReviewState(TextChoices):
    """Where the review of one week stands (W10). A week without a review is skipped (W9)."""

    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    SKIPPED = "skipped", "Skipped"


class AgendaLane(TextChoices):
    """The lanes of an agenda, in the order in which they are gone through (W2, PZ4)."""

    LAST_ACTIONS = "last_actions", "Last week's actions"
    STALE = "stale", "Stale leads"
    SOURCES = "sources", "Sources"
    RECORDS = "records", "Records and blockers"
    SCHEDULING = "scheduling", "Scheduling and capacity"
    OWNERSHIP = "ownership", "Overdue, unowned and hand-overs"
    TARGETS = "targets", "Missed targets"
    PAUSED = "paused", "Paused work"
    DECISIONS = "decisions", "Decisions"


class ItemKind(TextChoices):
    """What an item of the agenda is about; each is found from what happened, never typed."""

    CARRIED_ACTION = "carried_action", "Open action"
    STALE_UNNAMED = "stale_unnamed", "Stale leads with no reason named"
    STALE_REASON = "stale_reason", "Stale leads by reason"
    STALE_RISK = "stale_risk", "At risk of going stale"
    WEAK_SOURCE = "weak_source", "Weak source"
    REPEATED_BLOCKER = "repeated_blocker", "Repeated blocker"
    READY_NO_SLOT = "ready_no_slot", "Ready, and no slot"
    BREACHED_PROMISE = "breached_promise", "Promises past due"
    OVERDUE = "overdue", "Next actions past due"
    PUT_OFF = "put_off", "Put off again and again"
    UNOWNED = "unowned", "Leads with no owner"
    UNACCEPTED_HANDOFF = "unaccepted_handoff", "Hand-overs not accepted"
    MISSED_TARGET = "missed_target", "Missed target"
    PAUSED_WORK = "paused_work", "Paused work"
    ANSWERED_ASK = "answered_ask", "Answered ask"
    OPEN_ASK = "open_ask", "Open ask"
    OVERRIDE = "override", "Override"
    OTHER_CLOSE = "other_close", "Closed as “other”"


K, L = ItemKind, AgendaLane
LANE_OF: Mapping[ItemKind, AgendaLane] = {
    K.CARRIED_ACTION: L.LAST_ACTIONS,
    K.STALE_UNNAMED: L.STALE,
    K.STALE_REASON: L.STALE,
    K.STALE_RISK: L.STALE,
    K.WEAK_SOURCE: L.SOURCES,
    K.REPEATED_BLOCKER: L.RECORDS,
    K.READY_NO_SLOT: L.SCHEDULING,
    K.BREACHED_PROMISE: L.OWNERSHIP,
    K.OVERDUE: L.OWNERSHIP,
    K.PUT_OFF: L.OWNERSHIP,
    K.UNOWNED: L.OWNERSHIP,
    K.UNACCEPTED_HANDOFF: L.OWNERSHIP,
    K.MISSED_TARGET: L.TARGETS,
    K.PAUSED_WORK: L.PAUSED,
    K.ANSWERED_ASK: L.DECISIONS,
    K.OPEN_ASK: L.DECISIONS,
    K.OVERRIDE: L.DECISIONS,
    K.OTHER_CLOSE: L.DECISIONS,
}


class Ending(TextChoices):
    """How an item of the agenda ends (D34); the last only for what was carried twice (W7)."""

    ACT = "act", "Agree an action"
    ACCEPT = "accept", "Accept for now"
    CLOSE = "close", "Close it"
    ESCALATE = "escalate", "Escalate it"


class DoneWhen(TextChoices):
    """What shows that an action of the review is done; all but the last are read from the log."""

    CONTACTED = "contacted", "A contact is logged for each lead"
    MOVED = "moved", "Each lead has moved"
    OWNED = "owned", "Each lead has an owner"
    UNBLOCKED = "unblocked", "The blocker is gone from each lead"
    CLEARED = "cleared", "Nothing on these leads is past due"
    FEWER = "fewer", "The figure is down to a number"
    SAID = "said", "Its owner says so"


DONE_WHEN: Mapping[ItemKind, tuple[DoneWhen, ...]] = {
    K.CARRIED_ACTION: tuple(DoneWhen),
    K.STALE_UNNAMED: (DoneWhen.MOVED, DoneWhen.CONTACTED, DoneWhen.FEWER, DoneWhen.SAID),
    K.STALE_REASON: (DoneWhen.MOVED, DoneWhen.CONTACTED, DoneWhen.FEWER, DoneWhen.SAID),
    K.STALE_RISK: (DoneWhen.MOVED, DoneWhen.CONTACTED, DoneWhen.FEWER, DoneWhen.SAID),
    K.WEAK_SOURCE: (DoneWhen.SAID,),
    K.REPEATED_BLOCKER: (DoneWhen.UNBLOCKED, DoneWhen.MOVED, DoneWhen.FEWER, DoneWhen.SAID),
    K.READY_NO_SLOT: (DoneWhen.MOVED, DoneWhen.FEWER, DoneWhen.SAID),
    K.BREACHED_PROMISE: (DoneWhen.CONTACTED, DoneWhen.CLEARED, DoneWhen.FEWER, DoneWhen.SAID),
    K.OVERDUE: (DoneWhen.CLEARED, DoneWhen.CONTACTED, DoneWhen.FEWER, DoneWhen.SAID),
    K.PUT_OFF: (DoneWhen.MOVED, DoneWhen.CONTACTED, DoneWhen.FEWER, DoneWhen.SAID),
    K.UNOWNED: (DoneWhen.OWNED, DoneWhen.FEWER, DoneWhen.SAID),
    K.UNACCEPTED_HANDOFF: (DoneWhen.OWNED, DoneWhen.FEWER, DoneWhen.SAID),
    K.MISSED_TARGET: (DoneWhen.FEWER, DoneWhen.SAID),
    K.PAUSED_WORK: (DoneWhen.FEWER, DoneWhen.SAID),
    K.ANSWERED_ASK: (DoneWhen.SAID, DoneWhen.MOVED),
    K.OPEN_ASK: (DoneWhen.SAID, DoneWhen.MOVED),
    K.OVERRIDE: (DoneWhen.SAID,),
    K.OTHER_CLOSE: (DoneWhen.FEWER, DoneWhen.SAID),
}
"""What may be agreed as the sign that an action is done; the first is proposed."""

OF_LEADS = frozenset(
    {DoneWhen.CONTACTED, DoneWhen.MOVED, DoneWhen.OWNED, DoneWhen.UNBLOCKED, DoneWhen.CLEARED}
)
"""Signs that are looked up lead by lead, so only for an action that leads are linked to."""


class FigureUnit(Enum):
    """What the figure of an item counts, as it stands behind the number."""

    LEADS = "leads"
    ACTIONS = "actions"
    HANDOFFS = "hand-overs"
    MISSES = "not in time"
    PERCENT = "percent"
    TIMES = "overrides"


OF_ONE_LEAD = frozenset({FigureUnit.LEADS, FigureUnit.ACTIONS, FigureUnit.HANDOFFS})
"""Units of figures in which one lead counts once."""

UNIT_OF: Mapping[ItemKind, FigureUnit] = {
    **dict.fromkeys(ItemKind, FigureUnit.LEADS),
    K.OVERDUE: FigureUnit.ACTIONS,
    K.BREACHED_PROMISE: FigureUnit.ACTIONS,
    K.UNACCEPTED_HANDOFF: FigureUnit.HANDOFFS,
    K.MISSED_TARGET: FigureUnit.MISSES,
    K.PAUSED_WORK: FigureUnit.PERCENT,
    K.WEAK_SOURCE: FigureUnit.PERCENT,
    K.OVERRIDE: FigureUnit.TIMES,
}


class MeetingPart(TextChoices):
    """What a meeting shows at a moment: an item of its agenda, or what stands before and after."""

    LAST_ACTIONS = "last_actions", "Last week's actions"
    MOVEMENT = "movement", "Movement"
    ITEM = "item", "Item"
    END = "end", "The end"


class ActionState(TextChoices):
    """Where an action of a review stands. What is still open next week is carried over (W7)."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    CARRIED = "carried", "Carried over"
    DROPPED = "dropped", "Dropped"
