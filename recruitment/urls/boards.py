"""Boards across leads, the trays, and the sheets that are printed."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import boards

urlpatterns: list[URLPattern] = [
    path("boards/records/", boards.records_board, name="records_board"),
]
