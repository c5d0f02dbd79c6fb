"""Where a lead stands in a list, as a key from which the list can be read on."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST = 13  # digits of a part


class Key(NamedTuple):
    """The key of rules.lanes.Place and the lead's own, which decides between equals.

    Times are UTC. It holds ids and times only, so it may stand in an address. A key of the closed
    list, which is ordered by when leads were closed, has that moment three times.
    """

    lane: int
    behind: int
    moment: datetime
    due_at: datetime
    received_at: datetime
    id: int

    @property
    def text(self) -> str:
        """For an address; `read` makes the key of it again."""
        ticks = [(moment - EPOCH) // TICK for moment in self[2:5]]
        return ".".join(_digits(n) for n in (self.lane, self.behind, *ticks, self.id))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The key that is written as `text`; None for anything else."""
        found = text.split(".")
        if len(found) != len(cls._fields) or not all(_is_number(part) for part in found):
            return None
        lane, behind, *ticks, key = (int(part, 36) for part in found)
        if not (0 <= lane <= 9 and 0 <= behind <= 1 and 0 < key < 2**63):
            return None
        try:
            moments = [EPOCH + n * TICK for n in ticks]
        except OverflowError:
            return None
        return cls(lane, behind, moments[0], moments[1], moments[2], key)


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return 0 < len(digits) <= LONGEST and set(digits) <= set(DIGITS)


def _digits(number: int) -> str:
    if number < 0:
        return f"-{_digits(-number)}"
    head, last = divmod(number, 36)
    return (_digits(head) if head else "") + DIGITS[last]
