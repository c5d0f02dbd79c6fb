"""E-mail addresses as people write them, read into one comparable form (DU1)."""

import re
from dataclasses import dataclass

from recruitment.rules.identity.text import clean_line

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}"
)
_EDGES = "<>()[]\"',;:"
ADDRESS_LIMIT = 254  # RFC 5321
LOCAL_LIMIT = 64


@dataclass(frozen=True, slots=True)
class EmailReading:
    """What one cell held: its addresses in order, and whether something in it was not one."""

    emails: tuple[str, ...] = ()
    has_rest: bool = False


def normalize_email(text: str) -> str | None:
    """The address in lower case throughout (DU1), or None when it is not one address.

    Tags after a plus sign are kept: they may reach another mailbox. An international domain is
    turned into its ASCII form; a quoted local part is refused. May run twice.
    """
    address = clean_line(text).casefold()
    address = address.removeprefix("mailto:").strip(_EDGES + " ")
    local, at, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii") if at else ""
    except UnicodeError:
        return None
    if len(local) > LOCAL_LIMIT or len(local) + len(domain) >= ADDRESS_LIMIT:
        return None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    return f"{local}@{domain}"


def read_emails(cell: str) -> EmailReading:
    """Every address in `cell`, without repeats."""
    text = clean_line(cell)
    whole = normalize_email(text)
    if whole is not None or not text:
        return EmailReading((whole,) if whole else ())
    found: dict[str, None] = {}
    has_rest = False
    for piece in re.split(r"[\s;,/|]+", text):
        email = normalize_email(piece)
        if email is not None:
            found[email] = None
        elif piece.strip(_EDGES):
            has_rest = True
    return EmailReading(tuple(found), has_rest)
