"""Changes after patient groups spoke: told once, and taken back where wrong (12.1, 13)."""

from dataclasses import replace
from datetime import date, timedelta

from reporting.figures.changes import ChangeTable
from reporting.figures.report import weekly_report
from reporting.figures.snapshot import from_document, from_json, to_document, to_json
from reporting.figures.work_facts import ChangeFacts
from reporting.render import report_html
from reporting.sheet import figures_csv
from tests.reporting.samples import HEADER, sample_inputs

START, SECOND = HEADER.period_start, timedelta(seconds=1)
PARKING = ChangeFacts(
    "costs", "burden", "Parking is told of before the first visit.", date(2026, 11, 12), START
)
OLDER = replace(PARKING, words="The page says how long a visit takes.", recorded_at=START - SECOND)


def table(*changes: ChangeFacts, is_first: bool = False) -> ChangeTable:
    found = weekly_report(replace(sample_inputs(is_first=is_first), changes=changes)).changes
    assert found is not None
    return found


def words(found: ChangeTable) -> tuple[list[str], list[str]]:
    return [row.words for row in found.made], [row.words for row in found.taken_back]


def test_a_change_is_told_in_the_period_in_which_it_was_written_down() -> None:
    found = table(OLDER, PARKING)

    assert words(found) == ([PARKING.words], [])
    (row,) = found.made
    assert (row.label, row.topic) == ("Burden raised earlier", "Costs and logistics to raise early")
    assert row.on == date(2026, 11, 12)


def test_the_first_report_tells_all_of_them_in_the_order_of_their_days() -> None:
    before = replace(OLDER, on=date(2026, 11, 20))

    assert words(table(before, PARKING, is_first=True)) == ([PARKING.words, before.words], [])


def test_one_that_was_wrong_is_not_told_or_is_taken_back_where_it_was() -> None:
    last = sample_inputs().last
    assert last is not None
    never_told = replace(OLDER, voided_at=last.as_of)
    taken_back = replace(OLDER, voided_at=last.as_of + SECOND)

    assert words(table(replace(PARKING, voided_at=START + SECOND))) == ([], [])
    assert words(table(never_told)) == ([], [])
    assert words(table(taken_back)) == ([], [OLDER.words])
    assert words(table(taken_back, is_first=True)) == ([], [])


def test_a_change_is_known_as_of_the_moment_of_the_report() -> None:
    later = replace(PARKING, voided_at=START + SECOND)

    assert later.known_at(START) == PARKING
    assert later.known_at(START + SECOND) == later


def test_the_paper_and_the_csv_print_it_and_an_older_report_is_read_without() -> None:
    taken_back = replace(OLDER, voided_at=HEADER.as_of)
    report = weekly_report(replace(sample_inputs(), changes=(PARKING, taken_back)))
    text = to_json(report)
    html, sheet = report_html(text, paper="a4"), figures_csv(text).decode("utf-8-sig")
    without = report_html(to_json(weekly_report(sample_inputs())), paper="a4")

    assert from_json(text) == report
    assert f"Burden raised earlier. {PARKING.words}" in html
    assert "Told in an earlier report by mistake" in html
    assert PARKING.words in sheet
    assert "None recorded." not in html
    assert "None recorded." in without
    assert html.count("Changes made from patient-group input</h2>") == 1
    older = to_document(report)
    older["schema"] = 3
    assert from_document(older) == replace(report, changes=None)
