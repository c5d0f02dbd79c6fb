"""The words of sponsor reports for the fixed codes of recruitment work (D38, 12.1, 15.4).

Where a word of the workspace can be read by a sponsor as it stands, it is taken from there.
"""

from collections.abc import Mapping

from recruitment.rules.closing import Family
from recruitment.rules.stages import Bucket
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, Party, RecordsState, SourceKind
from recruitment.rules.weekly.codes import ItemKind

MOVEMENT: Mapping[str, str] = {
    "new_interest": "New interest",
    "attempted_contact": "Attempted contact",
    "prescreen_completed": "Completed prescreens",
    "reviewable": "Reviewable candidates",
    "visit_scheduled": "Scheduled visits",
    "visit_attended": "Visits attended",
    "no_response": "No response",
    "closed": "Closed",
    "enrolled": "Enrolled, as recorded by the study team",
}
"""The rows of "movement since last report", in their order (12.1, section 3)."""

OPEN_BUCKETS: tuple[Bucket, ...] = tuple(bucket for bucket in Bucket if bucket != Bucket.CLOSED)

BUCKET_GROUPS: Mapping[str, tuple[str, frozenset[str]]] = {
    "new": ("New", frozenset({Bucket.NEW_INQUIRY})),
    "active": (
        "Being worked",
        frozenset(
            {
                Bucket.AWAITING_PRESCREEN,
                Bucket.COORDINATOR_REVIEW,
                Bucket.CONTACTED,
                Bucket.RECORDS_NEEDED,
            }
        ),
    ),
    "scheduling": (
        "Scheduling and visits",
        frozenset({Bucket.READY_TO_SCHEDULE, Bucket.SCHEDULED, Bucket.AWAITING_OUTCOME}),
    ),
    "stale": ("Stale", frozenset({Bucket.STALE})),
}
"""The coarse groups of LC3, for when single buckets hold too few leads to print."""

PARTIES: Mapping[Party, str] = {
    Party.COORDINATOR: "Site",
    Party.PATIENT: "Patient",
    Party.STUDY_TEAM: "Study team",
    Party.RECORDS_PROVIDER: "Records provider",
    Party.SPONSOR: "Sponsor",
    Party.VISIT_CAPACITY: "Site visit capacity",
}

FAMILIES: Mapping[str, str] = {
    Family.CRITERIA: "Study criteria",
    Family.RECORDS: "Records",
    Family.BURDEN: "Patient burden",
    Family.SCHEDULING: "Scheduling and capacity",
    Family.CHOICE: "Patient choice",
    Family.INTENT: "Study page or information",
    Family.SOURCE: "Source quality",
    Family.SLOW_FOLLOW_UP: "Could not be reached after slow follow-up",
    Family.UNREACHED: "Could not be reached",
    Family.ADMINISTRATIVE: "Administrative",
}
"""Families of close reasons (9.3). A close after no contact is split by DX1."""

ACTION_GROUPS: Mapping[str, tuple[str, frozenset[str]]] = {
    "contact": ("Contact people", frozenset({ActionType.CALL, ActionType.MESSAGE})),
    "prescreen": (
        "Move prescreens forward",
        frozenset(
            {
                ActionType.SEND_PRESCREEN,
                ActionType.FINISH_PRESCREEN,
                ActionType.REVIEW_PRESCREEN,
                ActionType.REQUEST_REVIEW,
                ActionType.AWAIT_REVIEW,
            }
        ),
    ),
    "records": (
        "Request, chase and review records",
        frozenset(
            {ActionType.REQUEST_RECORDS, ActionType.CHASE_RECORDS, ActionType.REVIEW_RECORDS}
        ),
    ),
    "visits": (
        "Offer dates, prepare and follow up visits",
        frozenset(
            {
                ActionType.OFFER_DATES,
                ActionType.CONFIRM_VISIT,
                ActionType.SEND_PREPARATION,
                ActionType.RECORD_VISIT,
                ActionType.MISSED_VISIT,
                ActionType.RECORD_OUTCOME,
            }
        ),
    ),
    "decide": ("Decide or escalate", frozenset({ActionType.ESCALATE, ActionType.DECIDE_CLOSE})),
}

