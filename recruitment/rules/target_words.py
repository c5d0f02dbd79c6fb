"""What each target waits for, in words for the settings pages (5.1)."""

from collections.abc import Mapping

from recruitment.rules.targets import PAUSED_BY, STARTS_OVER, TargetKey
from recruitment.rules.vocabulary import SourceKind

K = TargetKey

PROMISES_NOTHING = (
    "A target says who acts by when; it never implies that a person will be screened."
)
"""What every page that sets a time has to say (SLA3)."""

STARTS: Mapping[TargetKey, str] = {
    K.OWN: "received, or without an owner again",
    K.FIRST_RESPONSE: "received; a lead of a list, when it is released",
    K.PRESCREEN_COMPLETE: "prescreen sent, or the call agreed",
    K.PRESCREEN_REVIEW: "prescreen completed",
    K.STUDY_TEAM_REVIEW: "review asked for",
    K.RECORDS_REQUEST: "a record is needed",
    K.RECORDS_CHASE: "the record is asked for, or chased",
    K.RECORDS_REVIEW: "the record comes in",
    K.SCHEDULE_OFFER: "ready to schedule",
    K.SCHEDULE_BOOKED: "dates offered",
    K.VISIT_CONFIRM: "the visit is booked, early enough",
    K.MISSED_VISIT: "an hour after a visit that nobody recorded",
    K.OUTCOME: "the visit was attended",
    K.HANDOFF: "offered to a colleague",
    K.STALE_REVIEW: "the lead is flagged as stale",
    K.BLOCKER_REVIEW: "the day on which a blocker is to be looked at",
    K.ASK_ANSWER: "the sponsor is asked",
}
STOPS: Mapping[TargetKey, str] = {
    K.OWN: "it has an owner",
    K.FIRST_RESPONSE: "the first attempt, or live contact",
    K.PRESCREEN_COMPLETE: "prescreen completed",
    K.PRESCREEN_REVIEW: "the review is decided",
    K.STUDY_TEAM_REVIEW: "the study team has decided",
    K.RECORDS_REQUEST: "the record is asked for",
    K.RECORDS_CHASE: "it is received, or chased again",
    K.RECORDS_REVIEW: "it is reviewed",
    K.SCHEDULE_OFFER: "dates are offered",
    K.SCHEDULE_BOOKED: "a visit is booked",
    K.VISIT_CONFIRM: "the person has confirmed",
    K.MISSED_VISIT: "somebody tries to follow up",
    K.OUTCOME: "the outcome is recorded",
    K.HANDOFF: "accepted or declined",
    K.STALE_REVIEW: "reasons and a decision are recorded",
    K.BLOCKER_REVIEW: "it has another date, or is resolved",
    K.ASK_ANSWER: "the sponsor has answered",
}


def label_of(key: TargetKey, kind: str = "") -> str:
    """The target's name, of the first response with the kind of source."""
    return f"{key.label}: {SourceKind(kind).label.lower()}" if kind else str(key.label)


def pauses_words(key: TargetKey) -> str:
    """What the target stands still for, beside a paused study."""
    categories = sorted(str(category.label).lower() for category in PAUSED_BY.get(key, ()))
    if not categories:
        return "nothing"
    words = ", ".join(categories)
    return f"{words}; then it runs anew" if key in STARTS_OVER else words
