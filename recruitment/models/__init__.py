"""The recruitment tables, one file per topic."""

from recruitment.models.access import (
    Invitation,
    Membership,
    Role,
    StudyGroupPermission,
    StudySiteGroupPermission,
    StudySiteUserPermission,
    StudyUserPermission,
    studies_for,
)
from recruitment.models.agenda import AgendaItem, AgendaLead, LastAction
from recruitment.models.asks import Ask, AskEvent, AskLead
from recruitment.models.blockers import Blocker, StudyBlocker
from recruitment.models.cadences import Cadence, CadenceStep
from recruitment.models.capacity import week_load, week_loads, week_loads_by_place, weeks_from
from recruitment.models.clocks import Clock, SiteCalendar, Target
from recruitment.models.deputies import ReportDeputy
from recruitment.models.desk import Draft, Message, SavedView
from recruitment.models.handoffs import CtmsHandoff, Handoff, HandoffStep
from recruitment.models.jobs import ImportBatch, ImportUpload, Job
from recruitment.models.leads import Lead, LeadQuerySet, SearchToken, study_sites_for
from recruitment.models.leave import Alert, Leave, LeaveCover
from recruitment.models.log import LeadEvent, LeadNote, Milestone
from recruitment.models.meetings import MeetingStep
from recruitment.models.patient_groups import PatientGroupChange
from recruitment.models.people import (
    ContactPermission,
    ContactPoint,
    DoNotContact,
    Person,
    PersonChange,
)
from recruitment.models.places import Closure, Holiday, OpeningInterval, Site
from recruitment.models.recalculations import Recalculation
from recruitment.models.records import RecordsItem, RecordsList, RecordsListItem
from recruitment.models.recovery import DayCount, Digest, Escalation, StaleReview
from recruitment.models.review_actions import ReviewAction, ReviewActionLead
from recruitment.models.sponsor_words import ConfirmedWords
from recruitment.models.stage_settings import StageSetting, stage_label, stage_words
from recruitment.models.stale_deadlines import StaleDeadline
from recruitment.models.studies import (
    RegistryStatus,
    SettingChange,
    Source,
    SourceSpend,
    Sponsor,
    Study,
    StudyLocation,
    StudySite,
    StudyStaff,
)
from recruitment.models.undoing import RowChange
from recruitment.models.visits import ReadinessItem, SlotHold, Visit, WeekCapacity
from recruitment.models.weekly_figures import ForecastCheck, ReviewMovement, VisitForecast
from recruitment.models.weekly_reviews import ReviewCorrection, SiteOnlyCopy, WeeklyReview
from recruitment.models.wording import ApprovedWording, StagePrompt, SubReason
from recruitment.models.work import CloseReason, NextAction, OutreachAttempt, Prescreen, Review

__all__ = [
    "AgendaItem",
    "AgendaLead",
    "Alert",
    "ApprovedWording",
    "Ask",
    "AskEvent",
    "AskLead",
    "Blocker",
    "Cadence",
    "CadenceStep",
    "Clock",
    "CloseReason",
    "Closure",
    "ConfirmedWords",
    "ContactPermission",
    "ContactPoint",
    "CtmsHandoff",
    "DayCount",
    "Digest",
    "DoNotContact",
    "Draft",
    "Escalation",
    "ForecastCheck",
    "Handoff",
    "HandoffStep",
    "Holiday",
    "ImportBatch",
    "ImportUpload",
    "Invitation",
    "Job",
    "LastAction",
    "Lead",
    "LeadEvent",
    "LeadNote",
    "LeadQuerySet",
    "Leave",
    "LeaveCover",
    "MeetingStep",
    "Membership",
    "Message",
    "Milestone",
    "NextAction",
    "OpeningInterval",
    "OutreachAttempt",
    "PatientGroupChange",
    "Person",
    "PersonChange",
    "Prescreen",
    "ReadinessItem",
    "Recalculation",
    "RecordsItem",
    "RecordsList",
    "RecordsListItem",
    "RegistryStatus",
    "ReportDeputy",
    "Review",
    "ReviewAction",
    "ReviewActionLead",
    "ReviewCorrection",
    "ReviewMovement",
    "Role",
    "RowChange",
    "SavedView",
    "SearchToken",
    "SettingChange",
    "Site",
    "SiteCalendar",
    "SiteOnlyCopy",
    "SlotHold",
    "Source",
    "SourceSpend",
    "Sponsor",
    "StagePrompt",
    "StageSetting",
    "StaleDeadline",
    "StaleReview",
    "Study",
    "StudyBlocker",
    "StudyGroupPermission",
    "StudyLocation",
    "StudySite",
    "StudySiteGroupPermission",
    "StudySiteUserPermission",
    "StudyStaff",
    "StudyUserPermission",
    "SubReason",
    "Target",
    "Visit",
    "VisitForecast",
    "WeekCapacity",
    "WeeklyReview",
    "stage_label",
    "stage_words",
    "studies_for",
    "study_sites_for",
    "week_load",
    "week_loads",
    "week_loads_by_place",
    "weeks_from",
]
