"""Records, visits, capacity and the hand-off to study operations."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import capacity, ctms, lead_scheduling

urlpatterns: list[URLPattern] = [
    path("leads/<lead_number:number>/records/", lead_scheduling.lead_records, name="lead_records"),
    path(
        "leads/<lead_number:number>/records/needed/",
        lead_scheduling.lead_records_name,
        name="lead_records_name",
    ),
    path(
        "leads/<lead_number:number>/ready/", lead_scheduling.lead_readiness, name="lead_readiness"
    ),
    path(
        "leads/<lead_number:number>/visit/other/",
        lead_scheduling.lead_visit_reschedule,
        name="lead_visit_reschedule",
    ),
    path("leads/<lead_number:number>/ctms/sent/", ctms.lead_ctms_send, name="lead_ctms_send"),
    path(
        "leads/<lead_number:number>/ctms/number/",
        ctms.lead_ctms_acknowledge,
        name="lead_ctms_acknowledge",
    ),
    path(
        "leads/<lead_number:number>/ctms/correct/",
        ctms.lead_ctms_correct,
        name="lead_ctms_correct",
    ),
    path("leads/<lead_number:number>/ctms/", ctms.lead_ctms, name="lead_ctms"),
    path("leads/<lead_number:number>/ctms/sheet.csv", ctms.lead_ctms_csv, name="lead_ctms_csv"),
    path(
        "leads/<lead_number:number>/dates/",
        lead_scheduling.lead_dates_offer,
        name="lead_dates_offer",
    ),
    path(
        "leads/<lead_number:number>/visit/", lead_scheduling.lead_visit_book, name="lead_visit_book"
    ),
    path(
        "leads/<lead_number:number>/visit/sure/",
        lead_scheduling.lead_visit_confirm,
        name="lead_visit_confirm",
    ),
    path(
        "leads/<lead_number:number>/visit/end/",
        lead_scheduling.lead_visit_end,
        name="lead_visit_end",
    ),
    path("visits/", capacity.capacity_list, name="capacity_list"),
    path("visits/operations/", ctms.ctms_handoffs, name="ctms_handoffs"),
    path("visits/<int:pk>/", capacity.capacity, name="capacity"),
    path("visits/<int:pk>/slots/", capacity.CapacityEdit.as_view(), name="capacity_edit"),
]
