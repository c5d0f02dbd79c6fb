"""The clock of the tests starts on a working morning (tests/plugin/working_morning.py)."""

from datetime import UTC, datetime

import pytest

from tests.plugin.working_morning import NEW_YORK, working_morning


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 11, 22, 0, 40, tzinfo=UTC), datetime(2026, 11, 18, 15, 30, tzinfo=UTC)),
        (datetime(2026, 11, 18, 15, 30, tzinfo=UTC), datetime(2026, 11, 18, 15, 30, tzinfo=UTC)),
        (datetime(2026, 11, 18, 15, 29, tzinfo=UTC), datetime(2026, 11, 11, 15, 30, tzinfo=UTC)),
        (datetime(2026, 7, 2, 3, 0, tzinfo=UTC), datetime(2026, 7, 1, 14, 30, tzinfo=UTC)),
    ],
)
def test_a_run_starts_on_the_last_wednesday_morning(now: datetime, begins: datetime) -> None:
    assert working_morning(now) == begins


def test_this_run_started_on_one() -> None:
    there = datetime.now(NEW_YORK)

    assert there.strftime("%A") in {"Wednesday", "Thursday"}  # a long run may pass midnight
