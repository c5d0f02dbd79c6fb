"""Who may be under age: every birth column is read for it, and one is kept where it was chosen."""

import pytest

from recruitment.rules.lead_files import DateOrder
from tests.recruitment.rules.test_lead_files_rows import ADA, COLUMNS, KEPT, actions, read

LEFT_OUT = {"birth_date": ""}


@pytest.mark.parametrize(
    ("born", "action", "reason"),
    [
        ("2008-11-21", "accept", ""),
        ("2008-11-22", "minor", "the person may be under 18"),
        ("2008", "minor", "the person may be under 18"),
        ("2007", "accept", ""),
        ("I am 17", "minor", "the person may be under 18"),
        ("18 years old", "accept", ""),
        ("", "accept", ""),
    ],
)
@pytest.mark.parametrize("mapping", [KEPT, LEFT_OUT, None], ids=["kept", "left out", "unsaid"])
def test_who_may_be_under_age_today_is_told(
    born: str, action: str, reason: str, mapping: dict[str, str] | None
) -> None:
    row = read(COLUMNS, f"1,Ada,Example,ada@example.org,,{born},yes", mapping=mapping).rows[0]

    assert (row.action, row.reason) == (action, reason)
    assert mapping == KEPT or (row.birth_date, row.birth_year) == (None, None)


@pytest.mark.parametrize("field", ["note", "received_at", ""])
def test_a_birth_date_is_read_for_the_age_whatever_its_column_goes_into(field: str) -> None:
    row = read(
        "name,phone,D.O.B.", "Ada Example,617-555-0101,2012-03-04", mapping={"D.O.B.": field}
    ).rows[0]

    assert (row.action, row.reason) == ("minor", "the person may be under 18")


@pytest.mark.parametrize(
    ("told", "born", "action"),
    [
        ("1970-01-02", "2012-03-04", "minor"),
        ("2012-03-04", "1970-01-02", "minor"),
        ("", "2012", "minor"),
        ("1970-01-02", "1970-01-02", "accept"),
    ],
)
def test_the_youngest_of_two_birth_columns_decides_and_one_is_kept(
    told: str, born: str, action: str
) -> None:
    row = read(
        "name,phone,question 5,birth_date",
        f"Ada Example,617-555-0101,{told},{born}",
        mapping={"question 5": "birth_date"},
    ).rows[0]

    assert row.action == action
    assert row.birth_year == (int(told[:4]) if told else None)


@pytest.mark.parametrize(
    "header",
    [
        *("DOB", "dob (mm/dd/yyyy)", "D.O.B.", "date_of_birth", "DateOfBirth", "Birth Date"),
        *("birthdate", "BIRTHDAY", "Year of birth", "YOB", "Born", "Born on", "Patient birth date"),
        *("What is your date of birth?", "Geburtsdatum", "Fecha de nacimiento", "Birth year"),
    ],
)
def test_a_birth_column_is_known_by_many_names(header: str) -> None:
    row = read(f"name,phone,{header}", "Ada Example,617-555-0101,2012-03-04").rows[0]

    assert row.action == "minor"


@pytest.mark.parametrize("header", ["Place of birth", "Sex at birth", "Country of birth", "Dobson"])
def test_other_words_about_birth_are_no_birth_date(header: str) -> None:
    file = read(f"name,phone,{header}", "Ada Example,617-555-0101,2012-03-04")

    assert actions(file) == ["accept"]
    assert file.notes == ("1 columns are not read.",)


def test_a_file_says_which_column_is_read_for_the_age_alone() -> None:
    file = read("name,phone,dob,shoe", "Ada Example,617-555-0101,1970-01-02,38")

    assert file.notes == (
        'The column "dob" is read for the age check and is not kept.',
        "1 columns are not read.",
    )


def test_a_birth_date_that_cannot_be_read_for_the_age_is_told() -> None:
    row = read("name,phone,dob", "Ada Example,617-555-0101,long ago").rows[0]

    assert row.action == "accept"
    assert row.warnings == (
        'the column "dob" holds no birth date that can be read for the age check',
    )


@pytest.mark.parametrize("mapping", [KEPT, LEFT_OUT], ids=["kept", "left out"])
def test_a_two_way_date_of_a_child_is_held_back_in_both_readings(mapping: dict[str, str]) -> None:
    file = read(
        COLUMNS, "1,Ada,E,a@example.org,,03/04/2012,", ADA.replace("1,", "2,", 1), mapping=mapping
    )

    assert actions(file) == ["minor", "accept"]
    assert "say which the file uses" in file.notes[0]


def test_a_two_way_date_of_an_adult_asks_nothing_where_it_is_not_kept() -> None:
    file = read(COLUMNS, "1,Ada,E,a@example.org,,03/04/1970,", mapping=LEFT_OUT)

    assert actions(file) == ["accept"]
    assert not any("say which" in note for note in file.notes)


@pytest.mark.parametrize("mapping", [KEPT, LEFT_OUT], ids=["kept", "left out"])
def test_a_child_written_in_the_other_order_than_the_file_is_held_back(
    mapping: dict[str, str],
) -> None:
    row = read(
        COLUMNS,
        "1,Ada,E,a@example.org,,25/12/2012,",
        mapping=mapping,
        date_order=DateOrder.MONTH_FIRST,
    ).rows[0]

    assert (row.action, row.birth_date, row.birth_year) == ("minor", None, None)
