"""Finding the header, and what is shown of a file before anything is matched."""

from datetime import date
from itertools import permutations

import pytest

from recruitment.rules.lead_files import (
    LeadField,
    LeadFile,
    UnreadableFile,
    guess_kind,
    preview,
    read_lead_file,
)

COLUMNS = "id,first_name,last_name,email,phone,birth_date,ok to contact"


def read(*lines: str) -> LeadFile:
    return read_lead_file("\n".join(lines).encode(), kind="generic", today=date(2026, 11, 21))


def test_a_header_below_a_title_with_a_phone_number_is_found() -> None:
    file = read(
        "Site 204, call (860) 555-0176;;;",
        ";;;",
        "Given name;Surname;Tel.;Date",
        "Ada;Example;617-555-0101;20.11.2026",
    )

    assert (file.rows[0].row_number, file.rows[0].first) == (4, "Ada")
    assert file.rows[0].received_on == date(2026, 11, 20)
    assert file.notes == ("1 lines above the column names are left out.",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("first_name,phone", "The file has column names and no rows below them."),
        ("x" * 400, "The file has no columns: no comma, semicolon, tab or bar divides its first"),
        ('"first_name,phone\nAda,617', "The first row cannot be read: a quotation mark is opened"),
        (f"{'a' * 501},phone\nAda,617", "The first row does not look like column names"),
        ("a,b\n1,2", "No column is known to hold a phone number or an e-mail address"),
        ("\ufeff", "The file has no rows."),
    ],
)
def test_a_file_without_a_usable_table_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(text)

    assert sentence in str(refused.value)


def test_the_preview_shows_a_few_short_rows_and_what_it_would_match() -> None:
    data = "\n".join([COLUMNS, *[f"{i},{'long ' * 60},E,a{i}@example.org,,," for i in range(30)]])

    shown = preview(data.encode())

    assert (shown.kind, shown.row_count, len(shown.sample), shown.has_header) == (
        "generic",
        30,
        10,
        True,
    )
    assert max(len(cell) for row in shown.sample for cell in row) == 80
    assert shown.mapping["ok to contact"] is LeadField.CONSENT_CONTACT
    assert (shown.delimiter, shown.encoding) == ("comma", "utf-8")


@pytest.mark.parametrize("columns", list(permutations(["id", "created_time", "form_id"])))
def test_the_order_of_columns_does_not_matter_for_the_kind(columns: tuple[str, ...]) -> None:
    assert guess_kind(columns) == "meta"
