"""Holiday lists are those on record, by country and region, in English on any server."""

from datetime import date

import pytest

from recruitment.rules.holidays import public_holidays
from recruitment.rules.refusals import InvalidInput
from tests.time_cases import rows

RECORDED = "holidays-2025-2028"
PLACES = sorted({(row["country"], row["subdivision"]) for row in rows(RECORDED)})


@pytest.mark.parametrize(("country", "region"), PLACES)
def test_four_years_of_holidays_are_those_on_record(country: str, region: str) -> None:
    recorded = {
        date.fromisoformat(row["date"]): row["name"]
        for row in rows(RECORDED)
        if (row["country"], row["subdivision"]) == (country, region)
    }

    found: dict[date, str] = {}
    for year in range(2025, 2029):
        found |= public_holidays(country, region, year)

    assert found == recorded
    assert list(found) == sorted(found)


def test_a_holiday_on_a_saturday_brings_its_day_in_lieu() -> None:
    names = public_holidays("US", "", 2026)

    assert names[date(2026, 7, 3)] == "Independence Day (observed)"
    assert names[date(2026, 7, 4)] == "Independence Day"


@pytest.mark.parametrize("country", ["", "XX", "us", "United States", "../US"])
def test_an_unknown_country_is_refused_with_a_sentence(country: str) -> None:
    with pytest.raises(InvalidInput, match="There is no holiday list for the country") as refusal:
        public_holidays(country, "", 2026)

    assert refusal.value.field == "country"


@pytest.mark.parametrize("region", ["ZZ", "ma", "Massachusetts"])
def test_an_unknown_region_is_refused_with_a_sentence(region: str) -> None:
    with pytest.raises(InvalidInput, match=f"no holiday list for “{region}” in US") as refusal:
        public_holidays("US", region, 2026)

    assert refusal.value.field == "region"


@pytest.mark.parametrize("year", [1999, 2101])
def test_a_year_that_no_calendar_takes_is_refused_with_a_sentence(year: int) -> None:
    with pytest.raises(InvalidInput, match="between 2000 and 2100") as refusal:
        public_holidays("US", "", year)

    assert refusal.value.field == "year"
