"""Sheets for paper: the day, what waits on the study team, checklists, a hand-over (18)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.queries.day_sheet import day_sheet
from recruitment.queries.handoffs import sheets_of
from recruitment.queries.lead_page import lead_page
from recruitment.queries.review_tray import waits_on_team
from recruitment.rules.vocabulary import RecordsState
from recruitment.views.lead_answers import me

WORK = frozenset({"work_leads"})


@require_safe
def daily_sheet(request: HttpRequest) -> HttpResponse:
    """What I work on today, with a line to write on."""
    now, user = timezone.now(), me(request)
    sheet = day_sheet(user, access.working_places(user), now=now)
    context = {"title": "Daily sheet", "sheet": sheet, "now": now, "zone": user.time_zone}
    return render(request, "recruitment/print/day.html", context)


@require_safe
def team_waits(request: HttpRequest) -> HttpResponse:
    """What waits on the study team, since when; lead numbers and no names (W12).

    What staff wrote about a lead may hold a name, so it stands there only when it is asked for.
    """
    user, now = me(request), timezone.now()
    access.require_staff(user)
    context = {
        "with_words": request.GET.get("words") == "yes",
        "title": "Waiting on the study team",
        "waits": waits_on_team(list(access.study_sites(user))),
        "now": now,
        "zone": user.time_zone,
    }
    return render(request, "recruitment/print/team_waits.html", context)


@require_safe
def records_checklist(request: HttpRequest, number: str) -> HttpResponse:
    """The records of one lead, each with its boxes."""
    return _checklist(request, number, "Records checklist", "recruitment/print/records.html")


@require_safe
def scheduling_checklist(request: HttpRequest, number: str) -> HttpResponse:
    """What must be clear before a visit of one lead is booked, each with its boxes."""
    return _checklist(request, number, "Scheduling checklist", "recruitment/print/scheduling.html")


def _checklist(request: HttpRequest, number: str, title: str, template: str) -> HttpResponse:
    lead, now = access.get_lead_for(me(request), number, WORK), timezone.now()
    page = lead_page(lead, reader=me(request), now=now)
    context = {"title": title, "lead": lead, "page": page, "now": now, "zone": page.zone}
    context["done"] = (RecordsState.WAIVED, RecordsState.NOT_REQUIRED)
    return render(request, template, context)


@require_safe
def handoff_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One hand-over with everything it carries, for the folder that goes with it (H2, H5)."""
    handoff, now = access.get_handoff(me(request), pk), timezone.now()
    access.get_lead_for(me(request), handoff.lead.number, WORK)
    sheet = sheets_of([handoff], now=now)[0]
    context = {"title": "Hand-over", "sheet": sheet, "now": now, "zone": sheet.zone}
    return render(request, "recruitment/print/handoff.html", context)
