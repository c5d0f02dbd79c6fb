"""What the address of the queue asks for, and what it is answered with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import TextChoices

from recruitment.queries.queue_rows import QueueRow
from recruitment.rules.queue_checks import Check
from recruitment.rules.stages import Bucket, Stage
from recruitment.rules.vocabulary import BlockerCategory
from trialsnest.lib.tally import Count, More


class Tab(TextChoices):
    """Whose leads are shown (D16).

    Waiting are those of mine on which it is somebody else's turn, and whose next action is not due.
    """

    MINE = "mine", "Mine"
    UNOWNED = "unowned", "Unowned"
    WAITING = "waiting", "Waiting"
    TEAM = "team", "Team"


FILTERS = ("study", "stage", "blocker", "source", "owner", "check")
"""What narrows a list besides its tab and bucket, in the order in which chips show it."""
LONGEST_KEY = 100


@dataclass(frozen=True)
class Ask:
    """What the address of the page asks for; 0 and "" ask for nothing in particular."""

    tab: Tab = Tab.MINE
    bucket: Bucket | None = None
    study: int = 0
    source: int = 0
    blocker: str = ""
    stage: str = ""
    owner: int = 0
    check: Check | None = None
    page: int = 1
    after: str = ""  # the key of the last row before this page, see queue_keys.Key
    before: str = ""  # that of the first row behind it

    def on(self, tab: Tab) -> "Ask":
        """The same of another tab."""
        return replace(self, tab=tab)

    @property
    def is_filtered(self) -> bool:
        """Whether it asks for a part of what its tab and bucket hold."""
        return any(getattr(self, name) for name in FILTERS)

    @property
    def plain(self) -> "Ask":
        """The same without filters, from the top."""
        return Ask(self.tab, self.bucket)

    @property
    def query(self) -> str:
        """The address without its path and page; codes and keys only, never a name."""
        values = [(name, getattr(self, name)) for name in ("tab", "bucket", *FILTERS)]
        return urlencode([(name, str(value)) for name, value in values if value])


def asked(given: Mapping[str, str]) -> Ask:
    """An address in values; what it holds that is unknown is as if it were not there."""
    tab, bucket, check = (given.get(name, "") for name in ("tab", "bucket", "check"))
    blocker, stage = given.get("blocker", ""), given.get("stage", "")
    return Ask(
        tab=Tab(tab) if tab in Tab.values else Tab.MINE,
        bucket=Bucket(bucket) if bucket in Bucket.values else None,
        study=_number(given.get("study", "")),
        source=_number(given.get("source", "")),
        blocker=blocker if blocker in BlockerCategory.values else "",
        stage=stage if stage in Stage.values else "",
        owner=_number(given.get("owner", "")),
        check=Check(check) if check in Check.values else None,
        page=max(1, _number(given.get("page", ""))),
        after=given.get("after", "")[:LONGEST_KEY],
        before=given.get("before", "")[:LONGEST_KEY],
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@dataclass(frozen=True)
class BucketCount:
    """One tile: how many leads, and of these how many past due and due later today.

    Of a tile that was not counted to the end these two are not known, and stand at 0.
    """

    code: str
    label: str
    count: Count = 0
    overdue: int = 0
    today: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether there are more than were counted."""
        return isinstance(self.count, More)


@dataclass(frozen=True)
class Counts:
    """The tiles of each tab in their order, how many leads each tab lists, and of these all.

    `overdue` and `today` are leads past due and due later today, which nobody counted where there
    is None. Where leads are too many to count, a count is a `More` and those of Unowned stand here
    only if that tab was asked for; what stands here as a number is exact everywhere.
    """

    tiles: Mapping[Tab, Mapping[Bucket, BucketCount]]
    tabs: Mapping[Tab, Count]
    overdue: Mapping[Tab, Count]
    today: Mapping[Tab, Count | None]
    windows: Mapping[Tab, Count]  # of the tile Stale: in their call-back window (D17)
    held: Count = 0  # on lists, not released (D28)
    stale: Count = 0  # everybody's, past their deadline; call-back windows apart (D17)
    ownerless: int | None = None  # what `Check.NO_OWNER` finds; None where it was not counted
    is_cut: bool = False  # whether open leads are too many to count

    def of_list(self, ask: Ask) -> Count:
        """How many leads the list that `ask` asks for has."""
        tab = self.tabs[ask.tab]
        return self.tiles[ask.tab][ask.bucket].count if ask.bucket is not None else tab


@dataclass(frozen=True)
class QueuePage:
    """One page of rows in the queue's order, and how many rows there are in all.

    `newer` and `older` are the keys for `Ask.before` and `Ask.after` of the pages beside it.
    """

    rows: Sequence[QueueRow]
    total: Count
    first: int
    newer: str = ""
    older: str = ""
