"""A count that stopped at a limit: a thing of its own and no number (performance.md B2)."""

from dataclasses import dataclass
from typing import TypeAlias

from django.utils.html import format_html
from django.utils.safestring import SafeString

CAP = 1000
"""Where counting stops once there is too much to count exactly."""


@dataclass(frozen=True)
class More:
    """There are more than `known`. It is no number, so nothing can be summed with it by mistake."""

    known: int

    def __str__(self) -> SafeString:
        """For a page: what is seen, and what a screen reader says for it."""
        return format_html(
            '<span aria-hidden="true">{}</span><span class="vh">{}</span>', self.text, self.words
        )

    __html__ = __str__

    @property
    def text(self) -> str:
        """For the eye alone: `1,000+`."""
        return f"{self.known:,}+"

    @property
    def words(self) -> str:
        """In a sentence: `more than 1,000`."""
        return f"more than {self.known:,}"


Count: TypeAlias = int | More
"""A number that is exact, or what is known where counting stopped."""


def counted_to(found: int, cap: int) -> Count:
    """What `found` says where nothing was counted beyond one more than `cap`."""
    return More(cap) if found > cap else found


def text_of(count: Count) -> str:
    """A count without markup."""
    return count.text if isinstance(count, More) else str(count)


def least(count: Count) -> int:
    """How many there are at the least."""
    return count.known + 1 if isinstance(count, More) else count
