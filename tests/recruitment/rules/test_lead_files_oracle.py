"""Every row of every sample export against `expected.csv`: what happens to it, and each value."""

import csv
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from recruitment.rules.lead_files import (
    Action,
    LeadFile,
    LeadRow,
    guess_kind,
    known_from_row,
    mark_known,
    preview,
    read_lead_file,
)
from tests.plugin.needs import SHARED

FOLDER = Path(__file__).resolve().parents[2] / "data" / "leads"
TODAY = date(2026, 11, 21)
ZONE = ZoneInfo("America/New_York")
KINDS = {
    "meta_lead_ads_export.tsv.csv": "meta",
    "google_forms_responses.csv": "google_forms",
    "typeform_responses.csv": "typeform",
    "redcap_export_raw.csv": "redcap_raw",
    "redcap_export_labels.csv": "redcap_labels",
    "site_screening_log_semicolon_cp1252.csv": "site_log",
}
COUNTS = {
    "meta": {"accept": 148, "duplicate": 2, "reject": 1, "skip": 1},
    "google_forms": {"accept": 57, "duplicate": 1, "review": 1, "skip": 1},
    "typeform": {"accept": 35, "partial": 5},
    "redcap_raw": {"accept": 41, "partial": 9, "child": 118},
    "redcap_labels": {"accept": 41, "partial": 9, "child": 118},
    "site_log": {"accept": 40, "skip": 2},
}
NO_LEAD = {"duplicate", "skip", "reject", "child"}


@cache
def read(name: str) -> LeadFile:
    """The file with everything kept that its headers tell, birth dates too."""
    data = (FOLDER / name).read_bytes()
    return read_lead_file(
        data, kind=KINDS[name], today=TODAY, zone=ZONE, mapping=preview(data).mapping
    )


def rows_of(name: str) -> tuple[LeadRow, ...]:
    """The rows, for Google Forms with the people of the Meta file already on record."""
    rows = read(name).rows
    if KINDS[name] != "google_forms":
        return rows
    meta = read("meta_lead_ads_export.tsv.csv").rows
    return mark_known(rows, [known_from_row(row) for row in meta if row.action is Action.ACCEPT])


def expected(name: str) -> list[dict[str, str]]:
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        return [line for line in csv.DictReader(file) if line["file"] == name]


def as_expected(row: LeadRow) -> dict[str, str]:
    """A row in the columns of the oracle."""
    return {
        "row": str(row.row_number),
        "action": row.action.value,
        "external_id": row.external_id,
        "first": row.first,
        "last": row.last,
        "email": row.email,
        "phone_e164": row.phone,
        "birth_date": row.birth_date.isoformat() if row.birth_date else "",
        "zip": row.postal_code,
        "created_utc": f"{row.received_at:%Y-%m-%dT%H:%M:%SZ}" if row.received_at else "",
        "consent_contact": row.consent_contact,
        "consent_sms": row.consent_sms,
        "channel": row.channel,
    }


@pytest.mark.parametrize("name", KINDS)
def test_every_row_ends_as_the_oracle_says_with_every_value(name: str) -> None:
    oracle = expected(name)
    rows = rows_of(name)
    assert [str(row.row_number) for row in rows] == [line["row"] for line in oracle]

    differing = []
    for row, line in zip(rows, oracle, strict=True):
        for column, value in as_expected(row).items():
            is_stated = line[column] or line["action"] not in NO_LEAD
            # The oracle states a time and a consent for one line that is empty in the file.
            is_blank_line = line["reason"] == "empty line" and column not in ("row", "action")
            if is_stated and not is_blank_line and value != line[column]:
                differing.append((line["row"], column, value, line[column]))

    assert not differing


@pytest.mark.parametrize("name", KINDS)
def test_the_counts_are_those_of_the_oracle(name: str) -> None:
    counts = Counter(row.action.value for row in rows_of(name))

    assert counts == Counter(line["action"] for line in expected(name)) == COUNTS[KINDS[name]]


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_of_a_file_is_told_by_its_columns(name: str) -> None:
    shown = preview((FOLDER / name).read_bytes())

    assert shown.kind == guess_kind(shown.columns) == KINDS[name]
    assert shown.mapping == read(name).mapping
    assert len(shown.sample) == 10
    assert {len(row) for row in shown.sample} == {len(shown.columns)}


def test_each_trap_of_the_meta_export_gets_its_sentence() -> None:
    told = [str(problem) for problem in read("meta_lead_ads_export.tsv.csv").problems]

    assert told == [
        'Row 10: the column "email" holds no e-mail address and is left out.',
        "Row 12: it has no phone number and no e-mail address that can be used.",
        'Row 19: the column "date_of_birth" is day-first in a month-first column and is left '
        "empty.",
        'Row 20: the column "date_of_birth" is no date in the calendar and is left empty.',
        'Row 23: the column "zip_code" holds a ZIP code that may have lost its leading zero.',
        'Row 26: the column "email" holds no e-mail address and is left out.',
        'Row 27: the column "phone_number" holds no complete phone number and is left out.',
        "Row 152: the same record number as row 2.",
        "Row 153: the same person as row 3: same phone number and e-mail address and name.",
    ]


def test_people_of_another_file_are_found_and_nothing_is_merged() -> None:
    by_number = {row.row_number: row for row in rows_of("google_forms_responses.csv")}

    assert by_number[6].reason.startswith("the same person as row ")
    assert by_number[8].reason.endswith("same phone number and name, other e-mail address")
    assert by_number[8].birth_date == date(1975, 8, 5)


def test_words_beside_a_number_are_kept_and_asked_about() -> None:
    row = {r.row_number: r for r in read("google_forms_responses.csv").rows}[12]

    assert row.beside_phone == "call my daughter"
    assert row.warnings == (
        'the column "Best phone number (we will only call about this study)" holds words beside '
        "the number: ask whose number it is",
    )


def test_the_log_of_a_site_knows_days_and_lines_above_its_header() -> None:
    log = read("site_screening_log_semicolon_cp1252.csv")

    assert [row.note for row in log.rows[:40]] == [
        line["note"] for line in expected("site_screening_log_semicolon_cp1252.csv")[:40]
    ]
    assert log.rows[0].received_on == date(2026, 10, 10)
    assert "2 lines above the column names are left out." in log.notes
    assert log.is_encoding_guess


def test_a_row_that_becomes_nothing_carries_no_identity() -> None:
    for name in KINDS:
        for row in read(name).rows:
            if row.action.value in ("skip", "reject", "child"):
                assert not any((row.first, row.last, row.emails, row.phones, row.birth_date))


def test_a_row_shows_no_identity_when_it_is_printed() -> None:
    row = read("typeform_responses.csv").rows[1]

    shown = repr(row)

    assert not [v for v in (row.first, row.last, row.email, row.phone) if v and v in shown]


@pytest.mark.large_data
@pytest.mark.parametrize("name", KINDS)
def test_the_samples_kept_here_are_those_of_the_shared_folder(name: str) -> None:
    shared = SHARED / "data" / "leads" / name

    assert (FOLDER / name).read_bytes() == shared.read_bytes()
