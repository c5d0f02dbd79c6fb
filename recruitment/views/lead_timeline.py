"""The timeline on a lead's page: narrowed and taken further back by its address alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from recruitment.models import Lead, LeadEvent
from recruitment.queries.timeline_page import Show, timeline_of


@dataclass(frozen=True)
class ShowLink:
    """A link that narrows the timeline."""

    code: str
    label: str
    url: str
    is_current: bool


def timeline_context(
    request: HttpRequest, lead: Lead, *, events: Sequence[LeadEvent] = ()
) -> dict[str, Any]:
    """What the timeline of the page shows; an unknown narrowing shows everything."""
    asked = request.GET.get("show", "")
    show = Show(asked) if asked in Show.values else Show.ALL
    number = request.GET.get("earlier", "")
    earlier = int(number) if number.isdecimal() and len(number) < 4 else 0
    zone = lead.study_site.site.time_zone
    timeline = timeline_of(lead, zone, show=show, earlier=earlier, events=events)
    shows = [
        ShowLink(each.value or "all", each.label, _url(request, lead, each), each == show)
        for each in Show
    ]
    return {
        "timeline": timeline,
        "shows": shows,
        "earlier_url": _url(request, lead, show, timeline.earlier) if timeline.earlier else "",
    }


def _url(request: HttpRequest, lead: Lead, show: Show, earlier: int = 0) -> str:
    """The page's own address with another timeline; what else it asks for stays."""
    query = request.GET.copy()
    for name, value in (("show", show.value), ("earlier", str(earlier) if earlier else "")):
        query.pop(name, None)
        if value:
            query[name] = value
    asked = query.urlencode()
    return reverse("lead", args=[lead.number]) + (f"?{asked}" if asked else "")
