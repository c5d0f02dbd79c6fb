"""Dates and moments as files write them. Day and month are never told apart row by row."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum


class DateOrder(StrEnum):
    """How a file writes 03/04/1970."""

    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"


OLDEST_YEARS = 120
FIRST_YEAR = 1990  # no lead is older; dates near year 1 cannot change their zone
_NUMERIC = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?!\d)")
_WORDED = re.compile(
    r"(?:(?P<m1>[A-Za-z]{3,9})\.? (?P<d1>\d{1,2})(?:st|nd|rd|th)?,? (?P<y1>\d{4}))"
    r"|(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?[ -](?P<m2>[A-Za-z]{3,9})\.?,?[ -](?P<y2>\d{4}))"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AGE = re.compile(
    r"(?:i am|i'm|im|age:?|aged)?\s*(\d{1,3})\s*(?:years?(?: old)?|yrs?|yo|y/o)?\.?", re.IGNORECASE
)
_CLOCK = re.compile(r"[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?")
_OTHER_ORDER = {
    DateOrder.MONTH_FIRST: "is day-first in a month-first column and is left empty",
    DateOrder.DAY_FIRST: "is month-first in a day-first column and is left empty",
}
_TOO_FAR_BACK = "lies too far back and is left empty"
_ENOUGH = 10  # times as many rows of one order as of the other settle the order of a file


@dataclass(frozen=True, slots=True)
class DateReading:
    """One cell. `problem` is a sentence part when `day` is None or needs a look."""

    day: date | None = None
    year: int | None = None
    age: int | None = None
    is_two_way: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: `at` in UTC, or only the day `on`."""

    at: datetime | None = None
    on: date | None = None
    is_two_way: bool = False
    problem: str = ""


def settle_order(values: Iterable[str], stated: DateOrder | None = None) -> DateOrder | None:
    """The order a column uses: `stated`, or what its own rows prove. None: somebody must say."""
    if stated is not None:
        return stated
    day_first = month_first = 0
    for value in values:
        match = _NUMERIC.match(value.strip())
        if match:
            left, right = int(match[1]), int(match[2])
            day_first += left > 12 >= right
            month_first += right > 12 >= left
    if month_first and month_first >= _ENOUGH * day_first:
        return DateOrder.MONTH_FIRST
    if day_first and day_first >= _ENOUGH * month_first:
        return DateOrder.DAY_FIRST
    return None


