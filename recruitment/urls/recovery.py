"""The recovery queue, and reviews of stale leads."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import recovery

urlpatterns: list[URLPattern] = [
    path("recovery/", recovery.recovery, name="recovery"),
    path("recovery/several/", recovery.recovery_several, name="recovery_several"),
    path("leads/<lead_number:number>/stale/", recovery.lead_stale_review, name="lead_stale_review"),
]