ACTIONS: Mapping[ActionType, str] = {
    ActionType.CALL: "Call people",
    ActionType.MESSAGE: "Send messages",
    ActionType.SEND_PRESCREEN: "Send prescreens",
    ActionType.FINISH_PRESCREEN: "Finish prescreens by phone",
    ActionType.REVIEW_PRESCREEN: "Review prescreens",
    ActionType.REQUEST_REVIEW: "Request study-team reviews",
    ActionType.AWAIT_REVIEW: "Ask for the study team's decisions",
    ActionType.REQUEST_RECORDS: "Request records",
    ActionType.CHASE_RECORDS: "Chase records",
    ActionType.REVIEW_RECORDS: "Review records",
    ActionType.OFFER_DATES: "Offer dates",
    ActionType.CONFIRM_VISIT: "Confirm visits",
    ActionType.SEND_PREPARATION: "Send visit preparation",
    ActionType.RECORD_VISIT: "Record what happened at visits",
    ActionType.MISSED_VISIT: "Follow up missed visits",
    ActionType.RECORD_OUTCOME: "Get the study team's outcomes",
    ActionType.ESCALATE: "Escalate",
    ActionType.DECIDE_CLOSE: "Decide: close or recover",
}
COORDINATOR, SITE_LEAD = "Coordinator", "Site lead"

RECORDS: Mapping[str, str] = {
    RecordsState.NEEDED: "Needed, not yet requested",
    RecordsState.REQUESTED: "Requested, not yet received",
    RecordsState.INCOMPLETE: "Returned incomplete",
    RecordsState.UNOBTAINABLE: "Cannot be obtained",
    RecordsState.RECEIVED: "Received, not yet reviewed",
    RecordsState.REVIEWED: "Reviewed",
}

RECORDS_GROUPS: Mapping[str, tuple[str, frozenset[str]]] = {
    "outstanding": (
        "Not yet in hand",
        frozenset(
            {
                RecordsState.NEEDED,
                RecordsState.REQUESTED,
                RecordsState.INCOMPLETE,
                RecordsState.UNOBTAINABLE,
            }
        ),
    ),
    "in hand": ("In hand", frozenset({RecordsState.RECEIVED, RecordsState.REVIEWED})),
}

SOURCE_KINDS: Mapping[str, str] = {kind.value: str(kind.label) for kind in SourceKind}

WAIT_BANDS: tuple[tuple[int, str], ...] = (
    (7, "Under 1 week"),
    (14, "1 to 2 weeks"),
    (28, "2 to 4 weeks"),
)
"""Age bands of blockers: up to so many days, exclusive."""
LONGEST_WAIT = "Over 4 weeks"

AGREED: Mapping[str, str] = {
    ItemKind.STALE_UNNAMED: "Find out why leads are stale",
    ItemKind.STALE_REASON: "Change what lets leads go stale",
    ItemKind.STALE_RISK: "Move leads on before they go stale",
    ItemKind.WEAK_SOURCE: "Work on a source of inquiries",
    ItemKind.REPEATED_BLOCKER: "Clear blockers",
    ItemKind.READY_NO_SLOT: "Offer more visit times",
    ItemKind.MISSED_TARGET: "Keep an agreed time",
    ItemKind.OTHER_CLOSE: "Make close reasons more exact",
}
"""What a weekly review agreed, by what it was about; no word of the review itself (D38, D39).

Items that are about how one person works (who owns, hands over, puts off, promises or overrides)
stay with the site (F4); asks have their own section.
"""

AGREED_IF_TOLD: Mapping[str, str] = {ItemKind.PAUSED_WORK: "Get work going that stands still"}
"""The same for what stays with the site unless it opts in to telling its paused share (D39)."""

AGREED_TARGETS: Mapping[str, str] = {
    TargetKey.FIRST_RESPONSE: "Answer inquiries in time",
    TargetKey.PRESCREEN_REVIEW: "Review prescreens in time",
}
"""The targets of which a report prints how often they were met; no other is named."""

ROLES: Mapping[str, str] = {
    "coordinator": COORDINATOR,
    "site_lead": SITE_LEAD,
    "reviewer": "Study-team reviewer",
}
