"""What is new since a page of the queue was made; the page asks once a minute while it is seen."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from recruitment.queries.queue import PAGE
from recruitment.queries.queue_ask import asked
from recruitment.queries.queue_news import changed_by_others
from recruitment.views.desk import desk_of, fresh_numbers


@require_safe
def queue_pulse(request: HttpRequest) -> HttpResponse:
    """The numbers around the list now, and how many leads others changed. No row is sent."""
    read, ask = desk_of(request), asked(request.GET)
    shown = request.GET.get("shown", "").split(",")[:PAGE]
    changed = changed_by_others(
        read,
        ask,
        since=_since(request.GET.get("since", ""), read.now),
        shown=[number for number in shown if number.isalnum()],
    )
    context = fresh_numbers(read, ask) | {"changed": changed, "now": read.now}
    return render(request, "recruitment/_pulse.html", context)


def _since(text: str, now: datetime) -> datetime:
    """When the page was made; now where the address does not say."""
    try:
        since = parse_datetime(text)
    except ValueError:
        since = None
    return since if since is not None and since.tzinfo is not None else now
