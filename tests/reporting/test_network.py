"""A network report adds up what sites issued, and tells nothing that they do not (MS3-MS7, SC4)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown, Row
from reporting.figures.cells import WITHHELD, Cell, added, exact, held, small
from reporting.figures.inputs import Window
from reporting.figures.network import Network, network
from reporting.figures.report import Report, weekly_report
from reporting.figures.said import rate_words
from reporting.figures.stalled import stale_cell
from reporting.figures.standing import FOLDED, OTHER
from reporting.figures.sums import folded, rates_together
from reporting.figures.words import BUCKET_GROUPS, MOVEMENT, OPEN_BUCKETS
from reporting.render_network import SiteTable, network_words
from tests.reporting.samples import sample_inputs

CELLS = st.one_of(
    st.integers(0, 40).map(exact), st.just(small(5)), st.just(WITHHELD), st.just(held(12))
)


def at_site(label: str, seed: int, *, tells: bool = False, **header: object) -> Report:
    inputs = sample_inputs(seed=seed, tells_site_work=tells)
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
@settings(max_examples=200)
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
    other = replace(sites[0], blockers=replace(sites[0].blockers, level="party"))
    found = network([other, *sites[1:]])

    assert found.blockers.is_withheld
    assert found.blockers.total.known is not None


def test_where_one_site_tells_coarse_buckets_only_all_are_told_by_these(
    sites: list[Report],
) -> None:
    rows = tuple(Row(str(bucket), str(bucket.label), exact(10)) for bucket in OPEN_BUCKETS)
    fine = Breakdown("bucket", exact(10 * len(rows)), rows)
    coarse = folded(fine, BUCKET_GROUPS)
    assert not coarse.is_withheld

    first, *others = (replace(site, open_now=fine) for site in sites)
    found = network([replace(first, open_now=coarse), *others]).open_now

    assert [row.code for row in found.rows] == list(BUCKET_GROUPS)
    assert found.total == exact(10 * len(rows) * len(sites))


def test_a_table_whose_small_buckets_stand_together_is_not_added_up(sites: list[Report]) -> None:
    rows = (Row("stale", "Stale", exact(9)), Row(OTHER, "Other buckets", exact(7)))
    mixed = Breakdown(FOLDED, exact(16), rows)

    found = network([replace(site, open_now=mixed) for site in sites]).open_now

    assert found == Breakdown(WITHHELD_LEVEL, exact(16 * len(sites)), ())
    assert folded(mixed, BUCKET_GROUPS) == Breakdown(WITHHELD_LEVEL, exact(16), ())


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
    assert [cell.count for cell in table_of(found, "execution").total.cells[2:]] == [
        "other weeks"
    ] * 3


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


def words(found: Network) -> dict[str, Any]:
    return network_words(found, charts="web")


def table_of(found: Network, code: str) -> SiteTable:
    return next(table for table in words(found)["tables"] if table.code == code)


def test_the_words_name_each_site_and_all_of_them(sites: list[Report]) -> None:
    found = network(sites, missing=["Site 031"])

    assert words(found)["site_count"] == 4
    for table in words(found)["tables"]:
        assert [line.label for line in table.lines] == ["Site 003", "Site 014", "Site 020"]
        assert {len(line.cells) for line in (*table.lines, table.total)} == {len(table.heads)}
    open_leads = table_of(found, "standing").total.cells[-1].count
    assert open_leads == f"{sum(r.open_now.total.known or 0 for r in sites):,}"


def test_how_leads_stand_comes_before_how_many_came(sites: list[Report]) -> None:
    codes = [table.code for table in words(network(sites))["tables"]]

    assert codes == ["standing", "next", "period", "execution"]
    heads = table_of(network(sites), "execution").heads
    assert heads.index("First response in target") < heads.index("Reviewable candidate")
    assert "Paused share" not in heads


def test_stale_leads_stand_with_their_share_of_the_open_ones(sites: list[Report]) -> None:
    line = table_of(network(sites), "standing").lines[1]
    report = network(sites).sites[1]
    stale, open_leads = stale_cell(report.open_now).known, report.open_now.total.known

    assert stale is not None
    assert line.cells[3].count == f"{stale} of {open_leads}"


def test_the_work_of_a_site_is_told_by_its_own_choice_and_summed_over_all_of_them(
    sites: list[Report],
) -> None:
    telling = [at_site(f"Site {n}", n, tells=True) for n in (1, 2)]

    both = table_of(network(telling), "execution")
    one = table_of(network([telling[0], sites[0]]), "execution")

    place = both.heads.index("Paused share")
    parts = [report.site_work.paused for report in telling if report.site_work]
    assert both.total.cells[place] == rate_words(rates_together(parts))
    told = {line.label: line.cells[place].count for line in (*one.lines, one.total)}
    assert told["Site 1"] == rate_words(parts[0]).count
    assert (told["Site 020"], told["All sites"]) == ("not told", "not told")
    assert network([telling[0], sites[0]]).site_work is None


def test_a_report_without_a_section_leaves_it_out_of_the_sum(sites: list[Report]) -> None:
    sections = ("execution", "scheduling", "stalled", "friction")
    older = replace(sites[0], **dict.fromkeys(sections))

    found = network([older, *sites[1:]])

    assert (found.execution, found.scheduling, found.stalled, found.criteria) == (
        (),
        None,
        None,
        None,
    )
    line = table_of(found, "execution").lines[-1]
    assert [cell.count for cell in line.cells[:2]] == ["not told"] * 2


def test_the_note_of_a_site_stands_with_its_label(sites: list[Report]) -> None:
    header = replace(sites[0].header, note="Two rooms were closed.")

    said = words(network([replace(sites[0], header=header), *sites[1:]]))

    assert said["notes"] == [("Site 020", "Two rooms were closed.", "")]
