"""The weekly review of a site, what its owners agreed to do, and the asks it goes through."""

from django.urls import URLPattern, path

from recruitment.views import asks, patient_groups
from recruitment.views import weekly_calendars as calendars
from recruitment.views import weekly_drafts as drafts
from recruitment.views import weekly_meeting as meeting
from recruitment.views import weekly_papers as papers
from recruitment.views import weekly_reviews as views

REVIEW = "weekly/<int:pk>"
urlpatterns: list[URLPattern] = [
    path("weekly/", views.weekly_reviews, name="weekly_reviews"),
    path("weekly/open/", views.weekly_review_open, name="weekly_review_open"),
    path(f"{REVIEW}/", views.weekly_review, name="weekly_review"),
    path(f"{REVIEW}/items/<int:position>/", views.weekly_item, name="weekly_item"),
    path(
        f"{REVIEW}/items/<int:position>/draft/", drafts.weekly_item_draft, name="weekly_item_draft"
    ),
    path(
        f"{REVIEW}/items/<int:position>/throw/",
        drafts.weekly_item_draft_throw,
        name="weekly_item_draft_throw",
    ),
    path(f"{REVIEW}/meeting/", meeting.weekly_meeting, name="weekly_meeting"),
    path(f"{REVIEW}/meeting/go/", meeting.weekly_meeting_go, name="weekly_meeting_go"),
    path(f"{REVIEW}/meeting/pulse/", meeting.weekly_meeting_pulse, name="weekly_meeting_pulse"),
    path(f"{REVIEW}/complete/", views.weekly_review_complete, name="weekly_review_complete"),
    path(f"{REVIEW}/correct/", views.weekly_review_correct, name="weekly_review_correct"),
    path(f"{REVIEW}/pack/", papers.weekly_pack, name="weekly_pack"),
    path(f"{REVIEW}/pack/<slug:size>.pdf", papers.weekly_pack_pdf, name="weekly_pack_pdf"),
    path(f"{REVIEW}/calendar.ics", calendars.weekly_calendar, name="weekly_calendar"),
    path("weekly/calendar.ics", calendars.weekly_own_calendar, name="weekly_own_calendar"),
    path(
        "weekly/actions/<int:pk>/calendar.ics",
        calendars.weekly_action_calendar,
        name="weekly_action_calendar",
    ),
    path("weekly/actions/<int:pk>/done/", views.weekly_action_done, name="weekly_action_done"),
    path("weekly/asks/", asks.asks, name="asks"),
    path("weekly/asks/at/<int:pk>/new/", asks.ask_new, name="ask_new"),
    path("weekly/asks/at/<int:pk>/new/draft/", drafts.ask_draft, name="ask_draft"),
    path(
        "weekly/asks/at/<int:pk>/new/draft/throw/", drafts.ask_draft_throw, name="ask_draft_throw"
    ),
    path("weekly/asks/<int:pk>/", asks.ask, name="ask"),
    path("weekly/asks/<int:pk>/answer/", asks.ask_answer, name="ask_answer"),
    path("weekly/asks/<int:pk>/settle/", asks.ask_settle, name="ask_settle"),
    path("weekly/asks/<int:pk>/redate/", asks.ask_redate, name="ask_redate"),
    path("weekly/asks/<int:pk>/withdraw/", asks.ask_withdraw, name="ask_withdraw"),
    path("weekly/patient-input/", patient_groups.patient_changes, name="patient_changes"),
    path(
        "weekly/patient-input/at/<int:pk>/",
        patient_groups.patient_change_add,
        name="patient_change_add",
    ),
    path(
        "weekly/patient-input/<int:pk>/void/",
        patient_groups.patient_change_void,
        name="patient_change_void",
    ),
]
