"""A day and a time as they are typed."""

from datetime import date, datetime, time

import pytest

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.when_words import DAYS, read_when

NOW = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001  (a Tuesday on the reader's clock)


@pytest.mark.parametrize(
    ("text", "on", "at"),
    [
        ("thu 15", date(2026, 11, 26), time(15)),
        ("Thu 15:00", date(2026, 11, 26), time(15)),
        ("thursday at 3pm", date(2026, 11, 26), time(15)),
        ("th 1530", date(2026, 11, 26), time(15, 30)),
        ("tue 9", date(2026, 12, 1), time(9)),  # this morning's 9 has passed
        ("tue 11", date(2026, 11, 24), time(11)),
        ("today 16:30", date(2026, 11, 24), time(16, 30)),
        ("tomorrow 9", date(2026, 11, 25), time(9)),
        ("+3 12am", date(2026, 11, 27), time(0)),
        ("+3d 12 pm", date(2026, 11, 27), time(12)),
        ("27 nov 14:00", date(2026, 11, 27), time(14)),
        ("2 January, 14:00", date(2027, 1, 2), time(14)),
        ("2026-12-01 09:15", date(2026, 12, 1), time(9, 15)),
    ],
)
def test_a_day_and_a_time_are_read_as_they_are_typed(text: str, on: date, at: time) -> None:
    assert read_when(text, now=NOW, field="when") == (on, at)


def test_every_day_of_the_week_is_the_next_one_ahead() -> None:
    for name in DAYS:
        on, _ = read_when(f"{name[:3]} 12", now=NOW, field="when")
        assert name == DAYS[on.weekday()]
        assert 0 <= (on - NOW.date()).days < 7


@pytest.mark.parametrize(
    "text",
    ["", "thu", "15:00", "t 15", "s 9", "noday 9", "thu 25", "thu 9:75", "thu 13pm", "31 feb 9",
     "9 foo 9", "2026-13-01 9", "2026-02-30 9", "thu 15 and more", "١٢ nov 9:99", "x" * 400],
)  # fmt: skip
def test_what_names_no_day_and_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidInput, match="thu 15:00") as refusal:
        read_when(text, now=NOW, field="when")
    assert refusal.value.field == "when"
