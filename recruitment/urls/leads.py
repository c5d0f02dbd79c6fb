"""The queue and the lead."""

from django.urls import URLPattern, path

from recruitment.views import add_lead, leads, queue

urlpatterns: list[URLPattern] = [
    path("queue/", queue.queue, name="queue"),
    path("leads/add/", add_lead.lead_add, name="lead_add"),
    path("leads/<str:number>/", leads.lead, name="lead"),
    path("leads/<str:number>/claim/", leads.lead_claim, name="lead_claim"),
    path("leads/<str:number>/contact/", leads.lead_outreach, name="lead_outreach"),
    path("leads/<str:number>/move/", leads.lead_move, name="lead_move"),
    path("leads/<str:number>/close/", leads.lead_close, name="lead_close"),
    path("leads/<str:number>/action/", leads.lead_action, name="lead_action"),
    path("leads/<str:number>/note/", leads.lead_note, name="lead_note"),
    path("leads/<str:number>/block/", leads.lead_blocker_open, name="lead_blocker_open"),
    path("leads/<str:number>/unblock/", leads.lead_blocker_resolve, name="lead_blocker_resolve"),
    path("leads/<str:number>/prescreen/", leads.lead_prescreen, name="lead_prescreen"),
    path("leads/<str:number>/records/", leads.lead_records, name="lead_records"),
    path("leads/<str:number>/dates/", leads.lead_dates_offer, name="lead_dates_offer"),
    path("leads/<str:number>/visit/", leads.lead_visit_book, name="lead_visit_book"),
    path("leads/<str:number>/visit/sure/", leads.lead_visit_confirm, name="lead_visit_confirm"),
    path("leads/<str:number>/visit/end/", leads.lead_visit_end, name="lead_visit_end"),
    path("leads/<str:number>/review/", leads.lead_review_request, name="lead_review_request"),
    path("leads/<str:number>/review/end/", leads.lead_review_decide, name="lead_review_decide"),
]
