"""Every address of the recruitment app, one file per topic."""

from django.urls import URLPattern

from recruitment.urls import imports, leads, setup

urlpatterns: list[URLPattern] = [
    *leads.urlpatterns,
    *imports.urlpatterns,
    *setup.urlpatterns,
]
