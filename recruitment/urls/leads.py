"""The queue and the lead."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import (
    add_lead,
    lead_clocks,
    lead_plans,
    lead_reviews,
    leads,
    outcomes,
    queue,
    queue_place,
    undo,
)

urlpatterns: list[URLPattern] = [
    path("queue/", queue.queue, name="queue"),
    path("queue/at/<int:place>/", queue_place.queue_at, name="queue_at"),
    path("actions/", undo.actions, name="actions"),
    path("actions/<uuid:action_id>/undo/", undo.action_undo, name="action_undo"),
    path("leads/<lead_number:number>/void/", undo.lead_void, name="lead_void"),
    path("leads/<lead_number:number>/correct/", undo.lead_stage_correct, name="lead_stage_correct"),
    path("leads/add/", add_lead.lead_add, name="lead_add"),
    path("leads/<lead_number:number>/", leads.lead, name="lead"),
    path("leads/<lead_number:number>/clocks/<int:key>/", lead_clocks.lead_clock, name="lead_clock"),
    path("leads/<lead_number:number>/claim/", leads.lead_claim, name="lead_claim"),
    path("leads/<lead_number:number>/contact/", outcomes.lead_outreach, name="lead_outreach"),
    path("leads/<lead_number:number>/move/", leads.lead_move, name="lead_move"),
    path("leads/<lead_number:number>/action/", lead_plans.lead_action, name="lead_action"),
    path("leads/<lead_number:number>/note/", leads.lead_note, name="lead_note"),
    path(
        "leads/<lead_number:number>/block/", lead_plans.lead_blocker_open, name="lead_blocker_open"
    ),
    path(
        "leads/<lead_number:number>/action/done/",
        lead_plans.lead_action_done,
        name="lead_action_done",
    ),
    path(
        "leads/<lead_number:number>/block/again/",
        lead_plans.lead_blocker_redate,
        name="lead_blocker_redate",
    ),
    path(
        "leads/<lead_number:number>/block/turn/",
        lead_plans.lead_blocker_turn,
        name="lead_blocker_turn",
    ),
    path(
        "leads/<lead_number:number>/unblock/",
        lead_plans.lead_blocker_resolve,
        name="lead_blocker_resolve",
    ),
    path("leads/<lead_number:number>/prescreen/", leads.lead_prescreen, name="lead_prescreen"),
    path(
        "leads/<lead_number:number>/answers/",
        lead_reviews.lead_answers_review,
        name="lead_answers_review",
    ),
    path(
        "leads/<lead_number:number>/review/", leads.lead_review_request, name="lead_review_request"
    ),
    path(
        "leads/<lead_number:number>/review/end/",
        leads.lead_review_decide,
        name="lead_review_decide",
    ),
]
