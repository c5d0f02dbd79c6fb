"""Why a lead stands where it stands in the queue, and why it does not stand in mine."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.models import Lead
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, asked
from recruitment.queries.queue_rank import ranks, trace_of
from recruitment.rules.rank_trace import RankTrace
from recruitment.rules.stages import OPEN
from recruitment.services.cadences import cadence_of
from recruitment.views.desk import desk_of
from recruitment.views.lead_answers import STAYS, me, part, wants
from recruitment.views.not_mine import not_mine
from recruitment.views.queue_parts import url_of
from recruitment.views.trail import trail_of


@require_safe
def lead_rank(request: HttpRequest, number: str) -> HttpResponse:
    """Every rule that ranked the lead, in the list it was opened from. A page, or the panel."""
    lead, read = access.get_lead(me(request), number), desk_of(request)
    given = _address_of_list(request)
    ask = asked(given)
    context: dict[str, Any] = {
        "lead": lead,
        "crumbs": [("Queue", url_of(ask)), (lead.number, reverse("lead", args=[number]))],
        "list_words": list_words(ask),
        "lead_url": trail_of(given).url_of(number),
    }
    if lead.stage in OPEN:
        trace = trace_of(read, lead)
        context |= {"trace": trace, "sentence": _sentence(read, ask, lead, trace)}
        context["within"] = [row for row in trace.within if row.answer]
    works_here = ("work_leads", lead.study_site_id) in read.rights
    halted = lead.study_site_id in read.halted
    context |= not_mine(read.user, lead, at=read.now, works_here=works_here, halted=halted)
    if wants(request, "panel"):
        html = part(request, "recruitment/_rank_panel.html", context)
        return HttpResponse(html, headers=STAYS)
    return render(request, "recruitment/lead_rank.html", context)


def _address_of_list(request: HttpRequest) -> dict[str, str]:
    """Which list it was opened from: what the address says, else the queue it was pressed in.

    Rows do not repeat the address of their list; a browser that hides where it comes from gets
    the rank in Mine.
    """
    if request.GET:
        return request.GET.dict()
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_queue = (came_from.netloc, came_from.path) == (request.get_host(), reverse("queue"))
    return QueryDict(came_from.query).dict() if is_queue else {}


def _sentence(read: Queue, ask: Ask, lead: Lead, trace: RankTrace) -> str:
    """Its rank in words; for a list that does not hold it, only what was looked at."""
    if not read.listing(ask).filter(pk=lead.pk).exists():
        return ""
    places = [trace.place, *([trace.otherwise.place] if trace.otherwise else [])]
    found, total = ranks(read, ask, lead, places)
    return trace.sentence(
        rank=found[0],
        of=total,
        facts=_facts(lead),
        otherwise=found[1] if trace.otherwise else None,
    )


def _facts(lead: Lead) -> list[str]:
    """What else is worth knowing before one asks why it is not higher up."""
    cadence = cadence_of(lead.study_site.study)
    facts = [f"{lead.attempts} of {cadence.max_attempts} attempts used"]
    if lead.person.best_time:
        facts.insert(0, f"best time to call: {lead.person.best_time}")
    return facts


def list_words(ask: Ask) -> str:
    """The list in words: `Mine, Records needed, filtered`."""
    words = [ask.tab.label, *([ask.bucket.label] if ask.bucket else [])]
    return ", ".join([*words, *(["filtered"] if ask.is_filtered else [])])
