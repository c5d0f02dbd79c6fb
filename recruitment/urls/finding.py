"""Finding leads, and what is done to several of them at once."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import find, several

urlpatterns: list[URLPattern] = [
    path("queue/find/", find.find, name="find"),
    path("leads/several/", several.leads_bulk, name="leads_bulk"),
]
