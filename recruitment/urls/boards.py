"""Boards across leads, the trays, and the sheets that are printed."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import boards, sheets, trays

LEAD = "leads/<lead_number:number>"

urlpatterns: list[URLPattern] = [
    path("boards/records/", boards.records_board, name="records_board"),
    path("boards/scheduling/", boards.scheduling_board, name="scheduling_board"),
    path("reviews/", trays.review_tray, name="review_tray"),
    path("reviews/<lead_number:number>/", trays.review_decide, name="review_decide"),
    path("reviews/sheet/", sheets.team_waits, name="team_waits"),
    path("intake/", trays.intake, name="intake"),
    path("queue/sheet/", sheets.daily_sheet, name="daily_sheet"),
    path(f"{LEAD}/records/sheet/", sheets.records_checklist, name="records_checklist"),
    path(f"{LEAD}/ready/sheet/", sheets.scheduling_checklist, name="scheduling_checklist"),
    path("handoffs/<int:pk>/sheet/", sheets.handoff_sheet, name="handoff_sheet"),
]
