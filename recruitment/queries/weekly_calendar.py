"""What a calendar file holds of weekly reviews: dates, codes and addresses, no typed word (PR4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse

from accounts.models import User
from recruitment.models import ReviewAction, SettingChange, Site
from recruitment.queries.weekly_page import own_actions
from recruitment.rules.weekly.codes import ActionState
from recruitment.rules.weekly.reminders import next_review
from trialsnest.lib.calendar_file import DayEntry, WeeklyEntry
from trialsnest.lib.zones import instant_of, local_time, zone_named

LENGTH = timedelta(hours=1)


def review_entry(site: Site, *, now: datetime) -> WeeklyEntry | None:
    """The review of a site, each week; None where no day and time is set. One statement.

    It begins with the first one after the day and time were set, so the file is the same whenever
    it is fetched, and a calendar takes a later setting in place of the earlier one.
    """
    if site.review_weekday is None or site.review_at is None:
        return None
    changes = SettingChange.objects.filter(
        kind="site", object_id=site.pk, field__in=["review_weekday", "review_at", "time_zone"]
    ).aggregate(last=Max("at"), number=Count("pk"))
    since = local_time(changes["last"] or now, site.time_zone).date()
    on = next_review(site.review_weekday, since)
    first = instant_of(on, site.review_at, site.time_zone)
    return WeeklyEntry(
        uid=_uid(f"weekly-review-{site.pk}"),
        first=first.astimezone(zone_named(site.time_zone)),
        length=LENGTH,
        summary=f"TrialsNest: weekly review, {site.code}",
        url=_url("weekly_reviews"),
        sequence=changes["number"],
    )


def action_entry(action: ReviewAction) -> DayEntry:
    """The day on which an action is due. An action that has ended takes its entry away."""
    has_ended = action.state != ActionState.OPEN
    return DayEntry(
        uid=_uid(f"review-action-{action.pk}"),
        on=action.due_on,
        summary=(
            f"TrialsNest: an action of the weekly review is due, {action.study_site.study.code}"
        ),
        url=_url("weekly_reviews") + "#own",
        sequence=action.times_carried + (1 if has_ended else 0),
        is_canceled=has_ended,
    )


def own_entries(
    user: User, sites: Sequence[Site], *, now: datetime
) -> Sequence[DayEntry | WeeklyEntry]:
    """All that `user` has agreed to and not ended, and the reviews of `sites`, which she leads."""
    reviews = (review_entry(site, now=now) for site in sites)
    return [
        *(entry for entry in reviews if entry is not None),
        *(action_entry(action) for action in own_actions(user)),
    ]


def _url(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"


def _uid(name: str) -> str:
    return f"{name}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}"
