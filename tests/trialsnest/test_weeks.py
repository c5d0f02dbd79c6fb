"""Weeks and report times: half-open, in the zone's own clock, at every edge on record."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.time_cases import NEW_YORK, changing_zones, instant, local, rows, shown
from trialsnest.lib.weeks import Cadence, ReportTime, Week
from trialsnest.lib.zones import UnknownZone, local_time

SECOND = timedelta(seconds=1)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2031, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - st adds the zone
ZONES = st.sampled_from(changing_zones())


@pytest.mark.parametrize(
    "case", rows("week-boundaries"), ids=lambda case: f"{case['zone']} {case['iso_week']}"
)
def test_a_week_starts_and_ends_where_the_record_says(case: dict[str, str]) -> None:
    week = Week(date.fromisoformat(case["local_monday"]), case["zone"])

    assert week.start == instant(case["start_utc"])
    assert week.end == instant(case["end_utc_exclusive"])
    assert (week.end - week.start) / timedelta(hours=1) == float(case["hours"])
    assert week.label == case["iso_week"]


@pytest.mark.parametrize(
    "case", rows("week-boundaries"), ids=lambda case: f"{case['zone']} {case['iso_week']}"
)
def test_every_moment_at_an_edge_is_in_exactly_one_week(case: dict[str, str]) -> None:
    week = Week.labelled(case["iso_week"], case["zone"])
    edges = {
        week.start - SECOND: week.previous(),
        week.start: week,
        week.end - SECOND: week,
        week.end: week.next(),
    }

    for moment, owner in edges.items():
        assert Week.containing(moment, case["zone"]) == owner
        assert [moment in one for one in (week.previous(), week, week.next())] == [
            owner == one for one in (week.previous(), week, week.next())
        ]


@given(INSTANTS, ZONES)
def test_weeks_leave_no_gap_and_never_overlap(at: datetime, zone: str) -> None:
    week = Week.containing(at, zone)

    assert week.start <= at < week.end
    assert week.previous().end == week.start
    assert week.next().start == week.end
    assert week.next().previous() == week


def test_labels_sort_as_the_weeks_do_over_a_week_53() -> None:
    week = Week.containing(instant("2026-12-20T12:00:00Z"), NEW_YORK)

    labels = [(week := week.next()).label for _ in range(3)]

    assert labels == ["2026-W52", "2026-W53", "2027-W01"]
    assert labels == sorted(labels)


def test_a_date_line_that_skips_a_day_does_not_lose_a_week() -> None:
    """Samoa had no 30 December 2011."""
    week = Week(date(2011, 12, 26), "Pacific/Apia")

    assert week.end - week.start == timedelta(days=6)
    assert Week.containing(week.end - SECOND, "Pacific/Apia") == week


def test_a_week_starts_on_a_monday_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="Tuesday 2026-11-17 is not a Monday"):
        Week(date(2026, 11, 17), NEW_YORK)


def test_a_week_of_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone):
        Week(date(2026, 11, 16), "Mars/Olympus")


@pytest.mark.parametrize(
    "label", ["", "2025-W53", "2026-W00", "2026W45", "2026-45", "2026-W5", "x"]
)
def test_a_label_that_is_no_week_is_refused_with_a_sentence(label: str) -> None:
    with pytest.raises(ValueError, match="is not a week; write it like 2026-W53"):
        Week.labelled(label, NEW_YORK)


def test_a_weekly_report_closes_at_the_same_local_time_over_a_clock_change() -> None:
    report = ReportTime(NEW_YORK, 4, time(17))
    friday = local("2026-10-30 17:00")

    assert shown(report.last_boundary(friday)) == "Fri 2026-10-30 17:00"
    assert shown(report.last_boundary(friday - SECOND)) == "Fri 2026-10-23 17:00"
    assert shown(report.next_boundary(friday)) == "Fri 2026-11-06 17:00"
    assert report.next_boundary(friday) - friday == timedelta(days=7, hours=1)


def test_a_two_weekly_report_keeps_its_rhythm_over_a_week_53() -> None:
    report = ReportTime(NEW_YORK, 0, time(8), 2)
    at = local("2026-12-01 12:00")

    found = [at := report.next_boundary(at) for _ in range(4)]

    assert [shown(one) for one in found] == [
        "Mon 2026-12-14 08:00",
        "Mon 2026-12-28 08:00",
        "Mon 2027-01-11 08:00",
        "Mon 2027-01-25 08:00",
    ]


def test_a_monthly_report_closes_on_the_first_such_weekday_of_the_month() -> None:
    report = ReportTime(NEW_YORK, 2, time(18), "monthly")

    assert shown(report.last_boundary(local("2026-12-02 17:59"))) == "Wed 2026-11-04 18:00"
    assert shown(report.last_boundary(local("2026-12-02 18:00"))) == "Wed 2026-12-02 18:00"
    assert shown(report.next_boundary(local("2026-12-31 00:00"))) == "Wed 2027-01-06 18:00"


def test_a_report_time_that_a_clock_change_skips_is_moved_forward() -> None:
    report = ReportTime(NEW_YORK, 6, time(2, 30))

    assert shown(report.next_boundary(local("2026-03-07 12:00"))) == "Sun 2026-03-08 03:30"


def test_a_report_time_that_comes_twice_means_the_first() -> None:
    report = ReportTime(NEW_YORK, 6, time(1, 30))
    first = instant("2026-11-01T05:30:00Z")
    second = first + timedelta(hours=1)

    assert report.next_boundary(local("2026-10-31 12:00")) == first
    assert report.last_boundary(second) == first


def test_a_midnight_that_comes_twice_is_one_boundary() -> None:
    """On 1 November 2009 Newfoundland's clocks went from 00:01 back to 31 October, 23:01."""
    report = ReportTime("America/St_Johns", 6, time(0), "monthly")
    second_pass = instant("2009-11-01T02:45:00Z")

    assert local_time(second_pass, "America/St_Johns").date() == date(2009, 10, 31)
    assert report.last_boundary(second_pass) == instant("2009-11-01T02:30:00Z")


@given(
    INSTANTS,
    ZONES,
    st.integers(0, 6),
    st.times(),
    st.sampled_from([1, 2, "monthly"]),
)
def test_every_moment_is_in_exactly_one_report_period(
    at: datetime, zone: str, weekday: int, clock: time, cadence: Cadence
) -> None:
    report = ReportTime(zone, weekday, clock, cadence)

    last, following = report.last_boundary(at), report.next_boundary(at)

    assert last <= at < following
    assert report.last_boundary(last) == last
    assert report.next_boundary(last) == following
    assert report.last_boundary(following) == following
    longest = {1: timedelta(days=7), 2: timedelta(days=14), "monthly": timedelta(days=35)}
    assert following - last <= longest[cadence] + timedelta(hours=1)
    assert local_time(last, zone).weekday() in (weekday, (weekday + 1) % 7)


def test_a_weekday_or_cadence_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="not 7"):
        ReportTime(NEW_YORK, 7, time(17))
    with pytest.raises(ValueError, match="weekly, two-weekly or monthly"):
        ReportTime(NEW_YORK, 0, time(17), 3)  # type: ignore[arg-type]
    with pytest.raises(UnknownZone):
        ReportTime("Mars/Olympus", 0, time(17))
