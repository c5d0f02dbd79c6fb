"""What blockers do to the clocks, and when one is looked at again (domain.md 7.1, PZ1, PZ2, E2)."""

from collections.abc import Mapping
from datetime import datetime

from recruitment.rules.calendars import BusinessCalendar, add_business_days, next_opening
from recruitment.rules.vocabulary import BLOCKER_PARTIES, ActionType, BlockerCategory, Party
from trialsnest.lib.zones import DAY, local_time, start_of

B, P = BlockerCategory, Party

THE_SITE: frozenset[Party] = frozenset({P.COORDINATOR, P.VISIT_CAPACITY})
"""Parties that are the site itself; waiting on them never stops a clock (PZ1)."""

NEVER_PAUSES: frozenset[BlockerCategory] = frozenset(
    {B.SCHEDULING_CONSTRAINT, B.INTERPRETER, B.UNCLEAR_INFORMATION, B.SOURCE_MISMATCH}
)
"""Categories whose clocks run on whoever is waited on: their remedy lies with the site (7.1)."""

PAUSES: Mapping[tuple[BlockerCategory, Party], bool] = {
    (category, party): party not in THE_SITE and category not in NEVER_PAUSES
    for category, parties in BLOCKER_PARTIES.items()
    for party in parties
}
"""Every category with every party it may wait on, and whether it stops the clocks (7.1)."""

MAX_REVIEW_AHEAD = 10  # business days to the review-by of a blocker that stops the clocks (PZ2)

REVIEW_DAYS: Mapping[BlockerCategory, int] = {
    **dict.fromkeys(BlockerCategory, 5),
    B.MEDICATION_REVIEW: 3,
    B.PENDING_REVIEW: 3,
    B.PATIENT_AVAILABILITY: 10,
    B.CONTACT_PERMISSION: 3,
}
"""Business days to the review-by that forms propose: that of the wait's own target (5.1)."""

DECIDES: Mapping[BlockerCategory, Party] = {
    B.MEDICATION_REVIEW: P.STUDY_TEAM,
    B.PENDING_REVIEW: P.STUDY_TEAM,
    B.CRITERIA_AMBIGUITY: P.SPONSOR,
    B.VISIT_CAPACITY: P.SPONSOR,
    B.SPONSOR_DECISION: P.SPONSOR,
    B.STUDY_PAUSED: P.SPONSOR,
    B.COST: P.SPONSOR,
    B.UNCLEAR_INFORMATION: P.SPONSOR,
    B.SCHEDULING_CONSTRAINT: P.COORDINATOR,
    B.SOURCE_MISMATCH: P.COORDINATOR,
}
"""Who usually decides where a decision is needed (E2); the form proposes it, nobody is bound."""

DECIDERS: Mapping[Party, str] = {
    P.COORDINATOR: "Site lead",
    P.STUDY_TEAM: "Study team",
    P.SPONSOR: "Sponsor",
}
"""Whom a decision may be needed from (B1), in words: a party that decides, not one that waits."""

_USUAL_ACTION: Mapping[Party, ActionType] = {
    P.PATIENT: ActionType.CALL,
    P.RECORDS_PROVIDER: ActionType.CHASE_RECORDS,
    P.STUDY_TEAM: ActionType.AWAIT_REVIEW,
}


def pauses(category: BlockerCategory, party: Party) -> bool:
    """Whether such a blocker stops the lead's clocks until its review-by (7.1, PZ1).

    False for a party that the category cannot wait on.
    """
    return PAUSES.get((category, party), False)


def needs_review_by(category: BlockerCategory, party: Party) -> bool:
    """Whether such a blocker must say when it is looked at again (PZ2): all that pause."""
    return pauses(category, party)


def proposed_review(
    category: BlockerCategory, *, at: datetime, calendar: BusinessCalendar
) -> datetime:
    """The review-by (UTC) that a form proposes for a blocker opened at `at`."""
    return add_business_days(at, REVIEW_DAYS[category], calendar)


def review_limit(*, at: datetime, calendar: BusinessCalendar) -> datetime:
    """The first instant (UTC) that is too far ahead for the review-by of a pausing blocker.

    That is the end of the tenth working day after the one of `at`, on the site's clock (PZ2). It
    holds for a patient's availability too: "until date" further ahead is looked at on the way.
    """
    today = local_time(next_opening(at, calendar), calendar.zone).date()
    return start_of(calendar.working_day(today, MAX_REVIEW_AHEAD) + DAY, calendar.zone)


def usual_action(party: Party) -> ActionType:
    """What is usually done when a blocker that waits on `party` is looked at again (N2)."""
    return _USUAL_ACTION.get(party, ActionType.ESCALATE)
