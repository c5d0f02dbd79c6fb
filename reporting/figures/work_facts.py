"""What a site's own work left behind, as far as a report may know it: plain values, no person.

All times are aware UTC instants; a day is a day on the site's calendar.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class AgreedEnd(StrEnum):
    """What became of an action of the weekly review; "" while it is open."""

    DONE = "done"
    CARRIED = "carried"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class AgreedFacts:
    """An action that a completed weekly review agreed, as it stood at the cut-off (W4, W7, D39).

    `kind` and `code` say what it is about, in the codes of `recruitment.rules.weekly`; the words
    that somebody typed are not read. `role` is its owner's (`recruitment.models.Role`).
    `agreed_at` is the completion of its review. `former` is the key of the action that it goes on
    with, 0 for none. `put_off`: a review left it as it was until its new day.
    """

    key: int
    kind: str
    code: str
    role: str
    agreed_at: datetime
    due_on: date
    former: int = 0
    is_escalated: bool = False
    put_off: bool = False
    end: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """One run of a target of one lead: when it was due and how it ended by the cut-off (5.1, CK4).

    `target` is a code of `recruitment.rules.targets`; `outcome` is "" while it runs, and `due_at`
    None while it is paused without an end.
    """

    target: str
    due_at: datetime | None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change after a patient group spoke: codes, linted words, and the site's day of it (PG4).

    `voided_at` is when it was said to be wrong, None while it stands.
    """

    topic: str
    target: str
    words: str
    on: date
    recorded_at: datetime
    voided_at: datetime | None = None

    def known_at(self, at: datetime) -> "ChangeFacts":
        """The same as known at `at` (UTC)."""
        is_later = self.voided_at is not None and self.voided_at > at
        return replace(self, voided_at=None) if is_later else self


@dataclass(frozen=True, slots=True)
class WeekSlots:
    """How many visits the site can hold in one of its weeks, `[start, end)` (G7)."""

    start: datetime
    end: datetime
    slots: int
