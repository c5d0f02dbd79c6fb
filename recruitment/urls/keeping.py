"""Drafts, what changed meanwhile, and the screen-share shield."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import drafts, own_drafts, pulse, shield

urlpatterns: list[URLPattern] = [
    path("queue/pulse/", pulse.queue_pulse, name="queue_pulse"),
    path("shield/", shield.shield, name="shield"),
    path("leads/<lead_number:number>/draft/<slug:key>/", drafts.lead_draft, name="lead_draft"),
    path(
        "leads/<lead_number:number>/draft/<slug:key>/throw/",
        drafts.lead_draft_throw,
        name="lead_draft_throw",
    ),
    path("drafts/<slug:key>/", own_drafts.own_draft, name="own_draft"),
    path("drafts/<slug:key>/throw/", own_drafts.own_draft_throw, name="own_draft_throw"),
]
