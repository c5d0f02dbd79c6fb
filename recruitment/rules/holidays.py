"""Public holidays of a country or region, to be stored as a site's closed dates (CK1).

The first year of a country takes up to half a second, so look them up when a calendar is edited
and keep the dates; never while a page is made.
"""

from datetime import date

import holidays

from recruitment.rules.calendars import CLOSED_YEARS
from recruitment.rules.refusals import InvalidInput


def public_holidays(country: str, region: str, year: int) -> dict[date, str]:
    """Date and English name of each public holiday of `year`, days in lieu included, in order.

    `country` is an ISO 3166 code such as US; `region` a code of one of its parts such as MA, or
    "" for the holidays of the whole country. Raises InvalidInput, naming the field, for an unknown
    one or a year outside 2000 to 2100.
    """
    known = holidays.list_supported_countries()
    if country not in known:
        raise InvalidInput(
            f"There is no holiday list for the country “{country}”; use a code such as US,"
            " or enter the dates by hand.",
            field="country",
        )
    if region and region not in known[country]:
        raise InvalidInput(
            f"There is no holiday list for “{region}” in {country}; leave the region empty for"
            " the holidays of the whole country.",
            field="region",
        )
    if year not in CLOSED_YEARS:
        raise InvalidInput("Choose a year between 2000 and 2100.", field="year")
    # The language is named because the library would otherwise follow the server's own.
    found = holidays.country_holidays(country, subdiv=region or None, years=year, language="en_US")
    return dict(sorted(found.items()))
