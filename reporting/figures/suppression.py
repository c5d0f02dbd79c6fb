"""Hiding small cells so that they cannot be worked out again (SC1, SC3, SC4; D2, D37).

A breakdown is tried at its finest level, then merged, then withheld. Every level is attacked with
`flows`: each cell printed as "<k" must keep all its k-1 possible values and every other hidden cell
at least as many, whatever is added up or subtracted. Cells of other numbers are hidden, smallest
first, until that holds. Zeros are printed. The attacker knows all totals and every rule used here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from reporting.figures.cells import WITHHELD, Cell, exact, held, small
from reporting.figures.flows import UNBOUNDED, Link, fixed, possible_range


@dataclass(frozen=True, slots=True)
class Guarded:
    """A number in a network that may have to be hidden.

    `hidden_as` is None unless the number must be hidden for its own sake; then it is the cell that
    is printed, and `low` and `high` are what that cell tells. Otherwise they are the least a reader
    can be kept to when the number is withheld to protect others, and `spare` says that it may be.
    """

    link: int
    low: int
    high: int
    hidden_as: Cell | None = None
    spare: bool = True


def guard(links: Sequence[Link], guarded: Sequence[Guarded], *, k: int) -> dict[int, Cell] | None:
    """The cells to print instead of the numbers that must be hidden, by link.

    None when no choice leaves every hidden number k-1 possible values (D37).
    """
    hidden = {g.link: g for g in guarded if g.hidden_as is not None}
    while True:
        spare = [g for g in guarded if g.spare and g.link not in hidden]
        known = [
            _as_known(links, hidden[at], spare) if at in hidden else link
            for at, link in enumerate(links)
        ]
        ranges = {at: possible_range(known, at) for at in hidden}
        weak = [at for at, (least, most) in ranges.items() if most - least + 1 < k - 1]
        if not weak:
            return {at: g.hidden_as or WITHHELD for at, g in hidden.items()}
        if not spare:
            return None
        chosen = min(spare, key=lambda g: _cost(links, g, weak))
        hidden[chosen.link] = chosen


def _as_known(links: Sequence[Link], choice: Guarded, spare: Sequence[Guarded]) -> Link:
    """The hidden number with all that can be told of it.

    One that was withheld to protect others is the smallest that could be taken, which a reader who
    knows the rule can use: it is no greater than the printed ones beside it.
    """
    link, high = links[choice.link], choice.high
    if choice.hidden_as is None:
        beside = [links[g.link].value for g in spare if _touch(link, links[g.link])]
        high = max(link.value, min([high, *beside]))
    return Link(link.tail, link.head, link.value, choice.low, high)


def _touch(one: Link, other: Link) -> bool:
    return bool({one.tail, one.head} & {other.tail, other.head})


def _cost(links: Sequence[Link], choice: Guarded, weak: Sequence[int]) -> tuple[bool, int, int]:
    """Rather a number in the same row or column as a weak one, and rather a small one (SC3)."""
    link = links[choice.link]
    return (not any(_touch(link, links[at]) for at in weak), link.value, choice.link)


def _count(at: int, n: int, k: int) -> Guarded:
    """A plain count: 1..k-1 is hidden for its own sake, k and more may be withheld, zero is not."""
    if 0 < n < k:
        return Guarded(at, 1, k - 1, small(k))
    return Guarded(at, k, UNBOUNDED, spare=n > 0)


def _counted_since(at: int, n: int, k: int, last: int) -> Guarded:
    """A to-date count, published before as `last`: held until it has grown by k, or not at all."""
    if last and last < n < last + k:
        return Guarded(at, last + 1, last + k - 1, held(last))
    if last - k < n < last:  # entries were voided; "n+" would be untrue
        return Guarded(at, max(0, last - k + 1), last - 1, WITHHELD)
    return _count(at, n, k)


def _is_free(choice: Guarded) -> bool:
    """Whether the number would be printed, and is not zero."""
    return choice.hidden_as is None and choice.spare


def partition(
    counts: Mapping[str, int],
    *,
    k: int,
    total_is_printed: bool = True,
    last: Mapping[str, int] | None = None,
    withhold: Collection[str] = (),
    at_most: int = UNBOUNDED,
) -> dict[str, Cell] | None:
    """Cells of counts that add up to one total, or None when the breakdown must be withheld.

    `last` holds the values published before, for to-date counts only (SC4). With a total that is
    not printed (strict mode) at least one cell is hidden, so that nobody adds it up, and a reader
    knows that it is no greater than `at_most`. Of the codes `withhold` no number of k and more is
    printed.
    """
    codes = list(counts)
    total = sum(counts.values())
    links = [fixed("all", "end", counts[code]) for code in codes]
    guarded = [
        _counted_since(at, counts[code], k, last[code])
        if last and code in last
        else _count(at, counts[code], k)
        for at, code in enumerate(codes)
    ]
    guarded = [
        replace(g, hidden_as=WITHHELD) if codes[g.link] in withhold and _is_free(g) else g
        for g in guarded
    ]
    if total_is_printed:
        links.append(fixed("end", "all", total))
    else:
        links.append(Link("end", "all", total, 0, max(total, at_most)))
        if total and not any(g.hidden_as for g in guarded):
            smallest = min((n, at) for at, n in enumerate(counts.values()) if n)[1]
            guarded[smallest] = replace(guarded[smallest], hidden_as=WITHHELD)
    hidden = guard(links, guarded, k=k)
    if hidden is None:
        return None
    return {code: hidden.get(at, exact(counts[code])) for at, code in enumerate(codes)}


def grid(counts: Mapping[tuple[str, str], int], *, k: int) -> dict[tuple[str, str], Cell] | None:
    """Cells of a table of counts whose row and column totals are all printed, or None."""
    places = list(counts)
    links = [fixed(f"row {row}", f"column {column}", counts[row, column]) for row, column in places]
    guarded = [_count(at, counts[place], k) for at, place in enumerate(places)]
    links.extend(
        fixed("all", f"row {row}", sum(n for p, n in counts.items() if p[0] == row))
        for row in dict.fromkeys(row for row, _ in places)
    )
    links.extend(
        fixed(f"column {column}", "end", sum(n for p, n in counts.items() if p[1] == column))
        for column in dict.fromkeys(column for _, column in places)
    )
    links.append(fixed("end", "all", sum(counts.values())))
    hidden = guard(links, guarded, k=k)
    if hidden is None:
        return None
    return {place: hidden.get(at, exact(counts[place])) for at, place in enumerate(places)}


def _share(at: int, reached: int, base: int, k: int) -> Guarded:
    """A part of a printed base: neither it nor the rest may be told when it is 1..k-1.

    Below 2k the two would give each other away, so such a part is just withheld. Above, "withheld"
    stands both for a small rest and for a number that protects others, so that it tells neither.
    """
    rest = base - reached
    if base < k and reached:
        return Guarded(at, 1, base, small(k))
    if not reached or not rest:
        return Guarded(at, reached, reached, spare=False)
    if base < 2 * k:
        return Guarded(at, 1, base - 1, WITHHELD)
    if reached < k:
        return Guarded(at, 1, k - 1, small(k))
    return Guarded(at, k, base - 1, WITHHELD if rest < k else None)


def total_share(reached: int, base: int, *, k: int, strict: bool) -> Cell:
    """The part of all: a headline, exact unless strict (SC2, D2).

    Of fewer than k "<k" would tell too much, so there a zero is withheld as well.
    """
    if strict and base < k:
        return WITHHELD
    secret = _share(0, reached, base, k).hidden_as
    return secret if strict and secret else exact(reached)


def _total_link(tail: str, head: str, reached: int, base: int, k: int, strict: bool) -> Link:
    """The printed total of a step, or what its hidden cell still tells."""
    total = _share(0, reached, base, k)
    if strict and base < k:
        return Link(tail, head, reached, 0, base)
    if strict and total.hidden_as:
        return Link(tail, head, reached, total.low, total.high)
    return fixed(tail, head, reached)


def shares(
    rows: Mapping[str, tuple[int, int]], *, k: int, strict: bool = False
) -> dict[str, Cell] | None:
    """Cells of (reached, base) by row, where all bases and the total share are printed, or None."""
    links = [fixed("all", "reached", reached) for reached, _ in rows.values()]
    guarded = [_share(at, *row, k) for at, row in enumerate(rows.values())]
    total = sum(reached for reached, _ in rows.values())
    base = sum(base for _, base in rows.values())
    links.append(_total_link("reached", "all", total, base, k, strict))
    hidden = guard(links, guarded, k=k)
    if hidden is None:
        return None
    return {code: hidden.get(at, exact(rows[code][0])) for at, code in enumerate(rows)}


@dataclass(frozen=True, slots=True)
class Steps:
    """How many of `base` reached a first step, and how many of those a second."""

    base: int
    first: int
    second: int


def stepped_shares(
    rows: Mapping[str, Steps], *, k: int, strict: bool = False, with_second: bool = True
) -> tuple[dict[str, Cell], dict[str, Cell]] | None:
    """Cells of two steps on the same printed bases, or None.

    A reader who knows that nobody reaches the second step without the first learns nothing more.
    Without `with_second` all cells of the second step are withheld and only its total is printed.
    """
    base = sum(row.base for row in rows.values())
    first = sum(row.first for row in rows.values())
    second = sum(row.second for row in rows.values())
    links = [
        _total_link("first", "all", first, base, k, strict),
        _total_link("second", "first", second, base, k, strict),
        Link("first only", "first", first - second, 0, UNBOUNDED),
    ]
    guarded: list[Guarded] = []
    for code, row in rows.items():
        guarded.append(_share(len(links), row.first, row.base, k))
        links.append(fixed("all", code, row.first))
        if with_second:
            guarded.append(_share(len(links), row.second, row.base, k))
            links.append(fixed(code, "second", row.second))
        else:
            links.append(Link(code, "second", row.second, 0, row.base))
        links.append(Link(code, "first only", row.first - row.second, 0, row.base))
    hidden = guard(links, guarded, k=k)
    if hidden is None:
        return None
    cells = [hidden.get(g.link, exact(links[g.link].value)) for g in guarded]
    if not with_second:
        return dict(zip(rows, cells, strict=True)), dict.fromkeys(rows, WITHHELD)
    return dict(zip(rows, cells[::2], strict=True)), dict(zip(rows, cells[1::2], strict=True))
