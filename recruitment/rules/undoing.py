"""What can be taken back, and what is corrected with a reason instead (D21, AU4)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from recruitment.rules.events import EventKind, Fact

LAST_ACTIONS = 20  # of one person's day
REASON_AFTER = timedelta(hours=24)  # a correction later than this says why (AU4)

K = EventKind
NEVER_UNDONE: Mapping[EventKind, str] = {
    K.RECEIVED: "A lead that came in is not undone; close it with a reason.",
    K.TOUCHED: "An inquiry that came in is not undone.",
    K.PERMISSION_RECORDED: (
        "An opt-out or a permission is not undone; record what the person says now."
    ),
    K.PERSON_CORRECTED: "A correction of contact details is not undone; correct it again.",
    K.REVIEW_DECIDED: "A study-team decision is not undone; correct the stage with a reason.",
    K.STALE_FLAGGED: "What the software noted by itself is not undone.",
    K.RECOVERED: "What the software noted by itself is not undone.",
}
"""Kinds that an undo leaves alone, each with the sentence that says what to do."""

VOIDABLE: frozenset[EventKind] = frozenset(
    {
        K.OUTREACH_LOGGED,
        K.CONTACT_RECEIVED,
        K.PRESCREEN_CHANGED,
        K.ANSWERS_REVIEWED,
        K.RECORDS_CHANGED,
        K.RECORDS_CHASED,
        K.READINESS_CHANGED,
        K.VISIT_OFFERED,
        K.NOTE_ADDED,
    }
)
"""Entries that can be voided one by one, because nothing else was built on them.

A stage is corrected, a blocker resolved, a next action replaced, a visit's result recorded anew.
"""


def never_undone(facts: Sequence[Fact], has_decider: bool) -> str:
    """Why these facts of one action are not undone; empty when they may be."""
    for fact in facts:
        if fact.kind in NEVER_UNDONE:
            return NEVER_UNDONE[fact.kind]
    if has_decider:
        return "A study-team outcome is not undone; correct it with a reason."
    return ""
