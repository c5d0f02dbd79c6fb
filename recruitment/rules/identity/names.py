"""Names of people: cleaning, splitting where it can be told, and never guessing more."""

import re
import unicodedata
from dataclasses import dataclass

from recruitment.rules.identity.text import clean_line, fold, words
from trialsnest.lib import shield

NAME_LIMIT = 200
"""Letters in one part of a name, counted after cleaning; longer is refused, never cut."""

_PARTICLES = frozenset(
    {"da", "das", "de", "del", "della", "den", "der", "di", "dos", "du", "e", "el", "la", "las"}
    | {"le", "los", "op", "'t", "te", "ten", "ter", "van", "von", "vom", "y", "zu", "zum", "zur"}
)
_NUMERALS = frozenset({"ii", "iii", "iv"})
_SUFFIXES = _NUMERALS | {"jr", "sr", "v", "md", "phd", "esq"}
# Digits and signs are no name to repair, and the two Turkish letters i follow other rules.
_PLAIN_NAME = re.compile(r"(?:[^\W\d_\u0130\u0131\u015e\u015f\u011e\u011f]|[ .'\u2019-])+")
_FILLER = re.compile(r"(?:asd|asdf|asdfg\w*|asdfasdf|qwer\w*|qwertz?|zxcv\w*|test|([a-z])\1{2,})")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in two parts. Either may be empty: one-word names are names."""

    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class SplitName(Name):
    """`is_certain` is False where the words do not tell which part is which."""

    is_certain: bool = True


def split_name(full: str) -> SplitName:
    """`full` in two parts: "Last, First", "First Last", or one word as the first part.

    Three words or more without a comma stay together in `first`, with `is_certain` False: where a
    family name begins cannot be told from outside. A suffix after the comma is no first name.
    """
    text = clean_line(full)
    before, comma, after = (part.strip() for part in text.partition(","))
    is_suffix = fold(after).replace(".", "") in _SUFFIXES
    if comma and before and after and "," not in after and not is_suffix:
        return SplitName(after, before)
    parts = text.split(" ")
    if len(parts) == 2 and not comma:
        return SplitName(parts[0], parts[1])
    return SplitName(text, "", is_certain=len(parts) < 2)


def recase(name: Name) -> Name:
    """`name` with the case repaired where a whole part was typed in capitals or in small letters.

    Mixed case is the person's own ("McDonald", "van der Berg") and stays. Capitals of up to three
    letters stay too when the other part is mixed: they may be initials.
    """
    parts = (name.first, name.last)
    both_capitals = all(part.isupper() for part in parts if _is_cased(part))
    return Name(
        _recase_part(name.first, both_capitals, is_family=False),
        _recase_part(name.last, both_capitals, is_family=True),
    )


def is_filler(name: Name) -> bool:
    """Whether every word is keyboard play ("asdf asdf"). "Null" and "None" are names."""
    parts = words(f"{name.first} {name.last}")
    return bool(parts) and all(_FILLER.fullmatch(part) for part in parts)


def display_name(first: str, last: str) -> str:
    """The name as staff read it; never empty, because a link or a row needs words."""
    return shield.words(clean_line(f"{first} {last}")) or "No name given"


def name_key(first: str, last: str) -> str:
    """Equal for two spellings that may be one person: accents, case and word order set aside.

    Signs count where they stand in place of letters, so that two formulas are not one name.
    """
    full = f"{first} {last}"
    has_signs = any(c.isdecimal() or unicodedata.category(c)[0] == "S" for c in full)
    return " ".join(sorted(fold(full).split() if has_signs else words(full)))


def _is_cased(text: str) -> bool:
    return text.upper() != text.lower()


def _recase_part(part: str, both_capitals: bool, *, is_family: bool) -> str:
    from_capitals = part.isupper() and (both_capitals or sum(c.isalpha() for c in part) > 3)
    if not (from_capitals or part.islower()) or not _PLAIN_NAME.fullmatch(part):
        return part
    parts = part.lower().split(" ")
    last = len(parts) - 1
    for place, word in enumerate(parts):
        # "de" stands small inside a name, never as a first name of its own.
        is_particle = word in _PARTICLES and place < last and (is_family or place > 0)
        parts[place] = word if is_particle else _title(word, from_capitals=from_capitals)
    return " ".join(parts)


def _title(word: str, *, from_capitals: bool) -> str:
    if word in _NUMERALS:
        return word.upper() if from_capitals else word
    titled = re.sub(r"(?<![^\W\d_])[^\W\d_]", lambda m: m[0].upper(), word)
    return re.sub(r"^Mc(\w)", lambda m: "Mc" + m[1].upper(), titled)
