"""What reading a lead file gives: rows with what must happen to them, and sentences for staff.

Sentences name the row and the column and never repeat what stands in a cell, because they are
printed by commands and kept in reports of an import.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from recruitment.rules.refusals import Refusal

Answer = Literal["yes", "no", ""]
"""A permission as the file states it; empty means that it says nothing (D31: blank inherits)."""


class UnreadableFile(Refusal):
    """The file cannot be read at all; the sentence says why and what helps."""


class Action(StrEnum):
    """What must happen to a row. Only `accept` may become a lead without a person's decision."""

    ACCEPT = "accept"
    DUPLICATE = "duplicate"  # the same person again; nothing new
    REVIEW = "review"  # somebody must decide: perhaps a known person, or a date that reads two ways
    CONFLICT = "conflict"  # the same record number with another content
    PARTIAL = "partial"  # the form was not finished (PS2)
    MINOR = "minor"  # under age on the day of the import
    REJECT = "reject"  # cannot be used as it stands
    CHILD = "child"  # belongs to another row, such as a contact attempt
    SKIP = "skip"  # no person: an empty line, a total, a test


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One row of a lead file, normalized.

    `row_number` counts records from 1 with the header, as a spreadsheet does. `received_at` is UTC;
    `received_on` is set instead where the file knows only a day. `birth_year` may be known without
    `birth_date`. The first of `emails` and `phones` is the one that came first. `beside_phone`
    holds words found next to a number: it may be somebody else's (D24). What identifies a person is
    left out of `repr`, so that it stays out of logs.
    """

    row_number: int
    action: Action
    reason: str = ""
    external_id: str = ""
    first: str = field(default="", repr=False)
    last: str = field(default="", repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    beside_phone: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_year: int | None = field(default=None, repr=False)
    postal_code: str = field(default="", repr=False)
    received_at: datetime | None = None
    received_on: date | None = None
    consent_contact: Answer = ""
    consent_sms: Answer = ""
    consent_email: Answer = ""
    language: str = ""
    best_time: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    channel: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """The first address, or empty."""
        return self.emails[0] if self.emails else ""

    @property
    def phone(self) -> str:
        """The first number as E.164, or empty."""
        return self.phones[0] if self.phones else ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One sentence about one row. `is_fatal`: the row did not become a lead because of it."""

    row_number: int
    sentence: str
    is_fatal: bool

    def __str__(self) -> str:
        return f"Row {self.row_number}: {self.sentence}."


@dataclass(frozen=True, slots=True)
class LeadFile:
    """A lead file as read. `mapping` tells which column was read as what; `notes` are sentences
    about the whole file (lines above the header, columns left out, an open question).

    `is_encoding_guess`: a person should look at the names before anything is stored.
    """

    kind: str
    encoding: str
    is_encoding_guess: bool
    delimiter: str
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    rows: tuple[LeadRow, ...]
    notes: tuple[str, ...]

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        """One per problem, in row order. Rows that hold no person are no problem."""
        return tuple(problem for row in self.rows for problem in _problems_of(row))

    @property
    def counts(self) -> Counter[Action]:
        """Rows by action."""
        return Counter(row.action for row in self.rows)


def _problems_of(row: LeadRow) -> list[RowProblem]:
    problems = [RowProblem(row.row_number, sentence, is_fatal=False) for sentence in row.warnings]
    if row.action not in (Action.ACCEPT, Action.CHILD, Action.SKIP):
        problems.append(RowProblem(row.row_number, row.reason, is_fatal=True))
    return problems
