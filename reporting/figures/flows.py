"""What can be worked out about a hidden number from everything printed beside it.

A table with totals is a flow: rows send their totals to columns, and every total must close. The
least and the most that a hidden cell can be are then found exactly, and every whole number between
them is possible too (flows with whole bounds have whole solutions). Reads and writes nothing.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Link:
    """A number that flows from one node to another.

    `value` is the truth; a reader knows only that it lies in [low, high]. At every node as much
    arrives as leaves, so a network needs a link that leads its total back to the start.
    """

    tail: str
    head: str
    value: int
    low: int
    high: int


def fixed(tail: str, head: str, value: int) -> Link:
    """A number that is printed, or that the reader is assumed to know."""
    return Link(tail, head, value, value, value)


def possible_range(links: Sequence[Link], index: int) -> tuple[int, int]:
    """The least and the most that `links[index]` can be, given what is known of all the others."""
    link = links[index]
    more = _push(links, index, link.head, link.tail, min(link.high - link.value, UNBOUNDED))
    less = _push(links, index, link.tail, link.head, link.value - link.low)
    return link.value - less, link.value + more


def _push(links: Sequence[Link], barred: int, start: str, goal: str, limit: int) -> int:
    """How much more can flow from `start` to `goal` without the link `barred`, up to `limit`."""
    change = [0] * len(links)
    pushed = 0
    while pushed < limit:
        path = _free_path(links, change, barred, start, goal)
        if path is None:
            break
        amount = min(limit - pushed, *(_room(links, change, step) for step in path))
        for at, direction in path:
            change[at] += direction * amount
        pushed += amount
    return pushed


def _room(links: Sequence[Link], change: Sequence[int], step: tuple[int, int]) -> int:
    at, direction = step
    now = links[at].value + change[at]
    return links[at].high - now if direction > 0 else now - links[at].low


def _free_path(
    links: Sequence[Link], change: Sequence[int], barred: int, start: str, goal: str
) -> list[tuple[int, int]] | None:
    """A shortest way on which something can still move, as (link, direction) steps."""
    came: dict[str, tuple[str, tuple[int, int]]] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for at, link in enumerate(links):
            if at == barred or node not in (link.tail, link.head):
                continue
            for here, there, direction in ((link.tail, link.head, 1), (link.head, link.tail, -1)):
                if here != node or there in came or there == start:
                    continue
                if _room(links, change, (at, direction)) > 0:
                    came[there] = (node, (at, direction))
                    waiting.append(there)
        if goal in came:
            return _trace(came, start, goal)
    return None


def _trace(
    came: dict[str, tuple[str, tuple[int, int]]], start: str, goal: str
) -> list[tuple[int, int]]:
    path = []
    node = goal
    while node != start:
        node, step = came[node]
        path.append(step)
    return path
