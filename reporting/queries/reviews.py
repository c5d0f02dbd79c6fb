"""When the site holds its next weekly review, as far as it is known (12.1, section 16)."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from recruitment.models import StudySite, WeeklyReview
from recruitment.rules.weekly.reminders import coming_review
from trialsnest.lib.prepared import prepared
from trialsnest.lib.weeks import Week
from trialsnest.lib.zones import local_time


def next_review_on(study_site: StudySite, *, after: datetime) -> date | None:
    """The site's day of its next weekly review after `after` (UTC); None where no day is set.

    The review of a week that was opened by then is not to come any more, also where that was before
    its day. One statement where a day is set, else none.
    """
    site = study_site.site
    if site.review_weekday is None or site.review_at is None:
        return None
    start = Week.containing(after, site.time_zone).start
    is_held = bool(_opened(site=site.pk, place=study_site.pk, start=start, until=after))
    now = local_time(after, site.time_zone)
    return coming_review(site.review_weekday, site.review_at, now=now, is_held=is_held)


@prepared
def _opened(
    *, site: int, place: int, start: datetime, until: datetime
) -> QuerySet[WeeklyReview, tuple[Any, ...]]:
    """The reviews of the whole site or of the study there that were opened in `[start, until]`."""
    rows = WeeklyReview.objects.filter(
        Q(study_site__isnull=True) | Q(study_site=place),
        site=site,
        opened_at__gte=start,
        opened_at__lte=until,
    )
    return rows.order_by().values_list("pk")
