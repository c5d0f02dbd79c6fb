"""What a review freezes beside its items: movement, stale risk, and the visits to come (W1, W2)."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import (
    ForecastCheck,
    Lead,
    LeadEvent,
    ReviewMovement,
    Source,
    StudySite,
    VisitForecast,
    WeeklyReview,
)
from recruitment.queries.weekly_figures import figures_of
from recruitment.rules.events import EventKind
from recruitment.rules.vocabulary import VisitResult
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.database_roles import readable_columns
from tests.factories.recruitment import MONDAY, make_enquirer, make_lead
from tests.recruitment.weekly.held import DAY, HOUR, OPENED, WEEK, end_all, held_open, item_of


def moved(review: WeeklyReview, code: str) -> tuple[int, int]:
    """The number of one milestone of the only study, and the number before."""
    row = ReviewMovement.objects.get(review=review, code=code)
    return row.number, row.before


def tell_visit(
    lead: Lead, starts_at: datetime, *, attended: bool | None = True, booked: timedelta = 3 * DAY
) -> None:
    """A visit as the log tells it; with `attended` None it has no result yet."""
    key, last = LeadEvent.objects.count() + 1000, lead.events.count() + 500
    given = {
        "lead": lead,
        "study_site": lead.study_site,
        "subject_id": key,
        "action_id": uuid.uuid4(),
    }
    at = starts_at - booked
    LeadEvent.objects.create(
        kind=EventKind.VISIT_BOOKED,
        seq=last,
        occurred_at=at,
        recorded_at=at,
        due_at=starts_at,
        **given,
    )
    if attended is not None:
        code = VisitResult.ATTENDED if attended else VisitResult.NO_SHOW
        then = starts_at + HOUR
        LeadEvent.objects.create(
            kind=EventKind.VISIT_ENDED,
            seq=last + 1,
            occurred_at=then,
            recorded_at=then,
            code=code,
            **given,
        )


def test_movement_counts_what_happened_since_the_last_review_and_in_as_long_before(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    first = held_open(study_site, site_lead)
    assert moved(first, "received") == (4, 0)
    end_all(first, site_lead)
    make_lead(study_site, received_at=OPENED + DAY, enquirer=make_enquirer(9))

    second = held_open(study_site, site_lead, OPENED + WEEK)

    assert moved(second, "received") == (1, 4)
    assert moved(second, "enrolled") == (0, 0)
    assert moved(first, "received") == (4, 0)


def test_test_leads_do_not_move(study_site: StudySite, site_lead: User, leads: list[Lead]) -> None:
    Source.objects.filter(pk=leads[0].source_id).update(is_test=True)

    assert moved(held_open(study_site, site_lead), "received")[0] == len(
        [lead for lead in leads if lead.source_id != leads[0].source_id]
    )


def test_a_frozen_figure_stays_once_the_review_is_completed(
    review: WeeklyReview, site_lead: User
) -> None:
    end_all(review, site_lead)

    for rows in (review.movement.all(), VisitForecast.objects.filter(review=review)):
        with pytest.raises(IntegrityError, match="is completed"), transaction.atomic():
            rows.delete()


def test_leads_at_risk_of_going_stale_are_an_item_of_their_own(
    study_site: StudySite, site_lead: User, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    assert lead.risk_at is not None
    assert lead.stale_at is not None
    at = lead.risk_at + (lead.stale_at - lead.risk_at) / 2

    item = item_of(held_open(study_site, site_lead, at), ItemKind.STALE_RISK)

    assert item.value == 1
    assert [row.lead for row in item.leads.all()] == [lead]


def test_before_eight_weeks_there_is_no_range(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    tell_visit(leads[0], OPENED + 2 * DAY, attended=None)

    review = held_open(study_site, site_lead)

    assert (review.forecast.booked, review.forecast.low) == (1, None)
    assert "A range needs eight weeks" in figures_of(review).expects


def test_a_forecast_looks_back_on_eight_weeks_and_the_next_review_says_what_came_of_it(
    study_site: StudySite, site_lead: User, coordinator: User
) -> None:
    leads = [
        make_lead(
            study_site, received_at=MONDAY - 9 * WEEK, owner=coordinator, enquirer=make_enquirer(n)
        )
        for n in range(3)
    ]
    for week in range(1, 9):
        for lead in leads:
            tell_visit(lead, MONDAY - week * WEEK + DAY, attended=week % 2 == 0)
    for lead in leads[:2]:
        tell_visit(lead, OPENED + 2 * DAY, attended=True)
    tell_visit(leads[2], OPENED + 3 * DAY, attended=None)

    review = held_open(study_site, site_lead)
    forecast = review.forecast
    # Of three booked none or all came, in turns: 3 - 1.5, and 1.41 x 1.60 x 1.06 to both sides
    assert (forecast.booked, forecast.low, forecast.high) == (3, 0, 4)
    end_all(review, site_lead)

    second = held_open(study_site, site_lead, OPENED + WEEK)

    (check,) = ForecastCheck.objects.filter(review=second)
    assert (check.forecast, check.attended, check.unrecorded) == (forecast, 2, 1)
    assert check.is_inside
    (came,) = figures_of(second).came
    assert came == (
        "From Mon 2 Mar to Sun 8 Mar 2 visits took place: inside the 0 to 4 expected; "
        "1 without a result yet."
    )


def test_a_forecast_whose_days_are_not_over_waits_for_a_later_review(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    first = held_open(study_site, site_lead, OPENED + 4 * DAY)
    end_all(first, site_lead, OPENED + 4 * DAY)

    second = held_open(study_site, site_lead, OPENED + WEEK)
    end_all(second, site_lead, OPENED + WEEK)
    third = held_open(study_site, site_lead, OPENED + 2 * WEEK)

    assert not second.forecast_checks.exists()
    assert [one.forecast.review for one in third.forecast_checks.all()] == [first, second]


def test_no_report_can_read_a_forecast() -> None:
    read = {*readable_columns(VisitForecast), *readable_columns(ForecastCheck)}

    assert read.isdisjoint({"booked", "low", "high", "attended", "unrecorded"})
