"""A site's calendar: what it was stays on record, and what nobody could work by is refused."""

from datetime import date, time, timedelta

import pytest

from accounts.models import User
from recruitment.models import Holiday, Recalculation, Site, StudySite
from recruitment.rules.calendars import InvalidCalendar
from recruitment.rules.refusals import InvalidInput
from recruitment.services import site_hours
from recruitment.services.terms import read_terms
from tests.factories.recruitment import MONDAY, make_lead

HOUR = timedelta(hours=1)
NOON = MONDAY + 2 * HOUR  # Monday 12:00 in New York
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def site(study_site: StudySite) -> Site:
    return study_site.site


@pytest.mark.parametrize(
    ("closes", "sentence"),
    [
        (time(8), "Mon 09:00 to 08:00 does not end after it begins"),
        (time(9), "Mon 09:00 to 09:00 does not end after it begins"),
        (time(0), "Mon 09:00 to 00:00 does not end after it begins"),
    ],
)
def test_hours_that_end_before_they_begin_are_refused_with_a_sentence(
    site: Site, administrator: User, closes: time, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refusal:
        site_hours.set_opening_hours(site, ((0, time(9), closes),), by=administrator, at=NOON)

    assert refusal.value.field == "intervals"
    assert not site.opening_intervals.exists()


def test_an_unknown_zone_is_refused_with_a_sentence(site: Site, administrator: User) -> None:
    with pytest.raises(InvalidInput, match="Mars/Olympus") as refusal:
        site_hours.change_site(site, {"time_zone": "Mars/Olympus"}, by=administrator, at=NOON)

    assert refusal.value.field == "time_zone"
    site.refresh_from_db()
    assert site.time_zone == "America/New_York"


def test_closed_days_that_leave_no_working_time_for_thirty_days_are_refused(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    make_lead(study_site)

    with pytest.raises(InvalidCalendar, match="there is no working time"):
        site_hours.add_closure(
            site,
            first_on=date(2026, 4, 1),
            last_on=date(2026, 5, 15),
            reason="Rebuilding",
            by=administrator,
            at=NOON,
        )

    assert not site.closures.exists()
    assert not Recalculation.objects.exists()


def test_the_history_of_the_calendar_is_that_of_its_changes(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    site_hours.add_holiday(site, on=TUESDAY, name="Snow", by=administrator, at=NOON)
    holiday = Holiday.objects.get(site=site)
    site_hours.remove_holiday(holiday, by=administrator, at=NOON + HOUR)
    site_hours.change_site(
        site, {"time_zone": "America/Phoenix"}, by=administrator, at=NOON + 2 * HOUR
    )

    terms = read_terms(study_site)
    at = [NOON - HOUR, NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert [terms.calendar_at(moment).works_on(TUESDAY) for moment in at] == [
        True,
        False,
        True,
        True,
    ]
    assert [terms.calendar_at(moment).zone for moment in at[2:]] == [
        "America/New_York",
        "America/Phoenix",
    ]


def test_a_change_that_leaves_the_calendar_as_it_was_counts_nothing_anew(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    make_lead(study_site)

    site_hours.change_site(site, {"name": "Cedar Ridge"}, by=administrator, at=NOON)

    assert not Recalculation.objects.exists()
    assert len(read_terms(study_site).calendars) == 1
