"""What a lead is found by, and how a value is kept that may be compared but not read."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from recruitment.rules.identity.emails import normalize_email
from recruitment.rules.identity.text import clean_line, words

TOKEN_LIMIT = 64  # letters; tokens are compared by their beginning, so a cut one is still found
MIN_DIGITS = 3  # fewer would list half the installation
_PHONE_QUERY = re.compile(r"[\d\s()+./-]+")


def search_tokens(name: str, emails: Iterable[str], phones: Iterable[str]) -> set[str]:
    """The rows of SearchToken for one lead (performance.md E11).

    Name words with case and accents folded, whole e-mail addresses, and E.164 digits reversed, so
    that the last digits of a number are its beginning. `phones` are E.164.
    """
    tokens = set(words(name))
    tokens.update(email for email in map(normalize_email, emails) if email)
    tokens.update(_reversed_digits(phone) for phone in phones)
    return {token[:TOKEN_LIMIT] for token in tokens if token}


def query_tokens(text: str) -> tuple[str, ...]:
    """The beginnings to look for when somebody types `text`; all of them must be found.

    Digits alone are the end of a phone number (three at least), anything with an at sign is the
    beginning of an address, the rest are beginnings of name words. Empty: nothing to look for.
    """
    line = clean_line(text)
    if _PHONE_QUERY.fullmatch(line):
        digits = _reversed_digits(line)
        return (digits[:TOKEN_LIMIT],) if len(digits) >= MIN_DIGITS else ()
    if "@" in line:
        return (line.casefold()[:TOKEN_LIMIT],)
    return tuple(dict.fromkeys(word[:TOKEN_LIMIT] for word in words(line)))


def keyed_hash(value: str, key: str) -> str:
    """HMAC-SHA256 of `value` as 64 hex digits, for do-not-contact entries that outlive a person.

    `value` must be normalized already (E.164, or a lower-case address). Raises ValueError for an
    empty key or value: a hash that everybody can compute protects nobody.
    """
    if not key or not value:
        raise ValueError("A keyed hash needs a key and a value.")
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()


def _reversed_digits(phone: str) -> str:
    return "".join(c for c in phone if c in "0123456789")[::-1]
