"""The sheet of a coordinator's day: what she works on today, in the queue's order (18)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from recruitment.models import StudySite
from recruitment.queries.queue import PAGE, Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_rows import QueueRow
from recruitment.rules.lanes import Lane
from trialsnest.lib.tally import least

PAGES = 2  # of the queue, which is more than anybody works through in a day


@dataclass(frozen=True)
class DaySheet:
    """The rows of today, and how many of the queue's rows stand behind them."""

    rows: Sequence[QueueRow]
    later: int


def day_sheet(user: User, places: Sequence[StudySite], *, now: datetime) -> DaySheet:
    """Her leads that are due today or ask for something today; `now` is UTC.

    Leads of the last lane have nothing today and are only counted. The queue's statements twice
    at most.
    """
    queue, ask = Queue(user, places, now), Ask(tab=Tab.MINE)
    total = least(queue.counts(ask).tabs[Tab.MINE])  # her own are counted whatever there is
    rows: list[QueueRow] = []
    for number in range(1, min(PAGES, -(-total // PAGE)) + 1):
        rows += queue.page(replace(ask, page=number), total).rows
    today = [row for row in rows if row.lane != Lane.REST]
    return DaySheet(today, total - len(today))
