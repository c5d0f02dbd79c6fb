"""Slots of the e-mail about one's work: the latest that is not after a moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.calendars import BusinessCalendar, is_open
from recruitment.rules.digests import EVERY, SETTLED, slot_of
from recruitment.rules.recovery_codes import DigestRhythm
from trialsnest.lib.zones import local_time

R = DigestRhythm
NEW_YORK = BusinessCalendar("America/New_York", closed_dates=frozenset({date(2026, 3, 9)}))
"""Open Monday to Friday from nine; Monday 9 March is closed, the day after the clocks change."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "moment", "slot"),
    [
        (R.MORNING, at(3, 14), at(3, 14)),  # Tuesday, on the stroke of nine
        (R.MORNING, at(3, 13, 59), at(2, 14)),
        (R.MORNING, at(3, 23), at(3, 14)),
        (R.MORNING, at(8, 12), at(6, 14)),  # Sunday: still Friday's
        (R.MORNING, at(9, 20), at(6, 14)),  # a closed Monday
        (R.MORNING, at(10, 13), at(10, 13)),  # nine is an hour earlier in UTC by now
        (R.MONDAY, at(2, 14), at(2, 14)),
        (R.MONDAY, at(2, 13, 59), datetime(2026, 2, 23, 14, tzinfo=UTC)),
        (R.MONDAY, at(8, 12), at(2, 14)),
        (R.MONDAY, at(9, 20), at(2, 14)),  # closed: Tuesday's opening begins the week
        (R.MONDAY, at(10, 13), at(10, 13)),
        (R.NOW, at(3, 14, 7), at(3, 14)),
        (R.NOW, at(3, 14, 15), at(3, 14, 15)),
        (R.NOW, at(8, 3, 59), at(8, 3, 45)),
    ],
)
def test_the_slot_is_the_latest_that_has_come(
    rhythm: DigestRhythm, moment: datetime, slot: datetime
) -> None:
    found = slot_of(rhythm, at=moment, calendar=NEW_YORK)

    assert found is not None
    assert found.at == slot
    assert found.through == slot - SETTLED


def test_whoever_wants_none_has_no_slot() -> None:
    assert slot_of(R.OFF, at=at(3, 14), calendar=NEW_YORK) is None


@given(
    st.sampled_from([R.NOW, R.MORNING, R.MONDAY]),
    st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda after: at(1, 0) + after),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_slots_only_go_forward_and_every_rhythm_speaks_in_its_time(
    rhythm: DigestRhythm, moment: datetime, later: timedelta
) -> None:
    first = slot_of(rhythm, at=moment, calendar=NEW_YORK)
    second = slot_of(rhythm, at=moment + later, calendar=NEW_YORK)

    assert first is not None
    assert second is not None
    assert first.at <= moment
    assert first.at <= second.at
    assert slot_of(rhythm, at=first.at, calendar=NEW_YORK) == first
    if rhythm == R.NOW:
        assert moment - first.at < EVERY
    else:
        assert is_open(first.at, NEW_YORK)
        assert local_time(first.at, NEW_YORK.zone).hour == 9
