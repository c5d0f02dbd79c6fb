"""Words meant for a sponsor name no person and tell no patient detail (D38; 12.2 F1, F3, F6)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from recruitment.rules.boundary import BOUNDARY, as_read
from recruitment.rules.refusals import InvalidInput

_TITLE = re.compile(
    r"\b(?:(?:dr|mr|mrs|ms|prof)\b\.?\s*(?=[^\W\d_])|(?:m\.?d|ph\.?d|r\.?n)\b\.?(?!\w))",
    re.IGNORECASE,
)
_SHORTEST_NAME = 4  # letters; shorter ones are words too often
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_OF_MANY = re.compile(
    r"associates|cardiology|care|center|centre|city|clinic|clinical|community|county|"
    r"department|dermatology|east|family|general|group|health|healthcare|hospital|"
    r"institute|internal|laboratory|medical|medicine|memorial|neurology|north|"
    r"oncology|partners|pediatric|physicians|practice|primary|psychiatry|regional|"
    r"research|saint|services|site|south|specialists|state|street|study|surgery|"
    r"trials|university|urgent|west|women",
    re.IGNORECASE,
)
"""Words in the names of many clinics and providers, which name none by themselves."""
TOKEN_LETTERS = 16
A_NAME = "the name of a person"
A_PLACE = "the name of a clinic or provider"
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "an e-mail address": re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}"),
    "a web address": re.compile(r"\bhttps?://|\bwww\.", re.IGNORECASE),
    "a date with its year, which may be a birth date": re.compile(
        rf"\b\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}\b"
        rf"|\b{_DAY}\.? (?:{_MONTHS})[a-z]*\.?,? \d{{4}}\b"
        rf"|\b(?:{_MONTHS})[a-z]*\.? {_DAY},? \d{{4}}\b",
        re.IGNORECASE,
    ),
    "a long number, which may be a phone or record number": re.compile(
        r"\+?\d(?:[\s().-]{0,2}\d){6,}"
    ),
    "what looks like a lead number": re.compile(
        r"\b(?=[0-9A-HJKMNP-TV-Z]*\d)(?=[0-9A-HJKMNP-TV-Z]*[A-Z])[0-9A-HJKMNP-TV-Z]{8}\b"
    ),
    "an age": re.compile(r"\b\d{1,3}[- ]?(?:years?[- ]old|y/?o)\b", re.IGNORECASE),
    "a word about eligibility, approval or benefit that only the study team may say": BOUNDARY,
}
"""What a text for sponsors must not hold, as far as its letters tell. Names need lists."""


@dataclass(frozen=True)
class Found:
    """One thing that may not stand in a text: what it is, and its letters, the first being 1.

    It never quotes the text.
    """

    what: str
    first: int
    last: int

    @property
    def words(self) -> str:
        """What and where, as it follows "it holds"."""
        where = f"letters {self.first} to {self.last}"
        return f"{self.what} ({where if self.last > self.first else f'letter {self.first}'})"


def lint(text: str, known_names: Iterable[str] = (), places: Iterable[str] = ()) -> list[Found]:
    """Everything that may not stand in a text for sponsors, in the order of the text.

    `known_names` are of people, `places` of clinics and providers. Looks at the letters as a reader
    sees them, and says where they stand in what was typed.
    """
    seen, letters = _placed(text)
    spans = [
        (what, match.start(), match.end())
        for what, pattern in PATTERNS.items()
        for match in pattern.finditer(seen)
    ]
    spans += [(A_NAME, match.start(), match.end()) for match in _TITLE.finditer(seen)]
    spans += [(A_NAME, first, end) for first, end in set(_named(seen, known_names))]
    spans += [(A_PLACE, first, end) for first, end in set(_placed_names(seen, places))]
    found = {Found(what, letters[first] + 1, letters[end - 1] + 1) for what, first, end in spans}
    return sorted(found, key=lambda one: (one.first, one.last, one.what))


class NotForSponsors(InvalidInput):
    """Words for sponsors hold what may not stand there. `token` stands for this text and finding.

    `str()` says what and where, and never quotes.
    """

    def __init__(self, found: Sequence[Found], *, text: str, field: str) -> None:
        told = "; ".join(one.words for one in found)
        super().__init__(f"Sponsors read this, and it holds {told}. Write it without.", field=field)
        self.found = tuple(found)
        self.token = token_of(text, found)


def token_of(text: str, found: Sequence[Found]) -> str:
    """The same for the same text with the same findings, and for no other."""
    said = "\n".join([text, *(f"{one.what} {one.first} {one.last}" for one in found)])
    return sha256(said.encode()).hexdigest()[:TOKEN_LETTERS]


def check_for_sponsors(
    text: str, known_names: Iterable[str], *, field: str, places: Iterable[str] = ()
) -> None:
    """Raise NotForSponsors, with the field and where it stands, if `text` is not for sponsors."""
    found = lint(text, known_names, places)
    if found:
        raise NotForSponsors(found, text=text, field=field)


def _placed(text: str) -> tuple[str, list[int]]:
    """The letters as read, and for each where it stands in `text`."""
    seen: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        read = as_read(text[at:end])
        seen.append(read)
        places += [at] * len(read)
        at = end
    return "".join(seen), places


def _named(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where a known person is named: by the whole name, or the last one as `_known` finds it."""
    for name in map(as_read, names):
        words = name.split()
        last = words[-1] if words else ""
        if len(words) > 1:
            yield from _stands_at(name, text, re.IGNORECASE)
        if len(last) >= _SHORTEST_NAME and last[0].isupper():
            yield from _stands_at(last, text)


def _placed_names(text: str, places: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where a clinic or provider is named: by its whole name, or by a word that is its own."""
    for place in map(as_read, places):
        if len(place) >= _SHORTEST_NAME:
            yield from _stands_at(place, text, re.IGNORECASE)
        for word in re.findall(r"\w+", place):
            if len(word) >= _SHORTEST_NAME and word[0].isupper() and not _OF_MANY.fullmatch(word):
                yield from _stands_at(word, text)


def _stands_at(name: str, text: str, flags: int = 0) -> Iterator[tuple[int, int]]:
    pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
    yield from (match.span() for match in re.finditer(pattern, text, flags))


def check_names_no_person(text: str, known_names: Iterable[str], *, field: str) -> None:
    """Raise InvalidInput, naming the field, if `text` has a title or the name of a known person.

    A known person is found by the whole name, or by the last one when it has four letters or more
    and stands with a capital in the text.
    """
    found = _TITLE.search(text)
    word = found.group().strip() if found else _known(text, known_names)
    if word:
        raise InvalidInput(
            f"Sponsors read this, so it names no person: leave out “{word}” and say the kind and"
            " the campaign, such as “Clinician referral, spring”.",
            field=field,
        )


def _known(text: str, names: Iterable[str]) -> str:
    for name in names:
        words = name.split()
        if len(words) > 1 and _stands_in(name, text, re.IGNORECASE):
            return name
        last = words[-1] if words else ""
        if len(last) >= _SHORTEST_NAME and last[0].isupper() and _stands_in(last, text):
            return last
    return ""


def _stands_in(name: str, text: str, flags: int = 0) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags) is not None
