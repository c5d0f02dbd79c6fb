"""How one due time of a lead came about, in words (CK1-CK5, PZ3)."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.models import Blocker, Clock, Lead, RecordsItem
from recruitment.queries.timeline import events_of
from recruitment.rules.clock_words import Explained, explain
from recruitment.services.clocks import clock_of
from recruitment.services.terms import terms_of
from recruitment.views.clock_lines import LOOKS, label_of_clock, result_of
from recruitment.views.lead_answers import me, wants


@require_safe
def lead_clock(request: HttpRequest, number: str, key: int) -> HttpResponse:
    """How one due time came about: the inside of its fold on the lead's page, or a page."""
    lead = access.get_lead(me(request), number)
    row = Clock.objects.filter(lead=lead, pk=key).select_related("version").first()
    if row is None:
        raise Http404("No such clock of this lead.")
    items = {item.pk: item.get_type_display() for item in RecordsItem.objects.filter(lead=lead)}
    explained = _explained(row, lead, now=timezone.now())
    tone, shape = LOOKS[explained.standing]
    context = {
        "lead": lead,
        "label": label_of_clock(row, items, Blocker.objects.filter(lead=lead).in_bulk()),
        "explained": explained,
        "tone": tone,
        "shape": shape,
    }
    inside = wants(request, f"clock-{row.pk}-why")
    name = "recruitment/clocks/_explained.html" if inside else "recruitment/clocks/page.html"
    return render(request, name, context)


def _explained(row: Clock, lead: Lead, *, now: datetime) -> Explained:
    """Its arithmetic in words; holidays by the names the site gave them."""
    holidays = dict(lead.study_site.site.holidays.values_list("on", "name"))
    return explain(
        clock_of(row),
        terms=terms_of(lead.study_site),
        now=now,
        version=row.version.version if row.version else 0,
        holidays=holidays,
        result=result_of(row, events_of(lead)),
    )
