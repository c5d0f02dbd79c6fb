"""A site's opening hours in words."""

from datetime import time

import pytest

from recruitment.rules.calendars import DEFAULT_HOURS, Interval
from recruitment.rules.opening_words import opening_words

NINE, NOON, ONE, FIVE = time(9), time(12), time(13), time(17)


@pytest.mark.parametrize(
    ("intervals", "words"),
    [
        (DEFAULT_HOURS, "Mon to Fri 09:00 to 17:00"),
        (((2, NINE, FIVE),), "Wed 09:00 to 17:00"),
        (((0, NINE, FIVE), (1, NINE, FIVE)), "Mon and Tue 09:00 to 17:00"),
        (((0, NINE, FIVE), (2, NINE, FIVE)), "Mon 09:00 to 17:00, Wed 09:00 to 17:00"),
        (
            (*((day, NINE, FIVE) for day in range(4)), (4, NINE, NOON)),
            "Mon to Thu 09:00 to 17:00, Fri 09:00 to 12:00",
        ),
        (((5, ONE, FIVE), (5, NINE, NOON)), "Sat 09:00 to 12:00 and 13:00 to 17:00"),
        (((6, NINE, time(0)),), "Sun 09:00 to 24:00"),
        ((), ""),
    ],
)
def test_days_with_the_same_hours_stand_together(
    intervals: tuple[Interval, ...], words: str
) -> None:
    assert opening_words(intervals) == words
