"""The recovery queue: its lanes and figures, and reviews of one or several leads (S4, 6.3)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.forms.recovery import StaleReviewForm
from recruitment.forms.recovery_several import RecoverSeveralForm, box_of
from recruitment.models import StudySite
from recruitment.queries.recovery import SHOWN, Recovery, StaleRow, listed, total_of
from recruitment.queries.recovery_figures import figures
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.recovery import AgingLane
from recruitment.rules.refusals import InvalidInput
from recruitment.services.calendars import calendar_of
from recruitment.views.lead_answers import act, me
from recruitment.views.recovery_tables import axes, late_table, list_table, trend_chart
from recruitment.views.setup.base import refuse
from trialsnest.lib.charts.small import overrun
from trialsnest.lib.words import age

LOOK, SAVE = "look", "save"


@require_POST
def lead_stale_review(request: HttpRequest, number: str) -> HttpResponse:
    """Say why a stale lead stopped, and what is done about it."""
    return act(request, number, StaleReviewForm)


@require_safe
def recovery(request: HttpRequest) -> HttpResponse:
    """The three lanes, what is near them, and the figures of the last weeks."""
    return _page(request, _read(request))


@require_POST
def recovery_several(request: HttpRequest) -> HttpResponse:
    """Several leads with one outcome: a look at what would become of each, then it is done."""
    _require_worker(request)
    read, at = _read(request), timezone.now()
    calendars = _calendars(read.places)
    rows = read.rows(calendars)
    form = RecoverSeveralForm(request.POST, rows=rows, calendars=calendars)
    if not form.is_valid():
        return _page(request, read, form=form, status=422)
    saves = request.POST.get("step") == SAVE
    try:
        results = form.run(by=me(request), at=at, only_look=not saves)
    except InvalidInput as refusal:
        refuse(form, refusal)
        return _page(request, read, form=form, status=422)
    context = {
        "title": "Leads reviewed" if saves else "Look before you review",
        "form": form,
        "is_done": saves,
        "done": [row for row in results if not row.why],
        "left": [row for row in results if row.why],
        "back_url": _url(request),
    }
    return render(request, "recruitment/recovery/several.html", context)


def _require_worker(request: HttpRequest) -> None:
    """404 for whoever is no staff, 403 for whoever works on no study."""
    if not access.study_sites(me(request), "work_leads").exists():
        access.require_staff(me(request))
        raise PermissionDenied


def _read(request: HttpRequest) -> Recovery:
    """Whose leads: mine, unless none of them stands still or the address says otherwise."""
    user, now = me(request), timezone.now()
    places = list(access.study_sites(user))
    if not places:
        raise Http404
    only = request.GET.get("only") == "stale"
    mine = Recovery(places, now, owner=user, only_stale=only)
    asked = request.GET.get("whose", "")
    if asked == "site" or (asked != "mine" and not mine.standing.exists()):
        return Recovery(places, now, only_stale=only)
    return mine


def _url(request: HttpRequest) -> str:
    given = {"whose": {"mine", "site"}, "only": {"stale"}}
    kept = [(n, request.GET[n]) for n, known in given.items() if request.GET.get(n) in known]
    return reverse("recovery") + (f"?{urlencode(kept)}" if kept else "")


def _calendars(places: Sequence[StudySite]) -> Mapping[int, BusinessCalendar]:
    return {place.pk: calendar_of(place.site) for place in places}


def _page(
    request: HttpRequest,
    read: Recovery,
    *,
    form: RecoverSeveralForm | None = None,
    status: int = 200,
) -> HttpResponse:
    calendars, user = _calendars(read.places), me(request)
    rows, counts = read.rows(calendars), read.counts()
    workable = set(access.study_sites(user, "work_leads").values_list("pk", flat=True))
    told = figures(read.places, now=read.now)
    whose = "mine" if read.owner else "site"
    context = {
        "title": "Recovery",
        "now": read.now,
        "zone": read.places[0].site.time_zone,
        "whose": whose,
        "lanes": [_lane(lane, rows, counts, workable) for lane in AgingLane],
        "total": sum(counts.values()),
        "shown": SHOWN,
        "can_review": bool(workable) and any(row.is_stale for row in rows),
        "form": form or RecoverSeveralForm(rows=rows, calendars=calendars),
        "only_stale": read.only_stale,
        "several_url": f"{reverse('recovery_several')}?whose={whose}"
        + ("&only=stale" if read.only_stale else ""),
        "figures": told,
        "axes": axes(told),
        "trend": trend_chart(told),
        **_near(read),
    }
    return render(request, "recruitment/recovery/page.html", context, status=status)


def _near(read: Recovery) -> dict[str, Any]:
    """What is not stale and yet wants a look: the first of each list, and how many there are."""
    risk, window, late = (listed(x) for x in (read.at_risk, read.call_back, read.past_visit))
    return {
        "at_risk": list_table(risk, read.now, "Goes stale")
        | {"total": total_of(risk, read.at_risk)},
        "call_back": list_table(window, read.now, "Window ends")
        | {"total": total_of(window, read.call_back)},
        "late": late_table(late, read.now) | {"total": total_of(late, read.past_visit)},
    }


def _lane(
    lane: AgingLane, rows: Sequence[StaleRow], counts: Mapping[AgingLane, int], workable: set[int]
) -> dict[str, Any]:
    found = [row for row in rows if row.lane == lane]
    longest = max((row.still.days for row in rows), default=1)
    return {
        "code": lane.value,
        "label": lane.label,
        "count": counts.get(lane, 0),
        "longest": age(max(row.still for row in found)) if found else "",
        "rows": [
            {
                "row": row,
                "still": age(row.still),
                "box": box_of(row) if row.is_stale else "",
                "bar": overrun(row.still.days, row.limit.days, longest),
                "can_work": row.lead.study_site_id in workable,
            }
            for row in found
        ],
    }
