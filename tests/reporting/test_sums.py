"""Sums over site reports: made of printed numbers, and hidden where one of them is (SC4)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown, Row
from reporting.figures.cells import WITHHELD, Cell, added, exact, small
from reporting.figures.network import Network, network
from reporting.figures.report import Report, weekly_report
from reporting.figures.sums import folded, tables_together
from tests.reporting.samples import HEADER, sample_inputs

CODES = ("a", "b", "c", "d")
GROUPS = {"left": ("Left", frozenset({"a", "b"})), "right": ("Right", frozenset({"c", "d"}))}
CELL = st.one_of(st.integers(0, 30).map(exact), st.just(small(5)), st.just(WITHHELD))
TABLE = st.dictionaries(st.sampled_from(CODES), CELL).map(
    lambda cells: Breakdown(
        "fine", exact(200), tuple(Row(code, code.upper(), cell) for code, cell in cells.items())
    )
)


def exact_rows(tables: Sequence[Breakdown]) -> list[Row]:
    """Each code with its number, added up the long way; a hidden part hides it."""
    rows = []
    for code in CODES:
        cells = [row.cell for table in tables for row in table.rows if row.code == code]
        hidden = any(cell.known is None for cell in cells)
        number = sum(cell.known or 0 for cell in cells)
        rows.append(Row(code, code, WITHHELD if hidden else exact(number)))
    return rows


@given(st.lists(TABLE, min_size=1, max_size=4))
@settings(max_examples=200)
def test_each_row_is_the_sum_of_what_the_tables_print(tables: list[Breakdown]) -> None:
    known = [row.cell.known for row in exact_rows(tables)]
    found = tables_together(tables)

    if not any(known):
        assert found.rows == ()
        return
    assert {row.code for row in found.rows} == {r.code for table in tables for r in table.rows}
    for row in found.rows:
        parts = [next((r.cell for r in t.rows if r.code == row.code), exact(0)) for t in tables]
        assert row.cell == added(parts)
        if len(parts) > 1 and any(part.known is None for part in parts):
            assert row.cell == WITHHELD


@given(TABLE)
@settings(max_examples=200)
def test_a_coarse_row_is_known_where_all_its_rows_are(table: Breakdown) -> None:
    cells = {row.code: row.cell for row in table.rows}

    for row in folded(table, GROUPS).rows:
        parts = [cells[code] for code in sorted(GROUPS[row.code][1]) if code in cells]
        assert row.cell == (added(parts) if parts else exact(0))


def test_what_is_coarse_or_withheld_stays_as_it_is() -> None:
    coarse = Breakdown("group", exact(9), (Row("left", "Left", exact(9)),))
    hidden = Breakdown(WITHHELD_LEVEL, exact(9), ())

    assert folded(coarse, GROUPS) is coarse
    assert folded(hidden, GROUPS) is hidden


def test_a_table_that_counts_nobody_does_not_hide_the_others() -> None:
    nobody = Breakdown("finer", exact(0), ())
    some = Breakdown("fine", exact(8), (Row("a", "A", exact(8)),))

    assert tables_together([nobody, some]).rows == some.rows
    assert tables_together([nobody, nobody]).total == exact(0)


def site(label: str, seed: int, leads: int) -> Report:
    inputs = sample_inputs(seed, leads_per_week=leads, tells_site_work=True)
    return weekly_report(replace(inputs, header=replace(HEADER, site_label=label)))


def sums_of(found: Network) -> dict[str, Cell]:
    """Every number of the sections, by where it stands."""
    assert found.scheduling is not None
    assert found.stalled is not None
    assert found.site_work is not None
    cells = {f"visits {row.code}": row.this for row in found.scheduling.visits}
    cells |= {f"room {room.weeks}": room.free for room in found.scheduling.room}
    cells |= {f"met {row.code}": row.this.reached for row in found.execution}
    stalled = found.stalled
    cells |= {"stale": stalled.now, "new": stalled.new, "recovered": stalled.recovered}
    cells |= {"covered": found.site_work.coverage.reached, "paused": found.site_work.paused.reached}
    return cells


@pytest.mark.parametrize("leads", [(3, 13, 60), (60, 60, 90), (1, 2, 3)])
def test_every_sum_of_a_section_follows_from_the_sites_alone(leads: Sequence[int]) -> None:
    reports = [site(f"Site {n}", n, number) for n, number in enumerate(leads)]

    parts = [sums_of(network([report])) for report in reports]

    for where, cell in sums_of(network(reports)).items():
        assert cell == added([part[where] for part in parts]), where
