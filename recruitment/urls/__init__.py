"""Every address of the recruitment app, one file per topic."""

from django.urls import URLPattern

from recruitment.urls import closing, imports, leads, owning, setup, visits

urlpatterns: list[URLPattern] = [
    *leads.urlpatterns,
    *closing.urlpatterns,
    *visits.urlpatterns,
    *owning.urlpatterns,
    *imports.urlpatterns,
    *setup.urlpatterns,
]
