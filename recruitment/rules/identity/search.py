"""What a lead is found by, and how a value is kept that may be compared but not read."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recruitment.rules.identity.emails import normalize_email
from recruitment.rules.identity.phones import normalize_phone
from recruitment.rules.identity.text import clean_line, words

TOKEN_LIMIT = 64  # letters; tokens are compared by their beginning, so a cut one is still found
MIN_DIGITS = 3  # fewer would list half the installation
WHOLE_NUMBER = 7  # digits from which a number may be one to be dialed
MAX_PARTS = 8  # of what was typed; more could only leave out somebody who is meant
_PHONE_PARTS = re.compile(r"[\d()+./-]+")
_EXTENSION = re.compile(r"(?<=\d{4})\s*(?:ext\.?|extension|x|#)\s*\d{1,7}$", re.IGNORECASE)
_LEAD_NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
_READ_AS = str.maketrans("OIL", "011", " -")
_PREFIXES = ("00", "011", "0")  # dialed before a number and no part of it
_LAST_LETTER, _SURROGATES = 0x10FFFF, (0xD800, 0xDFFF)
_NEXT = "\x01"  # no token holds it, so that it ends a whole word


@dataclass(frozen=True)
class Span:
    """Tokens from `low` up to and without `high`, by code points: all with one beginning."""

    low: str
    high: str


@dataclass(frozen=True)
class Sought:
    """What somebody typed: of every part one span must be found; or one of the others.

    `address` is the beginning of an address without its at sign, `number` that of a lead.
    """

    parts: tuple[tuple[Span, ...], ...] = ()
    address: Span | None = None
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.parts or self.number)


def search_tokens(name: str, emails: Iterable[str], phones: Iterable[str]) -> set[str]:
    """The rows of SearchToken for one lead (performance.md E11).

    Name words with case and accents folded, whole e-mail addresses, and E.164 digits reversed, so
    that the last digits of a number are its beginning. `phones` are E.164.
    """
    tokens = set(words(name))
    tokens.update(email for email in map(normalize_email, emails) if email)
    tokens.update(_digits(phone)[::-1] for phone in phones)
    return {token[:TOKEN_LIMIT] for token in tokens if token}


def sought(text: str, regions: Sequence[str] = ("US",)) -> Sought:
    """What to look for when somebody types `text`. Falsy: too little to look for.

    Digits (three at least) are the end of a phone number, in any format and also with what is
    dialed before it; national numbers are read as those of `regions` (ISO 3166). What holds an at
    sign is the beginning of an address, the rest are beginnings of name words in any order, and
    "jane.doe" may be either. One
    letter alone is a whole name: there are names of one letter. Eight letters or digits may be a
    lead number too.
    """
    line = clean_line(unicodedata.normalize("NFKC", clean_line(text)))
    parts: list[tuple[Span, ...]] = []
    for piece in _pieces(_EXTENSION.sub("", line)):
        parts.extend(_parts_of(piece, regions))
    if len(parts) == 1 and len(found := words(line)) == 1 and _is_one_letter(found[0]):
        parts = [(Span(found[0], found[0] + _NEXT),)]
    if all(_is_vague(part) for part in parts):
        parts = []
    number = line.upper().translate(_READ_AS)
    is_number = _LEAD_NUMBER.fullmatch(number)
    is_address = " " not in line and line.isascii() and len(parts) > 1
    return Sought(
        tuple(dict.fromkeys(parts))[:MAX_PARTS],
        span_of(line.casefold()) if is_address else None,
        number if is_number else "",
    )


def span_of(beginning: str) -> Span:
    """Every token that begins with `beginning`, which is not empty."""
    low = beginning[:TOKEN_LIMIT]
    last = ord(low[-1])
    if last == _LAST_LETTER:
        return Span(low, low + chr(_LAST_LETTER))
    following = _SURROGATES[1] + 1 if last + 1 == _SURROGATES[0] else last + 1
    return Span(low, low[:-1] + chr(following))


def keyed_hash(value: str, key: str) -> str:
    """HMAC-SHA256 of `value` as 64 hex digits, for do-not-contact entries that outlive a person.

    `value` must be normalized already (E.164, or a lower-case address). Raises ValueError for an
    empty key or value: a hash that everybody can compute protects nobody.
    """
    if not key or not value:
        raise ValueError("A keyed hash needs a key and a value.")
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()


def _pieces(line: str) -> list[str]:
    """The words of the line; those of a phone number that was typed with spaces are one piece."""
    pieces: list[str] = []
    was_number = False
    for word in line.split():
        is_number = _PHONE_PARTS.fullmatch(word) is not None
        if is_number and was_number:
            pieces[-1] += word
        else:
            pieces.append(word)
        was_number = is_number
    return pieces


def _parts_of(piece: str, regions: Sequence[str]) -> list[tuple[Span, ...]]:
    if _PHONE_PARTS.fullmatch(piece):
        digits = _digits(piece)
        if len(digits) >= MIN_DIGITS:
            return [tuple(span_of(ending[::-1]) for ending in _endings(piece, digits, regions))]
        return [(span_of(digits),)] if digits else []
    if "@" in piece:
        return [(span_of(piece.casefold()),)]
    return [(span_of(word),) for word in words(piece)]


def _endings(piece: str, digits: str, regions: Sequence[str]) -> list[str]:
    """How the number may be kept: as it was typed, without what is dialed before it, in full."""
    found = [digits]
    if len(digits) >= WHOLE_NUMBER:
        found += [digits[len(start) :] for start in _PREFIXES if digits.startswith(start)]
        read = (normalize_phone(piece, region) for region in regions)
        found += [_digits(number) for number in read if number]
    return list(dict.fromkeys(found))


def _is_vague(part: tuple[Span, ...]) -> bool:
    """Whether a part is one or two digits, which in a name narrow and alone find everybody."""
    return all(span.low.isdecimal() and len(span.low) < MIN_DIGITS for span in part)


def _is_one_letter(word: str) -> bool:
    return len(word) == 1 and unicodedata.category(word) in {"Lu", "Ll", "Lt"}


def _digits(text: str) -> str:
    """The digits of any script, as they are kept."""
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())