def read_day(text: str, order: DateOrder | None, today: date) -> DateReading:
    """A calendar day in any common notation. Two-digit years lie in the hundred up to `today`."""
    text = text.strip()
    if match := _ISO.match(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTTED.match(text):
        return _with_year(match[3], int(match[2]), int(match[1]), today)
    if match := _WORDED.match(text):
        month = (match["m1"] or match["m2"])[:3].lower()
        year, day = match["y1"] or match["y2"], match["d1"] or match["d2"]
        if month in _MONTHS:
            return _checked(int(year), _MONTHS.index(month) + 1, int(day))
    if match := _NUMERIC.match(text):
        return _in_order(int(match[1]), int(match[2]), match[3], order, today)
    if re.fullmatch(r"\d{5}(?:\.0+)?", text):
        return DateReading(problem="is a spreadsheet's day number, not a date, and is left empty")
    return DateReading(problem="is not a date and is left empty")


def read_birth_date(text: str, order: DateOrder | None, today: date) -> DateReading:
    """A birth date, a birth year or an age, whichever the cell holds.

    A date in the future or more than 120 years back is left empty, with a problem.
    """
    text = text.strip()
    if re.fullmatch(r"\d{4}", text) and 0 <= today.year - int(text) <= OLDEST_YEARS:
        return DateReading(year=int(text), problem="holds only a year")
    if (match := _AGE.fullmatch(text)) and int(match[1]) <= OLDEST_YEARS:
        return DateReading(age=int(match[1]), problem="holds an age and is left empty")
    reading = read_day(text, order, today)
    if reading.day is None:
        return reading
    if reading.day > today:
        return DateReading(problem="lies in the future and is left empty")
    if today.year - reading.day.year > OLDEST_YEARS:
        return DateReading(problem=f"lies more than {OLDEST_YEARS} years back and is left empty")
    return reading


def read_moment(text: str, order: DateOrder | None, zone: tzinfo | None, today: date) -> Moment:
    """When a row was received. An offset in the cell wins over `zone`, the clock of the file.

    Without a time of day only the day is known. An hour that occurs twice is read as its first
    pass; one that was skipped is moved forward. Before 1990 and later than tomorrow is left empty,
    with a problem (tomorrow: the day has begun where the file was written, perhaps).
    """
    text = text.strip()
    try:
        moment: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or len(text) <= 10:
        moment = None
        reading = read_day(text, order, today)
        if reading.day is None or reading.is_two_way:
            return Moment(is_two_way=reading.is_two_way, problem=reading.problem)
        clock = _CLOCK.search(text)
        if clock is None:
            if reading.day.year < FIRST_YEAR:
                return Moment(problem=_TOO_FAR_BACK)
            return _not_ahead(Moment(on=reading.day), today)
        moment = _at_clock(reading.day, clock)
    if moment is None:
        return Moment(problem="holds no time of day that exists and is left empty")
    if moment.year < FIRST_YEAR:
        return Moment(problem=_TOO_FAR_BACK)
    if moment.year > today.year + 1:
        return Moment(problem="lies in the future and is left empty")
    return _not_ahead(_in_zone(moment, zone), today)


def age_on(day: date, born: date) -> int:
    """Whole years of age on `day`."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _in_order(
    left: int, right: int, year: str, order: DateOrder | None, today: date
) -> DateReading:
    if order is None:
        if left <= 12 and right <= 12 and left != right:
            known = _with_year(year, left, right, today)
            return DateReading(
                year=known.day.year if known.day else None,
                is_two_way=True,
                problem="can be read day first or month first",
            )
        order = DateOrder.DAY_FIRST if left > 12 else DateOrder.MONTH_FIRST
    month, day = (left, right) if order is DateOrder.MONTH_FIRST else (right, left)
    if month > 12 >= day:
        born = _with_year(year, day, month, today).day  # it cannot be kept, but it tells the age
        return DateReading(age=age_on(today, born) if born else None, problem=_OTHER_ORDER[order])
    return _with_year(year, month, day, today)


def _with_year(year: str, month: int, day: int, today: date) -> DateReading:
    if len(year) == 4:
        return _checked(int(year), month, day)
    century = today.year - today.year % 100
    full = century + int(year) if int(year) <= today.year % 100 else century - 100 + int(year)
    reading = _checked(full, month, day)
    if reading.day is None:
        return reading
    return DateReading(reading.day, reading.year, problem=f"has a two-digit year, read as {full}")


def _checked(year: int, month: int, day: int) -> DateReading:
    try:
        return DateReading(date(year, month, day), year)
    except ValueError:
        return DateReading(problem="is no date in the calendar and is left empty")


def _at_clock(day: date, clock: re.Match[str]) -> datetime | None:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock[4].lower() == "pm" else 0)
    try:
        # No zone: of a file, read on a clock later
        return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def _in_zone(moment: datetime, zone: tzinfo | None) -> Moment:
    if moment.tzinfo is not None:
        return Moment(at=moment.astimezone(UTC))
    if zone is None:
        return Moment(on=moment.date(), problem="holds a time without a zone; only the day is kept")
    early, late = moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)
    problem = ""
    if early.utcoffset() != late.utcoffset():
        skipped = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment
        problem = "names an hour that occurred twice, read as the first"
        if skipped:
            problem = "names an hour that was skipped, moved forward"
    return Moment(at=early.astimezone(UTC), problem=problem)


def _not_ahead(moment: Moment, today: date) -> Moment:
    day = moment.at.date() if moment.at else moment.on
    if day is not None and day > today + timedelta(days=1):
        return Moment(problem="lies in the future and is left empty")
    return moment
