"""Telephone numbers as people write them, read into E.164 (DU1)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from recruitment.rules.identity.text import clean_line
from trialsnest.lib import shield

_SEPARATORS = re.compile(r"[/;,|]|\s{2,}|\band\b|\bor\b", re.IGNORECASE)
_EXTENSION = re.compile(r"[;,]?\s*(?:ext\.?|extn\.?|extension|x|#)\s*[:.]?\s*\d{1,7}\s*$", re.I)
_SPREADSHEET_FLOAT = re.compile(r"^(\d{7,15})\.0+$")
_NORTH_AMERICA = 1


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164` holds no extension. `is_assigned` is False where no such range is known in use."""

    e164: str
    extension: str = ""
    is_assigned: bool = True


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What one cell held: its numbers in order, and any words beside them ("my daughter's")."""

    phones: tuple[Phone, ...] = ()
    words: str = ""


def read_phones(cell: str, region: str = "US") -> PhoneReading:
    """Every telephone number in `cell`. `region` (ISO 3166) gives national numbers their country.

    Too short, too long and local-only numbers are left out, so an empty reading of a filled cell
    means that it holds no number that can be dialed from elsewhere.
    """
    text = clean_line(unicodedata.normalize("NFKC", cell)).lstrip("'")
    text = re.sub(r"^(?:tel|phone)\s*:\s*", "", text, flags=re.IGNORECASE)
    text = _SPREADSHEET_FLOAT.sub(r"\1", text)
    if not text:
        return PhoneReading()
    if any(c.isalpha() for c in _EXTENSION.sub("", text)):
        return _read_among_words(text, region)
    whole = _parse(text, region)
    if whole is not None:
        return PhoneReading((whole,))
    pieces = (_parse(piece, region) for piece in _SEPARATORS.split(text))
    return PhoneReading(_distinct(piece for piece in pieces if piece is not None))


def normalize_phone(text: str, region: str = "US") -> str | None:
    """The first number in `text` as E.164, or None. May run twice."""
    phones = read_phones(text, region).phones
    return phones[0].e164 if phones else None


def phone_words(e164: str, region: str = "US") -> str:
    """`e164` as it is read out: national where it is of `region`, else with its country code.

    While the shield is up a word stands for it.
    """
    if shield.is_up():
        return shield.HIDDEN
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    formats = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, formats.NATIONAL if at_home else formats.INTERNATIONAL
    )


def _read_among_words(text: str, region: str) -> PhoneReading:
    matches = list(phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.VALID))
    if not matches:
        vanity = re.fullmatch(r"[\d+ ().-]*\d[ ().-]*[A-Za-z]{3,}[\dA-Za-z-]*", text)
        phone = _parse(text, region) if vanity else None
        return PhoneReading((phone,)) if phone is not None and phone.is_assigned else PhoneReading()
    words = text
    for match in matches:
        words = words.replace(match.raw_string, " ")
    words = clean_line(re.sub(r"[()\[\]:;,/|]+", " ", words))
    return PhoneReading(_distinct(_as_phone(match.number) for match in matches), words)


def _parse(text: str, region: str) -> Phone | None:
    country = phonenumbers.country_code_for_region(region)
    candidates = [text]
    if text.startswith("00"):
        candidates.insert(0, f"+{text[2:].lstrip()}")  # the international prefix of most countries
    elif text.startswith("0") and country == _NORTH_AMERICA:
        candidates.insert(0, text.lstrip("0"))  # no number there begins with 0; forms add one
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        possible = phonenumbers.is_possible_number_with_reason(number)
        if possible == phonenumbers.ValidationResult.IS_POSSIBLE:
            return _as_phone(number)
    return None


def _as_phone(number: phonenumbers.PhoneNumber) -> Phone:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, number.extension or "", phonenumbers.is_valid_number(number))


def _distinct(phones: Iterable[Phone]) -> tuple[Phone, ...]:
    return tuple({phone.e164: phone for phone in reversed(list(phones))}.values())[::-1]
