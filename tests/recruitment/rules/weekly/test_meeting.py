"""How long a meeting was in each lane."""

from datetime import UTC, datetime, timedelta

from recruitment.rules.weekly.meeting import AWAY, Step, time_of_lanes

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_the_time_of_a_lane_is_all_of_its_steps_until_now() -> None:
    steps = [
        Step(NINE, "stale"),
        Step(NINE + 2 * MINUTE, "records"),
        Step(NINE + 5 * MINUTE, "stale"),
    ]

    spent = time_of_lanes(steps, until=NINE + 9 * MINUTE)

    assert spent == {"stale": 6 * MINUTE, "records": 3 * MINUTE}


def test_a_step_over_night_counts_as_half_an_hour() -> None:
    assert time_of_lanes([Step(NINE, "stale")], until=NINE + 900 * MINUTE) == {"stale": AWAY}


def test_before_the_first_step_there_is_no_time() -> None:
    assert time_of_lanes([], until=NINE) == {}
