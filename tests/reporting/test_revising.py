"""What a revision may print beside the report that it replaces: both together isolate nobody."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.stages import Bucket
from reporting.figures.breakdowns import Breakdown
from reporting.figures.report import Report, weekly_report
from reporting.figures.revising import revised_report
from reporting.figures.revisions import Revised, letter_after
from reporting.figures.snapshot import from_document, from_json, to_document, to_json
from reporting.render import report_html
from tests.reporting.samples import sample_inputs

SAID = Revised("A", "entries", "Inquiries were entered twice.")


def reports(seed: int, more: int, *, strict: bool = False) -> tuple[Report, Report]:
    """A report, and what it comes to when the first `more` open leads were entered once more."""
    inputs = sample_inputs(seed, strict=strict)
    still = [lead for lead in inputs.leads if lead.bucket != Bucket.CLOSED and not lead.is_test]
    again = replace(inputs, last=None, leads=inputs.leads + tuple(still[:more]))
    before, now = weekly_report(replace(inputs, last=None)), weekly_report(again)
    return before, revised_report(now, before, SAID)


def breakdowns(value: object) -> Iterator[Breakdown]:
    if isinstance(value, Breakdown):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from breakdowns(getattr(value, field.name))


@given(st.integers(0, 500), st.integers(0, 40))
@settings(max_examples=40)
def test_a_breakdown_beside_its_former_self_tells_of_no_few_leads(seed: int, more: int) -> None:
    before, now = reports(seed, more)

    pairs = list(zip(breakdowns(before), breakdowns(now), strict=True))
    assert len(pairs) >= 5
    for old, new in pairs:
        if new == old or new.is_withheld:
            continue
        cells = [{row.code: row.cell.known for row in table.rows} for table in (old, new)]
        assert None not in {*cells[0].values(), *cells[1].values()}
        for code in {*cells[0], *cells[1]}:
            moved = abs((cells[0].get(code) or 0) - (cells[1].get(code) or 0))
            assert moved == 0 or moved >= now.k


def test_a_table_that_moved_by_one_is_withheld_and_its_total_stands() -> None:
    before, now = reports(0, 1)

    assert not before.open_now.is_withheld
    assert now.open_now.is_withheld
    assert {rate.reached.text for row in now.sources.rows for rate in row.rates} <= {
        "withheld",
        *(rate.reached.text for row in before.sources.rows for rate in row.rates),
    }


def test_the_figures_that_differ_are_worked_out_and_printed_on_the_paper() -> None:
    before, now = reports(0, 1)

    assert now.revised is not None
    said = {(one.label, one.column): (one.before, one.after) for one in now.revised.differences}
    was, is_now = before.moved("new_interest").to_date, now.moved("new_interest").to_date
    assert said["New interest", "to date"] == (was.text, is_now.text)
    html = report_html(to_json(now), paper="a4")
    assert "takes the place of revision A" in html
    assert "Entries in the log were corrected." in html
    assert "Inquiries were entered twice." in html


def test_nothing_changed_is_said_too() -> None:
    before, now = reports(3, 0)

    assert replace(now, revised=None) == before
    assert "No headline total differs." in report_html(to_json(now), paper="a4")


def test_strict_mode_says_of_small_totals_what_it_printed_and_no_more() -> None:
    _, now = reports(0, 1, strict=True)

    assert now.revised is not None
    assert not {one.column for one in now.revised.differences} & {"to date", "at the cut-off"}


def test_a_revision_survives_the_round_trip_and_an_older_report_is_read_as_none() -> None:
    before, now = reports(1, 2)
    older = to_document(before)
    older["schema"] = 2
    inner = older["report"]
    assert isinstance(inner, dict)
    later = (
        *("revised", "agreed", "execution", "scheduling", "stalled", "friction", "planned"),
        "changes",
    )
    for section in later:
        del inner[section]

    assert from_json(to_json(now)) == now
    assert from_document(older) == replace(before, **dict.fromkeys(later))


@pytest.mark.parametrize(("letter", "following"), [("A", "B"), ("Y", "Z"), ("Z", None)])
def test_letters_go_from_b_to_z(letter: str, following: str | None) -> None:
    assert letter_after(letter) == following
