"""Every address of the recruitment app, one file per topic."""

from django.urls import URLPattern

from recruitment.urls import (
    blockers,
    boards,
    closing,
    contact,
    days,
    escalations,
    finding,
    imports,
    keeping,
    leads,
    owning,
    queue_parts,
    recovery,
    setup,
    visits,
    weekly,
    what_if,
)

urlpatterns: list[URLPattern] = [
    *leads.urlpatterns,
    *queue_parts.urlpatterns,
    *keeping.urlpatterns,
    *contact.urlpatterns,
    *days.urlpatterns,
    *closing.urlpatterns,
    *blockers.urlpatterns,
    *boards.urlpatterns,
    *visits.urlpatterns,
    *what_if.urlpatterns,
    *owning.urlpatterns,
    *escalations.urlpatterns,
    *weekly.urlpatterns,
    *finding.urlpatterns,
    *recovery.urlpatterns,
    *imports.urlpatterns,
    *setup.urlpatterns,
]
