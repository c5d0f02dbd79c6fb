"""Leads of a weekly review grouped by study and code, as findings (W2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recruitment.rules.weekly.agenda import Finding
from recruitment.rules.weekly.codes import ItemKind

MOST_LEADS = 50  # named under one item; the figure counts all
Groups = Mapping[tuple[int, str], list[int]]


def grouped(rows: Iterable[Any]) -> Groups:
    """Leads by study at a site and code, in the order of the rows."""
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, code, lead in rows:
        found[place, code].append(lead)
    return found


def of_leads(
    kind: ItemKind, place: int, code: str, leads: Sequence[int], *, value: int | None = None
) -> Finding:
    """A finding about these leads, the most urgent first; its figure is their number or `value`."""
    figure = len(leads) if value is None else value
    return Finding(kind, place, code, figure, leads=first(leads), stands_out=figure > 0)


def first(leads: Iterable[int]) -> tuple[int, ...]:
    """Each lead once, and no more than an item lists."""
    return tuple(dict.fromkeys(leads))[:MOST_LEADS]
