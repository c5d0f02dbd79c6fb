"""Fixed codes of the work between a first call and a hand-off (domain.md 4.2, 4.4, 7, 8, 9, 14)."""

from django.db.models import TextChoices


class FitSignal(TextChoices):
    """What a coordinator saw in the answers (2, early fit signal). It decides nothing (R7)."""

    NO_CONFLICT = "no_conflict", "No conflict seen"
    TO_CLARIFY = "to_clarify", "Question to clarify"
    CONFLICT = "conflict", "Conflict seen in answers"


class AnswersDecision(TextChoices):
    """What a coordinator's review of the prescreen answers ended in (5.1 `prescreen_review`)."""

    PROCEED = "proceed", "Go on to the next step"
    TO_STUDY_TEAM = "to_study_team", "For study-team review"
    INCOMPLETE = "incomplete", "Answers incomplete"
    NOT_PROCEEDING = "not_proceeding", "Not proceeding"


class PushBack(TextChoices):
    """Why a due time became later; only the last one is a real push-back (D19)."""

    AFTER_ATTEMPT = "after_attempt", "After a contact that was logged"
    ASKED = "asked", "The person asked for it"
    CLOSED_DAY = "closed_day", "The site is closed that day"
    POSTPONED = "postponed", "Put off"


class MovementResult(TextChoices):
    """What a contact moved, apart from its own result (OA4)."""

    NONE = "none", "Nothing moved"
    PRESCREEN_STARTED = "prescreen_started", "Prescreen started"
    PRESCREEN_COMPLETED = "prescreen_completed", "Prescreen completed"
    RECORDS_NEEDED = "records_needed", "Records needed"
    READY_FOR_REVIEW = "ready_for_review", "Ready for review"
    SCHEDULED = "scheduled", "Visit booked"
    CLOSED = "closed", "Closed"
    WAITING = "waiting", "Waiting on a blocker"


class Gate(TextChoices):
    """What a site lead may override with a reason (G3, CD3, CL-rules of 9.1)."""

    READY_TO_SCHEDULE = "ready_to_schedule", "Ready to schedule"
    SCHEDULED = "scheduled", "Booking a visit"
    ATTEMPTS = "attempts", "More contact attempts than the study allows"
    UNREACHED = "unreached", "Closing as could not be reached"
    FINAL = "final", "Correcting an enrollment"


class Authorization(TextChoices):
    """Whether the release of a record is authorized (RC3)."""

    NOT_NEEDED = "not_needed", "Not needed"
    ASKED = "asked", "Asked for"
    SIGNED = "signed", "Signed"


class RecordsResult(TextChoices):
    """Whether a reviewed record answered the question (RC3)."""

    SUFFICIENT = "sufficient", "Sufficient"
    MORE_NEEDED = "more_needed", "More needed"


class ReadinessItemCode(TextChoices):
    """What must be clear before a visit is booked (7.3), besides records and reviews."""

    VISIT_WINDOW = "visit_window", "Visit window"
    STAFF_COVER = "staff_cover", "Staff coverage"
    AVAILABILITY = "availability", "Patient availability"
    TRAVEL = "travel", "Travel or transport"
    CAREGIVER = "caregiver", "Caregiver"
    INTERPRETER = "interpreter", "Language or interpreter"
    PREPARATION = "preparation", "Visit expectations and preparation sent"
    MATERIALS = "materials", "Current approved consent and visit materials"
    REMINDERS = "reminders", "Confirmation and reminder plan"


class ReadinessState(TextChoices):
    """How one item of scheduling readiness stands (7.3)."""

    CLEAR = "clear", "Clear"
    NOT_CLEAR = "not_clear", "Not clear"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class VisitType(TextChoices):
    """What kind of visit is booked (G2)."""

    SCREENING = "screening", "Screening visit"
    REPEAT = "repeat", "Repeat visit"
    RESCREENING = "rescreening", "Rescreening visit"
    REMOTE = "remote", "Remote screening visit"


class HandoffState(TextChoices):
    """Where a hand-off stands; the sender stays accountable until it is accepted (H3)."""

    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RETURNED = "returned", "Returned"


class RemoteStep(TextChoices):
    """A step of a hand-off that somebody outside the site carries out (H5)."""

    LAB = "lab", "Laboratory"
    COURIER = "courier", "Courier"
    HOME_NURSING = "home_nursing", "Home nursing"
    DEVICE = "device", "Device"
    OTHER = "other", "Other"


class CtmsState(TextChoices):
    """Where the hand-off to study operations stands (CT3)."""

    TO_HAND_OFF = "to_hand_off", "To hand off"
    SENT = "sent", "Sent"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"


class PromptTopic(TextChoices):
    """What a study's prompt at a stage is about."""

    COST = "cost", "Cost and reimbursement"
    TRAVEL = "travel", "Travel"
    VISIT_LENGTH = "visit_length", "Visit length"
    ASKED = "asked", "What patients asked to be told"
    TALKING_POINT = "talking_point", "Talking point"


class WordingUse(TextChoices):
    """What approved wording is for."""

    VOICEMAIL = "voicemail", "Voicemail"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"


class AlertKind(TextChoices):
    """What a site lead is told at once (D22, O5)."""

    SUSPENDED = "suspended", "Leads became unowned: their owner was suspended"
    ROLE_ENDED = "role_ended", "Leads became unowned: their owner left the study"
    LEAVE = "leave", "Leads became unowned: their owner is away without cover"
