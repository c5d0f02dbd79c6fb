"""What can be taken back, and what is corrected with a reason instead (D21, AU4)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from recruitment.rules.events import EventKind, Fact
from recruitment.rules.stages import CLOSED

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


BLOCKERS = frozenset({K.BLOCKER_OPENED, K.BLOCKER_REDATED, K.BLOCKER_RESOLVED})
"""Kinds that may be about a blocker of a whole study, which one lead's undo leaves alone."""


def never_undone(
    facts: Sequence[Fact], *, has_decider: bool = False, of_study: bool = False
) -> str:
    """Why these facts of one action are not undone; empty when they may be.

    `of_study` is whether a blocker among them is one of a whole study.
    """
    for fact in facts:
        if fact.kind in NEVER_UNDONE:
            return NEVER_UNDONE[fact.kind]
    if has_decider:
        return "A study-team outcome is not undone; correct it with a reason."
    if of_study and any(fact.to_stage in CLOSED for fact in facts):
        return (
            "The close took a blocker of the whole study off the lead, and an undo does not put"
            " that back. Reopen the lead instead, and see that it is linked again while the"
            " study's blocker stands."
        )
    if of_study:
        return "A blocker of a whole study is resolved or re-dated, not undone."
    return ""
