"""The site's next weekly review, as a report tells it (12.1, section 16)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from recruitment.models import StudySite
from reporting.models import SponsorReport
from reporting.queries.reviews import next_review_on
from reporting.queries.role import as_report_reader
from reporting.services.issuing import issue_report
from reporting.services.snapshots import report_in
from tests.factories.recruitment import StudySiteFactory
from tests.recruitment.weekly.held import held_open
from tests.reporting.world import make_draft

pytestmark = pytest.mark.django_db
TUESDAY, TEN = 1, time(10)
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 3, 2, 12, tzinfo=NEW_YORK)
DAY = timedelta(days=1)


@pytest.fixture
def place(study_site: StudySite) -> StudySite:
    site = study_site.site
    site.review_weekday, site.review_at = TUESDAY, TEN
    site.save()
    return study_site


def coming(place: StudySite, after: datetime) -> date | None:
    """Read under the role of reports, as a draft reads it."""
    with transaction.atomic(), as_report_reader() as taken:
        assert taken
        return next_review_on(place, after=after)


def test_where_no_day_is_set_nothing_is_known_and_nothing_is_read(
    study_site: StudySite, django_assert_num_queries: CaptureQueriesContext
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's own fixture
        assert next_review_on(study_site, after=MONDAY) is None


def test_it_is_the_sites_own_day_and_hour(place: StudySite) -> None:
    before, after = (datetime(2026, 3, 3, hour, tzinfo=NEW_YORK) for hour in (9, 11))

    assert coming(place, MONDAY) == date(2026, 3, 3)
    assert coming(place, before) == date(2026, 3, 3)
    assert coming(place, after) == date(2026, 3, 10)


def test_a_review_that_was_opened_is_not_to_come(place: StudySite, site_lead: User) -> None:
    held_open(place, site_lead, MONDAY)

    assert coming(place, MONDAY - DAY) == date(2026, 3, 3)
    assert coming(place, MONDAY) == date(2026, 3, 10)
    assert coming(place, MONDAY + 7 * DAY) == date(2026, 3, 10)
    assert coming(StudySiteFactory(site=place.site), MONDAY) == date(2026, 3, 10)


def test_a_report_tells_it_as_known_when_it_is_issued(place: StudySite, site_lead: User) -> None:
    draft = make_draft(place)
    first = report_in(draft).header.next_review_on

    issue_report(report=draft, by=site_lead, at=draft.as_of + 7 * DAY, with_papers=False)

    issued = report_in(SponsorReport.objects.get()).header
    assert first is not None
    assert issued.next_review_on == first + 7 * DAY
    assert (issued.site_zone, issued.site_hours) == (
        "America/New_York",
        "Mon to Fri 09:00 to 17:00",
    )
