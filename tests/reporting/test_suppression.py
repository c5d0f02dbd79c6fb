"""No hidden cell can be worked out (SC1, SC3, SC4; D37): attacked by counting every possibility."""

import random
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.figures.cells import Cell, Shown, exact, held, small
from reporting.figures.flows import Link, fixed, possible_range
from reporting.figures.suppression import Steps, grid, partition, shares, stepped_shares

K = 5
COUNT = st.integers(0, 12)


def allowed(cell: Cell, most: int) -> list[int]:
    """What a reader who knows the rules can take a cell for, before any adding up."""
    match cell.shown:
        case Shown.EXACT:
            assert cell.n is not None
            return [cell.n]
        case Shown.SMALL:
            return list(range(1, K))
        case Shown.HELD:
            assert cell.n is not None
            return list(range(cell.n + 1, cell.n + K))
        case Shown.WITHHELD:
            return [n for n in range(most + 1) if not 0 < n < K]


def fillings(choices: Sequence[Sequence[int]], total: int) -> Iterator[tuple[int, ...]]:
    """Every way to fill the cells so that they add up."""
    if not choices:
        if total == 0:
            yield ()
        return
    for n in choices[0]:
        if n <= total:
            for rest in fillings(choices[1:], total - n):
                yield (n, *rest)


def assert_nothing_is_told(hidden: dict[int, Cell], tables: Sequence[tuple[int, ...]]) -> None:
    """Every hidden number keeps k-1 values over all tables that fit what is printed."""
    assert tables
    for at, cell in hidden.items():
        values = {table[at] for table in tables}
        assert len(values) >= K - 1, f"{cell.text} can only be {sorted(values)}"


def attack(counts: Sequence[int], cells: Sequence[Cell]) -> None:
    total = sum(counts)
    tables = list(fillings([allowed(cell, total) for cell in cells], total))
    assert tuple(counts) in tables
    hidden = {at: cell for at, cell in enumerate(cells) if cell.known is None}
    assert_nothing_is_told(hidden, tables)


def printed(counts: Sequence[int]) -> list[str] | None:
    cells = partition({str(at): n for at, n in enumerate(counts)}, k=K)
    return None if cells is None else [cell.text for cell in cells.values()]


def test_s63_a_reason_with_two_people_prints_less_than_five_and_zero_prints_zero() -> None:
    assert printed([2, 14, 8, 0, 4]) == ["<5", "14", "withheld", "0", "<5"]


def test_a_table_without_small_cells_is_printed_whole() -> None:
    assert printed([5, 0, 31]) == ["5", "0", "31"]


def test_one_small_cell_hides_as_many_others_as_its_total_would_give_it_away_to() -> None:
    assert printed([4, 9, 9]) == ["<5", "withheld", "withheld"]


def test_a_table_that_cannot_be_made_safe_is_withheld() -> None:
    assert printed([2, 0, 0]) is None
    assert printed([4]) is None
    assert printed([1, 1]) is None


def test_an_empty_table_and_one_of_zeros_tell_nothing() -> None:
    assert printed([]) == []
    assert printed([0, 0]) == ["0", "0"]


@given(st.lists(COUNT, max_size=6))
@settings(max_examples=300)
def test_no_hidden_cell_of_a_partition_can_be_worked_out(counts: list[int]) -> None:
    cells = partition({str(at): n for at, n in enumerate(counts)}, k=K)

    if cells is not None:
        attack(counts, list(cells.values()))


@given(st.lists(st.tuples(COUNT, COUNT), max_size=5))
@settings(max_examples=300)
def test_no_held_cell_can_be_worked_out(history: list[tuple[int, int]]) -> None:
    """Each cell has a value published before and what came since (SC4)."""
    last = {str(at): n for at, (n, _) in enumerate(history) if n == 0 or n >= K}
    counts = [n + (more if str(at) in last else 0) for at, (n, more) in enumerate(history)]
    cells = partition({str(at): n for at, n in enumerate(counts)}, k=K, last=last)

    if cells is not None:
        attack(counts, list(cells.values()))


@pytest.mark.parametrize(
    ("last", "now", "shown"),
    [
        (12, 12, exact(12)),
        (12, 13, held(12)),
        (12, 16, held(12)),
        (12, 17, exact(17)),
        (0, 3, small(K)),
        (12, 11, Cell(Shown.WITHHELD)),  # an entry was voided: "12+" would be untrue
        (12, 7, exact(7)),
        (12, 3, small(K)),
    ],
)
def test_a_to_date_cell_keeps_its_value_until_it_has_grown_by_five(
    last: int, now: int, shown: Cell
) -> None:
    others = {"b": 40, "c": 3, "d": 2, "e": 1}

    cells = partition({"a": now} | others, k=K, last={"a": last, "b": 40})

    assert cells is not None
    assert cells["a"] == shown


def test_s64_the_next_report_minus_this_one_does_not_give_a_held_cell_away() -> None:
    first = partition({"a": 12, "b": 8, "c": 30}, k=K)
    assert first is not None
    released = {code: cell.n for code, cell in first.items() if cell.n is not None}

    second = partition({"a": 14, "b": 8, "c": 30}, k=K, last=released)
    third = partition({"a": 14, "b": 11, "c": 31}, k=K, last=released)

    assert second is None or second["b"].known is None or second["c"].known is None
    assert third is not None
    assert [cell.text for cell in third.values()] == ["12+", "8+", "30+"]


