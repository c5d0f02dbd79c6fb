"""What the address of the queue asks for, and what it is answered with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import TextChoices

from recruitment.queries.queue_rows import QueueRow
from recruitment.rules.stages import Bucket


class Tab(TextChoices):
    """Whose leads are shown (D16).

    Waiting are those of mine on which it is somebody else's turn, and whose next action is not due.
    """

    MINE = "mine", "Mine"
    UNOWNED = "unowned", "Unowned"
    WAITING = "waiting", "Waiting"
    TEAM = "team", "Team"


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
    page: int = 1

    def on(self, tab: Tab) -> "Ask":
        """The same of another tab."""
        return replace(self, tab=tab)


@dataclass(frozen=True)
class BucketCount:
    """One tile: how many leads, and of these how many past due and due later today."""

    code: str
    label: str
    count: int = 0
    overdue: int = 0
    today: int = 0


@dataclass(frozen=True)
class Counts:
    """The tiles of each tab in their order, and how many leads each tab lists."""

    tiles: Mapping[Tab, Mapping[Bucket, BucketCount]]
    tabs: Mapping[Tab, int]
    held: int = 0  # on lists, not released (D28)
    stale: int = 0  # everybody's, past their deadline; call-back windows apart (D17)

    def overdue(self, tab: Tab) -> int:
        """Leads past due in the tab."""
        return sum(tile.overdue for tile in self.tiles[tab].values())

    def today(self, tab: Tab) -> int:
        """Leads due later today in the tab."""
        return sum(tile.today for tile in self.tiles[tab].values())


@dataclass(frozen=True)
class QueuePage:
    """One page of rows in the queue's order, and how many rows there are in all."""

    rows: Sequence[QueueRow]
    total: int
    first: int
