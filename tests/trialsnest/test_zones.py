"""Zones come from the pinned wheel, and every local time means one instant."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from tests.time_cases import NEW_YORK, changing_zones, instant, rows
from trialsnest.lib.zones import (
    UnknownZone,
    as_utc,
    instant_of,
    local_time,
    start_of,
    stretches,
    zone_named,
)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "america/new_york", "../etc/passwd", "America", "\0"]
)
def test_an_unknown_zone_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(UnknownZone, match="is not a known time zone; choose one such as"):
        zone_named(name)


def test_only_the_pinned_wheel_answers() -> None:
    """Winnipeg stays on summer time in 2026f; an operating system's older copy goes back."""
    winter = datetime(2026, 12, 1, 12, tzinfo=UTC)

    assert local_time(winter, "America/Winnipeg").utcoffset() == timedelta(hours=-5)


@pytest.mark.parametrize("case", rows("tzdata-disagreement"), ids=lambda case: case["zone"])
def test_where_an_older_copy_disagrees_the_wheel_is_right(case: dict[str, str]) -> None:
    """On the first day on which they differ, at noon in UTC.

    In Moldova only the hour of the change differs: there it is half past midnight.
    """
    day = datetime.fromisoformat(case["first_day_different"]).replace(tzinfo=UTC)
    only_an_hour = int(case["days_different"]) < 7
    then = day + (timedelta(minutes=30) if only_an_hour else timedelta(hours=12))

    wheel = float(case["offset_in_pypi_tzdata_2026.6_(2026f)"])
    assert local_time(then, case["zone"]).utcoffset() == timedelta(hours=wheel)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        as_utc(datetime(2026, 11, 20, 9))  # noqa: DTZ001 - the point of the test


def test_a_moment_of_any_zone_becomes_the_same_instant_in_utc() -> None:
    moment = datetime(2026, 11, 20, 9, tzinfo=zone_named(NEW_YORK))

    assert as_utc(moment) == moment
    assert as_utc(moment).tzinfo is UTC


@pytest.mark.parametrize(
    "case", rows("local-time-cases"), ids=lambda case: f"{case['zone']} {case['local_input']}"
)
def test_a_skipped_local_time_moves_forward_and_a_repeated_one_means_the_first(
    case: dict[str, str],
) -> None:
    written = datetime.fromisoformat(case["local_input"])

    found = instant_of(written.date(), written.time(), case["zone"])

    assert found == instant(case["utc_fold0"])
    again = local_time(found, case["zone"]).replace(tzinfo=None)
    assert (again > written) if case["kind"] == "nonexistent" else (again == written)


def test_a_second_pass_is_not_taken_over_from_the_time_given() -> None:
    written = datetime(2026, 11, 1, 1, 30, tzinfo=UTC)

    assert instant_of(written.date(), time(1, 30, fold=1), NEW_YORK) == instant(
        "2026-11-01T05:30:00Z"
    )


def test_a_day_whose_midnight_is_skipped_starts_at_the_change() -> None:
    row = next(
        row
        for row in rows("transitions-2024-2030")
        if row["local_clock_before"][11:] == "00:00:00" and row["kind"] == "gap"
    )
    day = datetime.fromisoformat(row["local_clock_after"]).date()

    assert start_of(day, row["zone"]) == instant(row["utc_instant"])


@pytest.mark.parametrize("zone", changing_zones())
def test_stretches_are_cut_at_the_recorded_changes_and_nowhere_else(zone: str) -> None:
    begin, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)

    found = list(stretches(zone, begin, end))

    recorded = [row for row in rows("transitions-2024-2030") if row["zone"] == zone]
    assert [stretch.begin for stretch in found[1:]] == [
        instant(row["utc_instant"]) for row in recorded
    ]
    assert [(later.offset - earlier.offset) for earlier, later in pairwise(found)] == [
        timedelta(minutes=int(row["shift_minutes"])) for row in recorded
    ]
    assert found[0].begin == begin
    assert found[-1].end == end
    assert all(earlier.end == later.begin for earlier, later in pairwise(found))


def test_a_zone_without_changes_is_one_stretch() -> None:
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

    assert [tuple(stretch) for stretch in stretches("Asia/Kolkata", begin, end)] == [
        (begin, end, timedelta(hours=5, minutes=30))
    ]


def test_a_change_at_the_very_end_belongs_to_what_follows() -> None:
    begin, change = datetime(2026, 1, 1, tzinfo=UTC), instant("2026-03-08T07:00:00Z")

    assert [tuple(stretch) for stretch in stretches(NEW_YORK, begin, change)] == [
        (begin, change, timedelta(hours=-5))
    ]
