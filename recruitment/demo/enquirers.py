"""Invented people with telephone numbers and addresses that belong to nobody."""

import unicodedata
from random import Random

from recruitment.demo.names import InventedName, invent_name
from recruitment.demo.sources import Channel as SourceChannel
from recruitment.rules.vocabulary import Channel, PermissionState
from recruitment.services.intake import Enquirer

BANDS = ("Under 10 miles", "10 to 25 miles", "25 to 50 miles", "Over 50 miles")
BEST_TIMES = ("Mornings", "Lunch hour", "After 5 pm", "Not on Fridays", "Tuesdays and Thursdays")
PLAIN_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O"})
UNUSED = 100  # numbers 555-0100 to 555-0199 of every area code are kept for fiction


def invent_enquirer(
    number: int, area_codes: tuple[str, ...], source: SourceChannel, zone: str, rng: Random
) -> Enquirer:
    """The `number`th person. Every number gives another telephone and another address."""
    name = invent_name(rng)
    area = area_codes[number // UNUSED % len(area_codes)]
    phone = f"+1{area}55501{number % UNUSED:02}"
    has_email = source.email == PermissionState.YES or rng.random() < 0.55
    has_phone = not has_email or rng.random() < 0.94
    return Enquirer(
        first_name=name.first,
        last_name=name.last,
        phones=(phone,) if has_phone else (),
        emails=(address_of(name, number),) if has_email else (),
        permissions=_permissions(has_phone, rng),
        birth_year=rng.randint(1939, 2004) if rng.random() < 0.7 else None,
        language=name.language,
        needs_interpreter=not name.speaks_english and rng.random() < 0.6,
        location_band=rng.choices(BANDS, weights=(38, 36, 18, 8))[0],
        time_zone=_zone(zone, rng),
        best_time=rng.choice(BEST_TIMES) if rng.random() < 0.3 else "",
        voicemail_ok=rng.random() < 0.7,
    )


def address_of(name: InventedName, number: int) -> str:
    """An address at example.org, which no mail ever reaches."""
    letters = unicodedata.normalize("NFKD", name.latin.translate(PLAIN_LETTERS).lower())
    words = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in letters.split()]
    return f"{words[0]}.{words[-1]}{number}@example.org"


def _permissions(has_phone: bool, rng: Random) -> dict[Channel, PermissionState]:
    said: dict[Channel, PermissionState] = {}
    if has_phone and rng.random() < 0.4:
        said[Channel.TEXT] = rng.choices((PermissionState.YES, PermissionState.NO), weights=(3, 1))[
            0
        ]
    if not has_phone:
        said[Channel.PHONE] = PermissionState.NO
        said[Channel.EMAIL] = PermissionState.YES
    return said


def _zone(zone: str, rng: Random) -> str:
    """The person's own zone where it is not the site's; empty means the site's."""
    if rng.random() < 0.97:
        return ""
    return "America/Denver" if zone == "America/Los_Angeles" else "America/Detroit"
