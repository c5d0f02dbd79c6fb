"""What stands over a revision: which report it takes the place of, why, and what changed (SR3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase

REASONS: Mapping[str, str] = {
    "entries": "Entries in the log were corrected",
    "late": "Entries came after the report was made",
    "setting": "A setting of the study was wrong",
    "calculation": "A figure was worked out wrongly",
    "wording": "The site's sentence was wrong",
}
"""Why an issued report needs a revision, by code."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A headline figure that is printed otherwise than before; both as printed."""

    label: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Revised:
    """`replaces` is the letter of the former revision, `reason` a key of `REASONS`.

    `changed` is one sentence of the site, linted. `differences` are worked out, not typed; they
    name headline totals only.
    """

    replaces: str
    reason: str
    changed: str
    differences: tuple[Difference, ...] = ()

    @property
    def why(self) -> str:
        """The reason in words."""
        return REASONS[self.reason]


def letter_after(letter: str) -> str | None:
    """The next letter of revisions; None after Z."""
    following = ascii_uppercase.find(letter) + 1
    return ascii_uppercase[following] if 0 < following < len(ascii_uppercase) else None
