"""What a review freezes beside its items: movement since the last one, and visits to come (W1, W2).

Both are counted from the log, not from what leads or visits say of themselves now.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count, Q

from recruitment.models import (
    ForecastCheck,
    LeadEvent,
    Milestone,
    ReviewMovement,
    StudySite,
    VisitForecast,
    WeeklyReview,
)
from recruitment.rules.events import EventKind, MilestoneCode
from recruitment.rules.vocabulary import VisitResult
from recruitment.rules.weekly.forecast import (
    DAYS,
    WEEKS,
    BookedVisit,
    Days,
    Seen,
    attended_in,
    booked_in,
    forecast,
    unrecorded_in,
)
from trialsnest.lib.zones import DAY, instant_of, local_time, start_of

MOVEMENT = (
    MilestoneCode.RECEIVED,
    MilestoneCode.FIRST_ATTEMPT,
    MilestoneCode.PRESCREEN_COMPLETED,
    MilestoneCode.REVIEWABLE,
    MilestoneCode.VISIT_SCHEDULED,
    MilestoneCode.VISIT_ATTENDED,
    MilestoneCode.ENROLLED,
    MilestoneCode.CLOSED,
)
"""The milestones of the movement lane, in the order of a lead's way; a sponsor report's rows."""


def freeze_movement(
    review: WeeklyReview, places: Sequence[StudySite], *, since: datetime, now: datetime
) -> None:
    """Of each study how many leads reached each milestone in `[since, now)`, UTC, and before.

    Before is the stretch of the same length up to `since`. A lead counts where it happened, with
    the first time that it did; test leads do not. Two statements.
    """
    earlier = since - (now - since)
    rows = (
        Milestone.objects.filter(
            event__study_site__in=places,
            event__occurred_at__gte=earlier,
            event__occurred_at__lt=now,
            code__in=MOVEMENT,
            lead__source__is_test=False,
        )
        .order_by()
        .values_list("event__study_site", "code")
        .annotate(
            number=Count("pk", filter=Q(event__occurred_at__gte=since)),
            before=Count("pk", filter=Q(event__occurred_at__lt=since)),
        )
    )
    found = {(place, code): (number, before) for place, code, number, before in rows}
    ReviewMovement.objects.bulk_create(
        ReviewMovement(review=review, study_site=place, code=code, number=number, before=before)
        for place in places
        for code in MOVEMENT
        for number, before in [found.get((place.pk, code), (0, 0))]
    )


def freeze_forecast(review: WeeklyReview, places: Sequence[StudySite], *, now: datetime) -> None:
    """The visits of the seven days from today on, `now` being UTC, and what came of forecasts.

    Forecasts of the same scope whose days are over, and that no review has checked, are checked
    against what was attended since. Six statements at most.
    """
    zone = review.site.time_zone
    today = local_time(now, zone).date()
    due = list(_unchecked(review, today))
    oldest = min([today - WEEKS * DAYS * DAY, *(one.first_on for one in due)])
    visits = _visits(places, first=start_of(oldest, zone), end=start_of(today + DAYS * DAY, zone))
    booked = booked_in(visits, _days(today, zone, now))
    began = LeadEvent.objects.filter(study_site__in=places, kind=EventKind.RECEIVED)
    first = began.order_by("occurred_at").values_list("occurred_at", flat=True).first()
    expected = forecast(booked, _past(visits, today, zone, now, began=first))
    VisitForecast.objects.create(
        review=review,
        first_on=today,
        booked=booked,
        low=expected.low if expected else None,
        high=expected.high if expected else None,
    )
    ForecastCheck.objects.bulk_create(
        ForecastCheck(
            review=review,
            forecast=one,
            attended=attended_in(visits, _days(one.first_on, zone, now), now=now),
            unrecorded=unrecorded_in(visits, _days(one.first_on, zone, now), now=now),
        )
        for one in due
    )


def _unchecked(review: WeeklyReview, today: date) -> Sequence[VisitForecast]:
    rows = VisitForecast.objects.filter(
        review__site=review.site_id,
        review__study_site=review.study_site_id,
        check_made__isnull=True,
        first_on__lte=today - DAYS * DAY,
    )
    return list(rows.order_by("first_on"))


def _days(first_on: date, zone: str, known_at: datetime) -> Days:
    return Days(start_of(first_on, zone), start_of(first_on + DAYS * DAY, zone), known_at)


def _past(
    visits: Sequence[BookedVisit],
    today: date,
    zone: str,
    now: datetime,
    *,
    began: datetime | None,
) -> list[Seen]:
    """What came of each of the last eight times seven days, seen at the same time of their first.

    The latest first; only weeks in which the study had begun here.
    """
    clock, seen = local_time(now, zone).time(), []
    for number in range(1, WEEKS + 1):
        first_on = today - number * DAYS * DAY
        days = _days(first_on, zone, instant_of(first_on, clock, zone))
        if began is None or began > days.first:
            break
        seen.append(Seen(booked_in(visits, days), attended_in(visits, days, now=now)))
    return seen


def _visits(
    places: Sequence[StudySite], *, first: datetime, end: datetime
) -> Sequence[BookedVisit]:
    """The visits of `[first, end)` as the log tells them. Two statements."""
    told = LeadEvent.objects.filter(study_site__in=places, voided_by__isnull=True)
    booked = told.filter(kind=EventKind.VISIT_BOOKED, due_at__gte=first, due_at__lt=end)
    rows = list(booked.values_list("subject_id", "due_at", "recorded_at"))
    ends = told.filter(kind=EventKind.VISIT_ENDED, subject_id__in=[key for key, _, _ in rows])
    ended = {
        key: (recorded_at, code == VisitResult.ATTENDED)
        for key, recorded_at, code in ends.values_list("subject_id", "recorded_at", "code")
    }
    return [
        BookedVisit(starts_at, booked_at, *ended.get(key, (None, False)))
        for key, starts_at, booked_at in rows
        if starts_at is not None
    ]
