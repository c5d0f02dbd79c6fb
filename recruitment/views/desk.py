"""Whose queue a request is about, and the numbers around its list."""

from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from recruitment import access
from recruitment.models import StudySite
from recruitment.models.access import with_rights
from recruitment.models.halts import with_halted
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Counts, Tab, asked
from recruitment.queries.queue_figures import CHECKS, figures_beside
from recruitment.rules.calendars import add_business_days
from recruitment.rules.stages import Bucket
from recruitment.services.calendars import calendar_of
from recruitment.views.queue_parts import checks_of, tabs_of, tiles_of, url_of
from trialsnest.lib.prepared import prepared
from trialsnest.lib.words import day, local


def desk_of(request: HttpRequest) -> Queue:
    """The leads of everything the user may read; Http404 where that is nothing."""
    user, now = cast(User, request.user), timezone.now()
    study_sites = _places(user=user.pk)
    if not study_sites:
        raise Http404
    return Queue(user, study_sites, now, _late(study_sites, now))


@prepared
def _places(*, user: int) -> QuerySet[StudySite]:
    reader = User(pk=user)
    found = with_halted(access.study_sites(reader)).select_related("owner")
    return with_rights(found, reader)


def _late(study_sites: list[StudySite], now: datetime) -> dict[datetime, list[int]]:
    """One business day ago at each site, for what was left lying."""
    sites = {row.site_id: row.site for row in study_sites}
    ago = {key: add_business_days(now, -1, calendar_of(site)) for key, site in sites.items()}
    late: dict[datetime, list[int]] = {}
    for row in study_sites:
        late.setdefault(ago[row.site_id], []).append(row.pk)
    return late


def numbers_of(read: Queue, ask: Ask, counts: Counts) -> dict[str, Any]:
    """Buckets, tabs and the sentence over them."""
    return {
        "today": day(local(read.now, read.user.time_zone)).rsplit(" ", 1)[0],
        "overdue": counts.overdue[ask.tab],
        "due_today": counts.today[ask.tab],
        "unowned": counts.tabs[Tab.UNOWNED],
        "held": counts.held,
        "unowned_url": url_of(ask, tab=Tab.UNOWNED, bucket=None),
        "tabs": tabs_of(ask, counts),
        "tiles": tiles_of(ask, counts),
        "has_outcome": bool(counts.tiles[ask.tab][Bucket.AWAITING_OUTCOME].count),
    }


def fresh_numbers(read: Queue, ask: Ask) -> dict[str, Any]:
    """All numbers around the list as they are now. Two statements, or three."""
    counts = read.counts(ask)
    checks = checks_of(figures_beside(read, counts, ask, CHECKS), ask)
    return numbers_of(read, ask, counts) | {"checks": checks}


def around(request: HttpRequest) -> str:
    """The numbers around the list from which something was changed, beside another answer.

    The list's address came with the form. Without one, or where nothing may be read any more,
    nothing. Five statements at most.
    """
    query = request.POST.get("list", "")
    given = QueryDict(query).dict() if query else request.GET.dict()
    if not request.headers.get("HX-Request") or "tab" not in given:
        return ""
    try:
        read = desk_of(request)
    except Http404:
        return ""
    values = fresh_numbers(read, asked(given)) | {"csrf_token": get_token(request)}
    return render_to_string("recruitment/_queue_around.html", values)
