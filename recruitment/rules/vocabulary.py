"""The fixed codes of recruitment work other than stages (domain.md 2, 4.2, 7, 8, 13; D24-D31)."""

from collections.abc import Mapping

from django.db.models import TextChoices


class Party(TextChoices):
    """Whose turn it is; every open lead waits on exactly one (D23)."""

    COORDINATOR = "coordinator", "Coordinator"
    PATIENT = "patient", "Patient"
    STUDY_TEAM = "study_team", "Study team"
    RECORDS_PROVIDER = "records_provider", "Records provider"
    SPONSOR = "sponsor", "Sponsor"
    VISIT_CAPACITY = "visit_capacity", "Visit capacity"


class ActionType(TextChoices):
    """What the next action is (N2), and the waits that follow a request."""

    CALL = "call", "Call"
    MESSAGE = "message", "Send a message"
    SEND_PRESCREEN = "send_prescreen", "Send the prescreen"
    FINISH_PRESCREEN = "finish_prescreen", "Finish the prescreen by phone"
    REVIEW_PRESCREEN = "review_prescreen", "Review the prescreen"
    REQUEST_REVIEW = "request_review", "Request study-team review"
    AWAIT_REVIEW = "await_review", "Ask for the study team's decision"
    REQUEST_RECORDS = "request_records", "Request records"
    CHASE_RECORDS = "chase_records", "Chase records"
    REVIEW_RECORDS = "review_records", "Review records"
    OFFER_DATES = "offer_dates", "Offer dates"
    CONFIRM_VISIT = "confirm_visit", "Confirm the visit"
    SEND_PREPARATION = "send_preparation", "Send visit preparation"
    RECORD_VISIT = "record_visit", "Record what happened at the visit"
    MISSED_VISIT = "missed_visit", "Follow up the missed visit"
    RECORD_OUTCOME = "record_outcome", "Get the study team's outcome"
    ESCALATE = "escalate", "Escalate"
    DECIDE_CLOSE = "decide_close", "Decide: close or recover"


A, P = ActionType, Party
ACTION_PARTY: Mapping[ActionType, Party] = {
    **dict.fromkeys(ActionType, P.COORDINATOR),
    A.AWAIT_REVIEW: P.STUDY_TEAM,
    A.RECORD_OUTCOME: P.STUDY_TEAM,
    A.CHASE_RECORDS: P.RECORDS_PROVIDER,
    A.DECIDE_CLOSE: P.PATIENT,
    A.CONFIRM_VISIT: P.PATIENT,
}
"""Who a lead waits on while this is its next action and nothing blocks it (D23)."""


class Channel(TextChoices):
    """How a contact is made (OA2). Voicemail is a result, not a channel."""

    PHONE = "phone", "Phone"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"
    LETTER = "letter", "Letter"
    IN_PERSON = "in_person", "In person"
    SECURE_MESSAGE = "secure_message", "Secure message"


class ContactResult(TextChoices):
    """What came of an attempt (OA3)."""

    REACHED = "reached", "Reached"
    REPLIED = "replied", "Replied"
    VOICEMAIL = "voicemail", "Left voicemail"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Line busy"
    SENT = "sent", "Message sent"
    UNDELIVERABLE = "undeliverable", "Undeliverable"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    WRONG_PERSON = "wrong_person", "Reached somebody else"
    CALL_LATER = "call_later", "Asked to be called later"
    OPTED_OUT = "opted_out", "Opted out"
    CALLED_US = "called_us", "Called us"


TWO_WAY: frozenset[ContactResult] = frozenset(
    {
        ContactResult.REACHED,
        ContactResult.REPLIED,
        ContactResult.CALL_LATER,
        ContactResult.CALLED_US,
    }
)
"""Results in which the person answered (OA3, D20). Reaching somebody else is not two-way (D24)."""

INBOUND: frozenset[ContactResult] = frozenset({ContactResult.CALLED_US})
"""Contacts the person made; they use up no attempt (D20)."""


