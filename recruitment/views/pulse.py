"""What is new since a page of the queue was made; the page asks once a minute while it is seen."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.queries.queue import PAGE, Queue
from recruitment.queries.queue_ask import asked
from recruitment.queries.queue_news import changed_by_others
from recruitment.views.lead_answers import me
from recruitment.views.queue_parts import tiles_of


@require_safe
def queue_pulse(request: HttpRequest) -> HttpResponse:
    """The numbers of the buckets now, and how many leads others changed. No row is sent."""
    study_sites = list(access.study_sites(me(request)))
    if not study_sites:
        raise Http404
    now, ask = timezone.now(), asked(request.GET)
    counts = Queue(me(request), study_sites, now).counts(ask)
    changed = changed_by_others(
        me(request),
        study_sites,
        ask,
        since=_since(request.GET.get("since", ""), now),
        now=now,
        shown=request.GET.get("shown", "").split(",")[:PAGE],
    )
    context = {"tiles": tiles_of(ask, counts), "changed": changed, "now": now}
    return render(request, "recruitment/_pulse.html", context)


def _since(text: str, now: datetime) -> datetime:
    """When the page was made; now where the address does not say."""
    try:
        since = parse_datetime(text)
    except ValueError:
        since = None
    return since if since is not None and since.tzinfo is not None else now
