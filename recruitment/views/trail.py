"""The filtered queue that a lead was opened from: its own address travels with the lead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from trialsnest.lib.addresses import address
from trialsnest.lib.tally import Count, More, least

KEPT = ("tab", "bucket", "study", "stage", "blocker", "source", "owner", "check")
_CODE = re.compile(r"[a-z0-9_]{1,40}")
PER_PAGE = 50
PLUS = "p"  # behind a number in an address: there are more


@dataclass(frozen=True)
class Trail:
    """Which queue, where in it the lead stood, and of how many; 0 where that is not known.

    `query` holds codes and keys only, never a name.
    """

    query: str
    place: int = 0
    of: Count = 0

    @property
    def here(self) -> str:
        """What an address about the lead carries on."""
        return f"?back=queue&{self._with(place=self.place, of=self.of)}"

    @property
    def words(self) -> str:
        """`4 of 31`; empty where the place is not known."""
        is_there = self.place > 0 and (isinstance(self.of, More) or self.place <= self.of)
        return format_html("{} of {}", self.place, self.of) if is_there else ""

    @property
    def previous_url(self) -> str:
        """The lead before this one; empty for the first."""
        return self._at(self.place - 1) if self.words and self.place > 1 else ""

    @property
    def next_url(self) -> str:
        """The lead after this one; empty for the last."""
        return self._at(self.place + 1) if self.words and self.place < least(self.of) else ""

    def url_of(self, number: str) -> str:
        """The page of the lead `number`, in this queue."""
        return reverse("lead", args=[number]) + self.here

    @property
    def queue_url(self) -> str:
        """The list, at its page on which the lead stood."""
        page = (self.place - 1) // PER_PAGE + 1 if self.place else 1
        return f"{address('queue')}?{self._with(page=page if page > 1 else 0)}"

    def after(self, number: str) -> str:
        """Whoever stands at this place now that the lead `number` was worked."""
        return f"{self._at(max(self.place, 1))}&after={number}"

    def at(self, place: int) -> "Trail":
        """The same queue at another place."""
        return Trail(self.query, place, self.of)

    def _at(self, place: int) -> str:
        return f"{reverse('queue_at', args=[place])}?{self._with(of=self.of)}"

    def _with(self, **more: Count) -> str:
        added = (f"{name}={_written(value)}" for name, value in more.items() if value)
        return "&".join(filter(None, [self.query, *added]))


def trail_of(asked: Mapping[str, str]) -> Trail:
    """The queue that an address names; what it holds that is no code is as if it were not there."""
    kept = {name: asked[name] for name in KEPT if _CODE.fullmatch(asked.get(name, ""))}
    return Trail(urlencode(kept), number_in(asked.get("place", "")), count_in(asked.get("of", "")))


def trail_to(request: HttpRequest) -> Trail | None:
    """The queue that the lead was opened from, if it was opened from one."""
    return trail_of(request.GET) if request.GET.get("back") == "queue" else None


def number_in(text: str) -> int:
    """The number that an address holds; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def count_in(text: str) -> Count:
    """The count that an address holds: a number, or `1000p` where there are more; 0 for others."""
    known = number_in(text.removesuffix(PLUS))
    return More(known) if known and text.endswith(PLUS) else known


def _written(count: Count) -> str:
    return f"{count.known}{PLUS}" if isinstance(count, More) else str(count)