class PermissionState(TextChoices):
    """A person's word on one channel (DN1). Unknown is not allowed for texts."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not asked"


class ContactBasis(TextChoices):
    """Why the site may contact this person (13.3)."""

    SELF_INQUIRY = "self_inquiry", "Asked by herself or himself"
    PASSED_ON = "passed_on", "Permission passed on by a clinician or partner"
    AUTHORIZATION = "authorization", "Signed HIPAA authorization"
    PARTIAL_WAIVER = "partial_waiver", "IRB partial waiver for recruitment"
    OWN_RECORDS = "own_records", "Site workforce, own records"
    REGISTRY = "registry", "Registry consent"
    RETURNING = "returning", "Returning participant's permission"
    MISSING = "missing", "None recorded"


class SourceKind(TextChoices):
    """The channel a source stands for (13.1)."""

    WEB = "web", "Web inquiry"
    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    WALK_IN = "walk_in", "Walk-in or event"
    REFERRAL = "referral", "Clinician referral"
    PARTNER = "partner", "Community or patient-group partner"
    PAID = "paid", "Paid campaign"
    REGISTRY = "registry", "Registry"
    DATABASE = "database", "Site database"
    CALL_CENTER = "call_center", "Call-center transfer"
    RETURNING = "returning", "Returning person"


class BlockerCategory(TextChoices):
    """Why nothing can move now (7.1; `no_response` is a stage, D30)."""

    MISSING_RECORDS = "missing_records", "Missing records"
    MEDICATION_REVIEW = "medication_review", "Medication review"
    PENDING_REVIEW = "pending_review", "Pending review"
    PATIENT_AVAILABILITY = "patient_availability", "Availability"
    VISIT_CAPACITY = "visit_capacity", "Visit capacity"
    SCHEDULING_CONSTRAINT = "scheduling_constraint", "Scheduling constraint"
    PATIENT_DECIDING = "patient_deciding", "Deciding"
    TRAVEL = "travel", "Travel or transport"
    CAREGIVER = "caregiver", "Caregiver"
    COST = "cost", "Cost or reimbursement"
    TIME_OFF = "time_off", "Time off work"
    INTERPRETER = "interpreter", "Language or interpreter"
    UNCLEAR_INFORMATION = "unclear_information", "Unclear study information"
    SOURCE_MISMATCH = "source_mismatch", "Source mismatch"
    CRITERIA_AMBIGUITY = "criteria_ambiguity", "Criteria question"
    SPONSOR_DECISION = "sponsor_decision", "Sponsor decision"
    CONTACT_PERMISSION = "consent_to_contact_missing", "No permission to contact"
    STUDY_PAUSED = "study_paused", "Study paused"


B = BlockerCategory
BLOCKER_PARTIES: Mapping[BlockerCategory, tuple[Party, ...]] = {
    B.MISSING_RECORDS: (P.RECORDS_PROVIDER, P.PATIENT),
    B.MEDICATION_REVIEW: (P.STUDY_TEAM,),
    B.PENDING_REVIEW: (P.STUDY_TEAM,),
    B.PATIENT_AVAILABILITY: (P.PATIENT,),
    B.VISIT_CAPACITY: (P.VISIT_CAPACITY, P.SPONSOR),
    B.SCHEDULING_CONSTRAINT: (P.COORDINATOR, P.STUDY_TEAM),
    B.PATIENT_DECIDING: (P.PATIENT,),
    B.TRAVEL: (P.PATIENT,),
    B.CAREGIVER: (P.PATIENT,),
    B.COST: (P.PATIENT,),
    B.TIME_OFF: (P.PATIENT,),
    B.INTERPRETER: (P.COORDINATOR,),
    B.UNCLEAR_INFORMATION: (P.COORDINATOR, P.SPONSOR),
    B.SOURCE_MISMATCH: (P.COORDINATOR,),
    B.CRITERIA_AMBIGUITY: (P.STUDY_TEAM, P.SPONSOR),
    B.SPONSOR_DECISION: (P.SPONSOR,),
    B.CONTACT_PERMISSION: (P.PATIENT,),
    B.STUDY_PAUSED: (P.SPONSOR,),
}
"""The parties a category may wait on, the usual one first (7.1, D23)."""


class PrescreenState(TextChoices):
    """How far the prescreen is (PS1)."""

    NOT_STARTED = "not_started", "Not started"
    SENT = "sent", "Sent"
    STARTED = "started", "Started"
    COMPLETE = "complete", "Complete"
    ABANDONED = "abandoned", "Abandoned"
    OUTDATED = "outdated", "Outdated version"


class ReviewDecision(TextChoices):
    """What the study-team reviewer decided (S7)."""

    PROCEED = "proceed", "Proceed to the next step"
    MORE_NEEDED = "more_needed", "More information needed"
    NOT_PROCEEDING = "not_proceeding", "Not proceeding"
    WITHDRAWN = "withdrawn", "Withdrawn"  # the lead was closed before anybody decided


class RecordsState(TextChoices):
    """The state of one records item, never collapsed into a note (RC1)."""

    NEEDED = "needed", "Needed"
    REQUESTED = "requested", "Requested"
    RECEIVED = "received", "Received"
    REVIEWED = "reviewed", "Reviewed"
    NOT_REQUIRED = "not_required", "Not required"
    INCOMPLETE = "incomplete", "Returned, incomplete"
    UNOBTAINABLE = "unobtainable", "Cannot be obtained"
    WAIVED = "waived", "Waived"


class RecordsType(TextChoices):
    """What kind of record (RC2). Labels only: no documents are stored."""

    DIAGNOSIS = "diagnosis", "Diagnosis confirmation"
    LABS = "labs", "Lab results"
    IMAGING = "imaging", "Imaging"
    PATHOLOGY = "pathology", "Pathology or biomarker"
    MEDICATION = "medication", "Medication list"
    TREATMENT_HISTORY = "treatment_history", "Earlier treatment"
    PROCEDURES = "procedures", "Procedures and surgery"
    CLINIC_LETTER = "clinic_letter", "Clinic letter"
    OTHER = "other", "Other"


class VisitResult(TextChoices):
    """What became of a booked visit (G6)."""

    ATTENDED = "attended", "Attended"
    PATIENT_CANCELED = "patient_canceled", "Patient canceled"
    SITE_CANCELED = "site_canceled", "Site canceled"
    NO_SHOW = "no_show", "No-show"
    RESCHEDULED = "rescheduled", "Rescheduled"


class NoShowReason(TextChoices):
    """Why a visit was missed (G6)."""

    UNCLEAR_EXPECTATIONS = "unclear_expectations", "Unclear expectations"
    WEAK_REMINDER = "weak_reminder", "Weak reminder"
    TRANSPORT = "transport", "Transport"
    MISSING_RECORDS = "missing_records", "Missing records"
    INCONVENIENT_TIME = "inconvenient_time", "Inconvenient time"
    LOW_CONFIDENCE = "low_confidence", "Low confidence"
    NO_ANSWER = "no_answer", "No answer"
    UNWELL = "unwell", "Unwell"
    OTHER = "other", "Other"
