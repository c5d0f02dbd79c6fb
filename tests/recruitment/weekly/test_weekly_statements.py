"""What opening a review asks of the database: each lane three statements at most."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from recruitment.models import Lead, StudySite, WeeklyReview
from recruitment.services import weekly_findings, weekly_work
from recruitment.services.weekly_figures import freeze_forecast, freeze_movement
from tests.recruitment.weekly.held import OPENED, WEEK

MOST = 3
F, W = weekly_findings, weekly_work
Find = Callable[[StudySite, datetime], object]
LANES: dict[str, list[Find]] = {
    "stale": [
        lambda place, now: F.stale([place], now=now),
        lambda place, now: F.stale_risk([place], now=now),
    ],
    "sources": [lambda place, now: F.sources([place], now=now)],
    "records": [lambda place, now: F.blockers([place], now=now)],
    "scheduling": [lambda place, now: F.scheduling([place], now=now)],
    "ownership": [lambda place, now: W.ownership([place], now=now)],
    "targets": [lambda place, now: W.targets([place], since=now - WEEK, now=now)],
    "paused": [lambda place, now: W.paused([place], now=now)],
    "decisions": [lambda place, now: W.decisions([place], since=now - WEEK, now=now)],
}


@pytest.mark.parametrize("lane", LANES)
def test_a_lane_takes_three_statements_at_most(
    lane: str, study_site: StudySite, leads: list[Lead]
) -> None:
    place = StudySite.objects.select_related("site", "study").get(pk=study_site.pk)
    with CaptureQueriesContext(connection) as asked:
        for find in LANES[lane]:
            find(place, OPENED + WEEK)

    assert len(asked) <= MOST


def test_movement_takes_two_statements_and_the_visits_to_come_six(
    study_site: StudySite, site_lead: User, leads: list[Lead], review: WeeklyReview
) -> None:
    review.movement.all().delete()
    review.forecast.delete()
    review = WeeklyReview.objects.select_related("site").get(pk=review.pk)
    with CaptureQueriesContext(connection) as moved:
        freeze_movement(review, [study_site], since=OPENED - WEEK, now=OPENED)
    with CaptureQueriesContext(connection) as expected:
        freeze_forecast(review, [study_site], now=OPENED)

    assert len(moved) <= 2
    assert len(expected) <= 6
