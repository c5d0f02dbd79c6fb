"""Typed steps into a JSON record: the value, nothing, or a sentence naming what is off."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Never

from recruitment.rules.identity import clean_block, clean_line
from recruitment.rules.refusals import Refusal
from recruitment.rules.registry.study import PartialDate, RegistryStatus

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


LINE_LIMIT = 300  # characters; the registry's own limit for titles and names
BLOCK_LIMIT = 50_000  # its criteria end at 20,000


class UnreadableRecord(Refusal):
    """A study record or file that cannot be read; the sentence says why. Nothing is kept of it."""


class Fields:
    """One JSON object inside a record, with the dotted path that names it in sentences."""

    def __init__(self, record: Mapping[str, Any], owner: str, path: str = "") -> None:
        self._record = record
        self._owner = owner
        self._path = path

    def section(self, name: str) -> "Fields":
        """The object `name`; a missing one reads as empty."""
        value = self._get(name, dict, "an object")
        return Fields(value or {}, self._owner, self._full(name))

    def sections(self, name: str, *, limit: int) -> list["Fields"]:
        """The objects of the list `name`, at most `limit` of them."""
        items = self._list(name, limit)
        for index, item in enumerate(items):
            if not isinstance(item, dict):
                self._refuse(f"{name}[{index}]", "must be an object")
        return [
            Fields(item, self._owner, f"{self._full(name)}[{index}]")
            for index, item in enumerate(items)
        ]

    def line(self, name: str, *, limit: int = LINE_LIMIT) -> str:
        """Text as one clean line; empty when missing, refused beyond `limit` characters."""
        text = self._get(name, str, "text") or ""
        return self._within(name, clean_line(text), limit)

    def block(self, name: str) -> str:
        """Text with its line breaks; empty when missing."""
        text = self._get(name, str, "text") or ""
        return self._within(name, clean_block(text), BLOCK_LIMIT)

    def required_line(self, name: str) -> str:
        """As `line`, refused when missing or blank."""
        return self.line(name) or self._refuse(name, "is missing")

    def lines(self, name: str, *, limit: int) -> tuple[str, ...]:
        """A list of texts as clean lines, without blanks and repeats."""
        cleaned: dict[str, None] = {}
        for index, item in enumerate(self._list(name, limit)):
            if not isinstance(item, str):
                self._refuse(f"{name}[{index}]", "must be text")
            text = self._within(f"{name}[{index}]", clean_line(item), LINE_LIMIT)
            if text:
                cleaned[text] = None
        return tuple(cleaned)

    def code(self, name: str) -> str:
        """One of the registry's codes (capitals and underscores); empty when missing."""
        return self._checked_code(name, self.line(name))

    def codes(self, name: str, *, limit: int) -> tuple[str, ...]:
        """A list of the registry's codes."""
        return tuple(self._checked_code(name, code) for code in self.lines(name, limit=limit))

    def status(self, name: str) -> RegistryStatus | None:
        """A recruitment word of V3; any other is refused by name."""
        word = self.line(name)
        if not word:
            return None
        try:
            return RegistryStatus(word)
        except ValueError:
            sentence = f'{self._owner}: the status "{word[:60]}" is not known here.'
            raise UnreadableRecord(sentence) from None

    def whole_number(self, name: str, *, most: int) -> int | None:
        """A count from 0 to `most`. True and 3.0 are no counts."""
        value: int | None = self._get(name, int, "a whole number")
        if value is None:
            return None
        if isinstance(value, bool):
            self._refuse(name, "must be a whole number")
        if not 0 <= value <= most:
            self._refuse(name, f"must lie between 0 and {most}")
        return value

    def yes_or_no(self, name: str) -> bool | None:
        """True, False, or None when missing."""
        value: bool | None = self._get(name, bool, "true or false")
        return value

    def partial_date(self, name: str) -> PartialDate | None:
        """YYYY, YYYY-MM or YYYY-MM-DD as written."""
        text = self.line(name)
        if not text:
            return None
        match = _DATE.fullmatch(text)
        if match is None:
            self._refuse(name, "must be a date like 2019-11-22, 2019-11 or 2019")
        year, month, day = (int(part) if part else None for part in match.groups())
        try:
            date(year or 0, month or 1, day or 1)
        except ValueError:
            self._refuse(name, "is no date in the calendar")
        return PartialDate(year or 0, month, day)

    def _get(self, name: str, kind: type, words: str) -> Any:
        value = self._record.get(name)
        if value is not None and not isinstance(value, kind):
            self._refuse(name, f"must be {words}")
        return value

    def _list(self, name: str, limit: int) -> list[Any]:
        items: list[Any] = self._get(name, list, "a list") or []
        if len(items) > limit:
            self._refuse(name, f"holds {len(items)} entries; at most {limit} are read")
        return items

    def _within(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            self._refuse(name, f"is {len(text)} characters long; at most {limit} are read")
        return text

    def _checked_code(self, name: str, code: str) -> str:
        if code and not _CODE.fullmatch(code):
            self._refuse(name, "must be one of the registry's codes")
        return code

    def _refuse(self, name: str, what: str) -> Never:
        raise UnreadableRecord(f"{self._owner}: {self._full(name)} {what}.")

    def _full(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name
