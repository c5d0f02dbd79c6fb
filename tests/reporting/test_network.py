"""A network report adds up what sites issued, and tells nothing that they do not (MS3-MS7, SC4)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.figures.cells import WITHHELD, Cell, added, exact, held, small
from reporting.figures.inputs import Window
from reporting.figures.network import Network, network
from reporting.figures.report import Report, weekly_report
from reporting.figures.words import MOVEMENT
from reporting.render_network import network_words
from tests.reporting.samples import sample_inputs

CELLS = st.one_of(
    st.integers(0, 40).map(exact), st.just(small(5)), st.just(WITHHELD), st.just(held(12))
)


def at_site(label: str, seed: int, **header: object) -> Report:
    inputs = sample_inputs(seed=seed)
    head = replace(inputs.header, site_label=label, **header)  # type: ignore[arg-type]
    return weekly_report(replace(inputs, header=head))


@pytest.fixture(scope="module")
def sites() -> list[Report]:
    return [at_site("Site 020", 2), at_site("Site 003", 3), at_site("Site 014", 1)]


def test_sites_stand_in_the_order_of_labels_whatever_their_figures(sites: list[Report]) -> None:
    for given_in in (sites, sites[::-1]):
        found = network(given_in, missing=["Site 031", "Site 001"])
        assert [report.header.site_label for report in found.sites] == [
            "Site 003",
            "Site 014",
            "Site 020",
        ]
        assert found.missing == ("Site 001", "Site 031")


def test_movement_is_the_sum_of_the_sites(sites: list[Report]) -> None:
    found = network(sites)

    for row in found.movement:
        parts = [report.moved(row.code) for report in sites]
        assert row.this == added([part.this for part in parts])
        assert row.to_date.known == sum(part.to_date.known or 0 for part in parts)
    assert [row.code for row in found.movement] == list(MOVEMENT)


@given(st.lists(CELLS, min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_a_sum_with_a_hidden_part_is_withheld_and_tells_nothing_of_it(cells: list[Cell]) -> None:
    total = added(cells)

    if len(cells) == 1:
        assert total == cells[0]
    elif all(cell.known is not None for cell in cells):
        assert total == exact(sum(cell.known or 0 for cell in cells))
    else:
        assert total == WITHHELD


def test_every_number_of_a_network_report_follows_from_what_sites_printed(
    sites: list[Report],
) -> None:
    found = network(sites)

    for table, parts in (
        (found.open_now, [report.open_now for report in sites]),
        (found.blockers, [report.blockers for report in sites]),
    ):
        for row in table.rows:
            printed = [
                next((r.cell for r in part.rows if r.code == row.code), exact(0)) for part in parts
            ]
            assert row.cell == added(printed)


def test_tables_that_are_broken_down_differently_are_withheld(sites: list[Report]) -> None:
    coarse = replace(sites[0], open_now=replace(sites[0].open_now, level="group"))
    found = network([coarse, *sites[1:]])

    assert found.open_now.is_withheld
    assert found.open_now.total.known is not None


def test_rates_have_the_base_of_all_sites(sites: list[Report]) -> None:
    total = network(sites).total
    assert total is not None
    parts = [report.sources.total for report in sites]

    assert total.inquiries == sum(part.inquiries for part in parts)
    assert total.reviewable.base == sum(part.reviewable.base for part in parts)
    assert total.contact.reached.known == sum(part.contact.reached.known or 0 for part in parts)


def test_rates_of_other_weeks_are_not_added_up(sites: list[Report]) -> None:
    cohort = sites[0].sources.cohort
    earlier = Window(cohort.start - timedelta(days=7), cohort.end - timedelta(days=7))
    older = replace(sites[0], sources=replace(sites[0].sources, cohort=earlier))

    found = network([older, *sites[1:]])

    assert found.total is None
    assert [rate.count for rate in words(found)["total"].rates] == ["other weeks"] * 2  # type: ignore[attr-defined]


def test_a_first_report_among_them_has_no_period_before(sites: list[Report]) -> None:
    rows = tuple(replace(row, previous=None) for row in sites[0].movement)
    found = network([replace(sites[0], movement=rows), *sites[1:]])

    assert all(row.previous is None for row in found.movement)


def test_what_cannot_be_added_up_is_refused(sites: list[Report]) -> None:
    head = sites[0].header
    later = replace(head, site_label="Site 9", cut_off=head.cut_off + timedelta(days=7))
    other = replace(head, site_label="Site 9", study="HERON")
    for wrong in (
        [],
        [sites[0], sites[0]],
        [sites[0], replace(sites[1], header=later)],
        [sites[0], replace(sites[1], header=other)],
        [sites[0], replace(sites[1], definitions=sites[1].definitions + 1)],
    ):
        with pytest.raises(ValueError, match="report"):
            network(wrong)


def words(found: Network) -> dict[str, object]:
    return network_words(found, charts="web")


def test_the_words_name_each_site_and_all_of_them(sites: list[Report]) -> None:
    said = words(network(sites, missing=["Site 031"]))

    assert [line.label for line in said["lines"]] == ["Site 003", "Site 014", "Site 020"]  # type: ignore[attr-defined]
    assert said["site_count"] == 4
    assert said["total"].open == f"{sum(r.open_now.total.known or 0 for r in sites):,}"  # type: ignore[attr-defined]
