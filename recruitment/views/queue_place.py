"""The lead that stands at a place of the filtered queue: next and previous without a list."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from recruitment.queries.queue import PAGE
from recruitment.queries.queue_ask import asked
from recruitment.views.desk import desk_of
from recruitment.views.trail import trail_of


@require_safe
def queue_at(request: HttpRequest, place: int) -> HttpResponse:
    """To the lead at `place` of the queue as it stands now; to the list where there is none.

    `after` is the lead just worked: if it still stands there, the one behind it is meant.
    """
    read, ask = desk_of(request), asked(request.GET)
    trail = trail_of(request.GET)
    counts = read.counts(ask)
    total = counts.of_list(ask)
    for number in (place, place + 1):
        page = read.page(replace(ask, page=(number - 1) // PAGE + 1), total)
        at = number - 1 - page.first
        if 0 <= at < len(page.rows) and page.rows[at].number != request.GET.get("after"):
            found = replace(trail, place=number, of=total)
            return redirect(found.url_of(page.rows[at].number))
    return redirect(f"{reverse('queue')}?{trail.query}")
