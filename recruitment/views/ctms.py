"""Hand-offs to study operations: the sheet of one, its verbs, and what is still open (14)."""

import csv
import io

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.forms.ctms import CtmsCorrectForm, CtmsNumberForm, CtmsSendForm
from recruitment.models import CtmsHandoff, Lead
from recruitment.queries.ctms import Month, Sheet, handoff_of, reconciliation, sheet_of
from recruitment.rules.lead_files import safe_cell
from recruitment.services.calendars import calendar_of
from recruitment.views.capacity import visit_tabs
from recruitment.views.lead_answers import act, me
from recruitment.views.setup.base import Cell, Row
from trialsnest.lib.words import day, local, month


@require_POST
def lead_ctms_send(request: HttpRequest, number: str) -> HttpResponse:
    """Record that the sheet went to study operations."""
    return act(request, number, CtmsSendForm)


@require_POST
def lead_ctms_acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Type back the number that came."""
    return act(request, number, CtmsNumberForm)


@require_POST
def lead_ctms_correct(request: HttpRequest, number: str) -> HttpResponse:
    """Correct the number."""
    return act(request, number, CtmsCorrectForm)


@require_safe
def lead_ctms(request: HttpRequest, number: str) -> HttpResponse:
    """The one page for study operations, on screen and on paper."""
    lead, handoff, sheet = _sheet(request, number)
    context = {
        "lead": lead,
        "handoff": handoff,
        "sheet": sheet,
        "zone": lead.study_site.site.time_zone,
        "now": timezone.now(),
    }
    return render(request, "recruitment/visits/sheet.html", context)


@require_safe
def lead_ctms_csv(request: HttpRequest, number: str) -> HttpResponse:
    """The same as one row of CSV, in cells that no spreadsheet runs."""
    lead, _, sheet = _sheet(request, number)
    fields = [*sheet.fields, *sheet.dates]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe_cell(head) for head, _ in fields])
    writer.writerow([safe_cell(value) for _, value in fields])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="hand-off-{lead.number}.csv"'
    return response


def _sheet(request: HttpRequest, number: str) -> tuple[Lead, CtmsHandoff, Sheet]:
    """The sheet of the lead's hand-off; Http404 while there is none."""
    lead = access.get_lead(me(request), number, "work_leads")
    handoff = handoff_of(lead)
    if handoff is None:
        raise Http404
    return lead, handoff, sheet_of(handoff, lead)


@require_safe
def ctms_handoffs(request: HttpRequest) -> HttpResponse:
    """What is open between this workspace and the study's own records (CT6)."""
    places = access.working_places(me(request))
    calendars = {place.pk: calendar_of(place.site) for place in places}
    found = reconciliation(places, now=timezone.now(), calendars=calendars)
    columns = [Cell(name) for name in ("Lead", "Study and site", "Visit", "State")]
    parts = (
        ("Attended, no CTMS number yet", found.without_number),
        ("Sent, not acknowledged", found.unacknowledged),
        ("Number for more than 5 business days, no outcome recorded", found.without_outcome),
    )
    context = {
        "title": "Hand-offs to study operations",
        "lede": "The study's own records hold consent, screening and visits from here on.",
        "tabs": visit_tabs("ctms_handoffs"),
        "columns": columns,
        "parts": [(title, [_row(row) for row in rows]) for title, rows in parts],
        "month_columns": [
            Cell("Month"),
            *(Cell(name, is_num=True) for name in ("Screened", "Failed", "Enrolled")),
        ],
        "months": [_month(row) for row in found.months],
    }
    return render(request, "recruitment/visits/handoffs.html", context)


def _row(handoff: CtmsHandoff) -> Row:
    lead = handoff.lead
    starts = local(handoff.visit.starts_at, lead.study_site.site.time_zone)
    return Row(
        [
            Cell(lead.number, reverse("lead", args=[lead.number])),
            Cell(str(lead.study_site)),
            Cell(day(starts)),
            Cell(handoff.get_state_display()),
        ]
    )


def _month(row: Month) -> Row:
    numbers = (row.screened, row.failed, row.enrolled)
    return Row([Cell(month(row.first_on)), *(Cell(number, is_num=True) for number in numbers)])
