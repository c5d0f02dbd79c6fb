"""Details of a person as they may be corrected: what they are called, and what they may hold."""

from datetime import datetime

from recruitment.rules.identity import NAME_LIMIT, clean_line
from recruitment.rules.lead_files.dates import FIRST_YEAR
from recruitment.rules.refusals import InvalidInput
from trialsnest.lib.zones import UnknownZone, zone_named

MAX_LANGUAGE, MAX_BAND = 40, 80  # characters
FIELDS = {
    "first_name": "First name",
    "last_name": "Last name",
    "birth_year": "Birth year",
    "language": "Language",
    "needs_interpreter": "Interpreter",
    "location_band": "Location",
    "time_zone": "Time zone",
}
LIMITS = {
    "first_name": NAME_LIMIT,
    "last_name": NAME_LIMIT,
    "language": MAX_LANGUAGE,
    "location_band": MAX_BAND,
}


def checked(name: str, value: object, *, at: datetime) -> object:
    """The detail cleaned, as it may stand at `at` (UTC). Raises InvalidInput naming its field."""
    if name not in FIELDS:
        raise InvalidInput("There is no such detail.", field=name)
    if name == "needs_interpreter":
        return bool(value)
    if name == "birth_year":
        return _birth_year(value, at=at)
    text = clean_line(str(value or ""))
    most = LIMITS.get(name, MAX_BAND)
    if len(text) > most:
        raise InvalidInput(f"At most {most} characters.", field=name)
    if name == "language" and not text:
        raise InvalidInput("Write the language.", field=name)
    if name == "time_zone" and text:
        try:
            zone_named(text)
        except UnknownZone as unknown:
            raise InvalidInput(str(unknown), field=name) from unknown
    return text


def _birth_year(value: object, *, at: datetime) -> int | None:
    if value in (None, ""):
        return None
    year = int(str(value))
    if not FIRST_YEAR - 90 <= year <= at.year - 18:
        raise InvalidInput(
            f"The birth year lies between {FIRST_YEAR - 90} and {at.year - 18}.",
            field="birth_year",
        )
    return year
