"""The clock of a test run starts on a working morning, at whatever hour somebody runs the tests.

What staff may do depends on the hour: nobody may be called at night or on a Sunday. Tests of the
pages take the time from the clock, as pages do, so on the real one they would say in the evening
what they do not say in the morning. The clock starts on the last Wednesday, 10:30 in New York, and
runs on from there. Programs that a test starts beside itself keep the real time, and so does
PostgreSQL, which is always later: a test that compares with those takes `real_clock`. Tests of an
hour or of a day give their own moment.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

NEW_YORK = ZoneInfo("America/New_York")
WEDNESDAY = 2


def working_morning(now: datetime) -> datetime:
    """The last Wednesday, 10:30 in New York, that is not later than `now` (which has a zone)."""
    there = now.astimezone(NEW_YORK)
    day = there.date() - timedelta(days=(there.weekday() - WEDNESDAY) % 7)
    morning = datetime.combine(day, time(10, 30), NEW_YORK)
    return morning if morning <= now else morning - timedelta(days=7)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    clock = time_machine.travel(working_morning(datetime.now(NEW_YORK)), tick=True)
    clock.start()
    session.config.add_cleanup(clock.stop)


@pytest.fixture
def real_clock() -> Iterator[None]:
    """The real time, for a test that compares with the clock of PostgreSQL or another program."""
    now = time_machine.escape_hatch.datetime.datetime.now(UTC)
    with time_machine.travel(now, tick=True):
        yield
