"""Sites of several zones: one cut-off, each site with its own clock and hours (MS4, MS5)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string

from reporting.figures.network import Network, network
from reporting.figures.report import Report, weekly_report
from reporting.render_network import ClockLine, network_words
from tests.reporting.samples import CUT_OFF, HEADER, sample_inputs

ZONES = {
    "Site 003": ("America/Los_Angeles", "Mon to Fri 08:00 to 16:00"),
    "Site 014": ("America/New_York", "Mon to Fri 09:00 to 17:00"),
    "Site 020": ("Asia/Kolkata", "Mon to Sat 10:00 to 18:00"),
}


def at_site(label: str, *, leads: int = 13, **header: object) -> Report:
    inputs = sample_inputs(leads_per_week=leads)
    zone, hours = ZONES[label]
    given: dict[str, Any] = {"site_zone": zone, "site_hours": hours} | header
    head = replace(inputs.header, site_label=label, **given)
    return weekly_report(replace(inputs, header=head))


def clocks(found: Network) -> list[ClockLine]:
    lines: list[ClockLine] = network_words(found, charts="web")["clocks"]  # type: ignore[assignment]
    return lines


def page_of(found: Network) -> str:
    known = {"paper": "a4", "hash": "ab", "hashes": []}
    words = network_words(found, charts="pdf")
    return " ".join(render_to_string("reporting/network/document.html", words | known).split())


def test_s77_one_cut_off_stands_on_the_clock_of_each_site_with_its_hours() -> None:
    found = network([at_site(label) for label in ("Site 020", "Site 003", "Site 014")])

    assert {report.header.cut_off for report in found.sites} == {CUT_OFF}
    assert [(line.label, line.zone, line.cut_off, line.hours) for line in clocks(found)] == [
        ("Site 003", "Los Angeles time", "Mon 16 Nov 2026, 03:00", ZONES["Site 003"][1]),
        ("Site 014", "New York time", "Mon 16 Nov 2026, 06:00", ZONES["Site 014"][1]),
        ("Site 020", "Kolkata time", "Mon 16 Nov 2026, 16:30", ZONES["Site 020"][1]),
    ]
    page = page_of(found)
    assert "Each site in its own time" in page
    assert "All periods end at one instant: Mon 16 Nov 2026, 06:00, New York time." in page
    for zone, hours in ZONES.values():
        assert hours in page
        assert zone.rpartition("/")[2].replace("_", " ") in page


def test_s77_few_leads_are_neither_ranked_nor_given_a_share() -> None:
    few = [at_site(label, leads=n) for label, n in (("Site 020", 30), ("Site 003", 1))]
    found = network(few)
    tables: Any = network_words(found, charts="web")["tables"]

    for table in tables:
        assert [line.label for line in table.lines] == ["Site 003", "Site 020"]
    rates = next(table for table in tables if table.code == "execution").lines[0].cells
    assert any(" of " in cell.count for cell in rates)
    for cell in rates:
        base = cell.count.rpartition(" of ")[2].replace(",", "")
        assert not cell.pct or int(base) >= 10


@pytest.mark.parametrize(
    ("starts", "begin"),
    [
        (datetime(2026, 10, 26, 10, tzinfo=UTC), "Mon 26 Oct 2026, 03:00"),  # still in summer
        (datetime(2026, 11, 9, 11, tzinfo=UTC), "Mon 9 Nov 2026, 03:00"),
    ],
)
def test_the_beginning_of_a_period_stands_on_the_clock_of_its_own_day(
    starts: datetime, begin: str
) -> None:
    report = at_site("Site 003")
    header = replace(report.header, period_start=starts)

    (line,) = clocks(network([replace(report, header=header)]))

    assert line.begin == begin


def test_a_report_of_before_tells_no_clock_and_stands_on_the_one_of_the_report() -> None:
    older = at_site("Site 014", site_zone="", site_hours="")

    (line,) = clocks(network([older]))

    assert (line.zone, line.hours) == ("", "")
    assert line.cut_off == "Mon 16 Nov 2026, 06:00"
    assert HEADER.zone == "America/New_York"
    assert page_of(network([older])).count("not told</td>") >= 2
