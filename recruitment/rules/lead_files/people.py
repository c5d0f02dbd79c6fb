"""The cells of one row into a person and how to reach her: values, and sentences where one is off.

Sentences name columns, never values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from recruitment.rules.identity import (
    NAME_LIMIT,
    Name,
    clean_line,
    fold,
    is_filler,
    read_emails,
    read_phones,
    recase,
    split_name,
)
from recruitment.rules.lead_files.rows import Answer

_SPREADSHEET_ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|#{3,}", re.IGNORECASE
)
_GARBLED = re.compile(
    "[\u00c2\u00c3\u00e2][\u0080-\u00bf\u20ac\u2018-\u203a\u0152-\u0192\u02c6\u02dc]"
)
_YES = frozenset(
    {"yes", "y", "1", "true", "checked", "x", "on", "agree", "agreed", "ok", "si", "oui", "ja"}
)
_NO = frozenset({"no", "n", "0", "false", "unchecked", "off", "non", "nein", "declined", "refused"})
POSTAL_CODE_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell and the column it stands in."""

    column: str
    text: str


@dataclass(slots=True)
class Remarks:
    """Sentences gathered while a row is read. `fatal` is why it cannot be used, or empty."""

    warnings: list[str] = field(default_factory=list)
    fatal: str = ""

    def warn(self, cell: Cell, what: str) -> None:
        """Note that the cell `what` ("is no address and is left out")."""
        self.warnings.append(f'the column "{cell.column[:60]}" {what}')

    def refuse(self, cell: Cell, what: str) -> None:
        """As `warn`, and the row cannot be used. The first reason stands."""
        self.fatal = self.fatal or f'the column "{cell.column[:60]}" {what}'


def read_name(first: Cell, last: Cell, whole: Cell, remarks: Remarks) -> Name:
    """The name from two columns, or from one. Junk is left empty, never stored as a name."""
    name = Name(clean_line(first.text), clean_line(last.text))
    source = first if name.first else last
    if not (name.first or name.last) and whole.text.strip():
        source = whole
        split = split_name(whole.text)
        if not split.is_certain:
            remarks.warn(whole, "holds a name that cannot be told apart into first and last")
        name = split
    for cell in (first, last, whole):
        if _SPREADSHEET_ERROR.fullmatch(cell.text.strip()):
            remarks.refuse(cell, "holds an error of the spreadsheet instead of a name")
        if looks_garbled(cell.text):
            remarks.warn(cell, "looks garbled: the file may have been saved in a wrong encoding")
    if max(len(name.first), len(name.last)) > NAME_LIMIT:
        remarks.refuse(source, f"holds a name of more than {NAME_LIMIT} letters")
        return Name()
    if is_filler(name):
        remarks.warn(source, "holds filler instead of a name and is left empty")
        return Name()
    return recase(name)


def read_all_emails(cells: Sequence[Cell], remarks: Remarks) -> tuple[str, ...]:
    """Every address of the row, in column order."""
    found: dict[str, None] = {}
    for cell in cells:
        if _SPREADSHEET_ERROR.fullmatch(cell.text.strip()):
            remarks.refuse(cell, "holds an error of the spreadsheet instead of an address")
            continue
        reading = read_emails(cell.text)
        found.update(dict.fromkeys(reading.emails))
        if reading.has_rest and not reading.emails:
            remarks.warn(cell, "holds no e-mail address and is left out")
        elif reading.has_rest or len(reading.emails) > 1:
            remarks.warn(cell, "holds more than one address; the first counts as the main one")
    return tuple(found)


def read_all_phones(
    cells: Sequence[Cell], region: str, remarks: Remarks
) -> tuple[tuple[str, ...], str]:
    """Every number of the row as E.164 in column order, and words beside them (D24)."""
    found: dict[str, None] = {}
    beside = ""
    for cell in cells:
        if _SPREADSHEET_ERROR.fullmatch(cell.text.strip()):
            remarks.refuse(cell, "holds an error of the spreadsheet instead of a phone number")
            continue
        reading = read_phones(cell.text, region)
        found.update(dict.fromkeys(phone.e164 for phone in reading.phones))
        if not reading.phones and cell.text.strip(" '\u00a0"):
            remarks.warn(cell, "holds no complete phone number and is left out")
        if len(reading.phones) > 1:
            remarks.warn(cell, "holds more than one number; the first counts as the main one")
        elif reading.words:
            remarks.warn(cell, "holds words beside the number: ask whose number it is")
        if any(not phone.is_assigned for phone in reading.phones):
            remarks.warn(cell, "holds a number that is not in use: check it")
        beside = beside or reading.words
    return tuple(found), beside


def read_answer(cell: Cell, *, ticked_by_header: bool, remarks: Remarks) -> Answer:
    """Yes, no, or nothing said. `ticked_by_header`: a tick box exported as its own words, so that
    an empty cell was left unticked and means no."""
    text = fold(cell.text).rstrip(".!")
    if not text:
        return "no" if ticked_by_header else ""
    if text in _YES or text == fold(cell.column) or text.startswith(("i agree", "yes,", "yes ")):
        return "yes"
    if text in _NO or text.startswith(("i do not", "no,", "no ")):
        return "no"
    remarks.warn(cell, "holds neither yes nor no and counts as not asked")
    return ""


def read_postal_code(cell: Cell, region: str, remarks: Remarks) -> str:
    """The code as written; a US ZIP that lost its zero is kept and noted."""
    code = clean_line(cell.text).lstrip("'")
    if len(code) > POSTAL_CODE_LIMIT:
        remarks.warn(cell, "holds too much for a postal code and is left empty")
        return ""
    if region == "US" and re.fullmatch(r"\d{3,4}", code):
        remarks.warn(cell, "holds a ZIP code that may have lost its leading zero")
    return code


def looks_garbled(text: str) -> bool:
    """Whether UTF-8 was once read as a Western code page ("JosÃ©" for "José")."""
    if not _GARBLED.search(text):
        return False
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8") != text
        except UnicodeError:
            continue
    return False
