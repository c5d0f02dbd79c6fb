"""Calendar files: when the weekly review is, and when what one agreed to do is due."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.queries.weekly_calendar import action_entry, own_entries, review_entry
from recruitment.views.setup.base import me
from trialsnest.lib.calendar_file import DayEntry, WeeklyEntry, calendar_file


@require_safe
def weekly_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The review of this site, each week at its day and time."""
    review, now = access.get_weekly_review(me(request), pk), timezone.now()
    entry = review_entry(review.site, now=now)
    if entry is None:
        messages.warning(request, "This site has no day and time for its weekly review yet.")
        return redirect("weekly_reviews")
    return _file([entry], "weekly-review", now)


@require_safe
def weekly_action_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The day on which one of one's own actions is due."""
    action = access.get_review_action(me(request), pk)
    return _file([action_entry(action)], "review-action", timezone.now())


@require_safe
def weekly_own_calendar(request: HttpRequest) -> HttpResponse:
    """All of one's open actions, and for a site lead the reviews of her sites."""
    user, now = me(request), timezone.now()
    access.require_staff(user)
    sites = {place.site_id: place.site for place in access.study_sites(user, "lead_site")}
    return _file(own_entries(user, list(sites.values()), now=now), "weekly-review", now)


def _file(entries: Iterable[DayEntry | WeeklyEntry], name: str, at: datetime) -> HttpResponse:
    response = HttpResponse(
        calendar_file(entries, at=at), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