def test_without_a_printed_total_a_table_never_adds_up_to_it() -> None:
    cells = partition({"a": 9, "b": 7}, k=K, total_is_printed=False)

    assert cells is not None
    assert [cell.text for cell in cells.values()] == ["9", "withheld"]


@given(st.lists(st.lists(st.integers(0, 8), min_size=3, max_size=3), min_size=2, max_size=3))
@settings(max_examples=60)
def test_no_hidden_cell_of_a_table_with_margins_can_be_worked_out(table: list[list[int]]) -> None:
    places = list(product(range(len(table)), range(3)))
    cells = grid({(str(r), str(c)): table[r][c] for r, c in places}, k=K)
    if cells is None:
        return

    ways = [
        list(fillings([allowed(cells[str(r), str(c)], sum(row)) for c in range(3)], sum(row)))
        for r, row in enumerate(table)
    ]
    columns = [sum(row[c] for row in table) for c in range(3)]
    fits = [
        tuple(n for row in rows for n in row)
        for rows in product(*ways)
        if [sum(row[c] for row in rows) for c in range(3)] == columns
    ]
    hidden = {at: cells[str(r), str(c)] for at, (r, c) in enumerate(places)}
    assert_nothing_is_told({at: c for at, c in hidden.items() if c.known is None}, fits)


def share_choices(cell: Cell, base: int) -> list[int]:
    """What a reader who knows the rules can take a part of a printed base for."""
    if cell.shown == Shown.EXACT:
        assert cell.n is not None
        return [cell.n]
    if cell.shown == Shown.SMALL:
        return list(range(1, min(K - 1, base) + 1))
    return list(range(1 if base < 2 * K else K, base))


ROW = st.integers(0, 14).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base)))


@given(st.lists(ROW, max_size=5))
@settings(max_examples=300)
def test_no_hidden_share_can_be_worked_out(rows: list[tuple[int, int]]) -> None:
    cells = shares({str(at): row for at, row in enumerate(rows)}, k=K)
    if cells is None:
        return

    choices = [share_choices(c, base) for c, (_, base) in zip(cells.values(), rows, strict=True)]
    tables = list(fillings(choices, sum(reached for reached, _ in rows)))
    hidden = {at: c for at, c in enumerate(cells.values()) if c.known is None}
    assert_nothing_is_told(hidden, tables)


def test_a_part_and_its_rest_are_both_protected() -> None:
    cells = shares({"a": (18, 20), "b": (2, 20), "c": (9, 20), "d": (10, 20), "e": (0, 7)}, k=K)

    assert cells is not None
    texts = {code: cell.text for code, cell in cells.items()}
    assert (texts["a"], texts["b"], texts["e"]) == ("withheld", "<5", "0")


STEP_ROW = st.integers(0, 9).flatmap(
    lambda base: st.integers(0, base).flatmap(
        lambda first: st.builds(Steps, st.just(base), st.just(first), st.integers(0, first))
    )
)


@pytest.mark.parametrize("with_second", [True, False])
@given(rows=st.lists(STEP_ROW, max_size=3))
@settings(max_examples=120)
def test_no_hidden_step_can_be_worked_out_by_one_who_knows_their_order(
    rows: list[Steps], with_second: bool
) -> None:
    cells = stepped_shares(
        {str(at): row for at, row in enumerate(rows)}, k=K, with_second=with_second
    )
    if cells is None:
        return

    first, second = list(cells[0].values()), list(cells[1].values())
    ways = [
        [
            (a, b)
            for a in share_choices(first[at], row.base)
            for b in (share_choices(second[at], row.base) if with_second else range(row.base + 1))
            if b <= a
        ]
        for at, row in enumerate(rows)
    ]
    totals = sum(row.first for row in rows), sum(row.second for row in rows)
    fits = [
        tuple(n for pair in pairs for n in pair)
        for pairs in product(*ways)
        if (sum(a for a, _ in pairs), sum(b for _, b in pairs)) == totals
    ]
    guarded = {2 * at: c for at, c in enumerate(first) if c.known is None}
    if with_second:
        guarded |= {2 * at + 1: c for at, c in enumerate(second) if c.known is None}
    assert_nothing_is_told(guarded, fits)


def test_the_range_of_a_cell_is_exact() -> None:
    """Against counting, on random tables of two rows and three columns with random bounds."""
    rng = random.Random(5)
    for _ in range(150):
        links = [
            Link(f"r{r}", f"c{c}", n, max(0, n - rng.randint(0, 3)), n + rng.randint(0, 3))
            for r, c in product(range(2), range(3))
            for n in [rng.randint(0, 6)]
        ]
        cells = len(links)
        rows = [sum(link.value for link in links[3 * r : 3 * r + 3]) for r in range(2)]
        columns = [links[c].value + links[c + 3].value for c in range(3)]
        links += [fixed("all", f"r{r}", n) for r, n in enumerate(rows)]
        links += [fixed(f"c{c}", "all", n) for c, n in enumerate(columns)]

        fits = [
            table
            for table in product(*(range(x.low, x.high + 1) for x in links[:cells]))
            if [sum(table[:3]), sum(table[3:])] == rows
            and [table[c] + table[c + 3] for c in range(3)] == columns
        ]
        for at in range(cells):
            values = {table[at] for table in fits}
            assert values == set(range(min(values), max(values) + 1))
            assert possible_range(links, at) == (min(values), max(values))
