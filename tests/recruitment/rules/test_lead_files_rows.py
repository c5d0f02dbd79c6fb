"""What becomes of a row: mapping, permissions, age, repeats in the file and people on record."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.lead_files import (
    KINDS,
    Action,
    DateOrder,
    LeadField,
    LeadFile,
    LeadRow,
    UnreadableFile,
    preview,
    read_lead_file,
)

TODAY = date(2026, 11, 21)
ZONE = ZoneInfo("America/New_York")
COLUMNS = "id,first_name,last_name,email,phone,birth_date,ok to contact"
ADA = "1,Ada,Example,ada@example.org,617-555-0101,1970-01-02,yes"
KEPT = {"birth_date": "birth_date"}


def read(
    *lines: str,
    kind: str = "generic",
    mapping: dict[str, str] | None = None,
    region: str = "US",
    date_order: DateOrder | None = None,
) -> LeadFile:
    return read_lead_file(
        "\n".join(lines).encode(),
        kind=kind,
        today=TODAY,
        zone=ZONE,
        mapping=mapping,
        region=region,
        date_order=date_order,
    )


def actions(file: LeadFile) -> list[str]:
    return [row.action.value for row in file.rows]


def test_a_plain_row_becomes_normalized_values() -> None:
    file = read(
        COLUMNS + ",received,zip,language,best time,notes",
        ADA + ",2026-11-20 10:00:00,2139,Spanish,after 5,from the fair",
        mapping=KEPT,
    )

    assert file.rows == (
        LeadRow(
            row_number=2,
            action=Action.ACCEPT,
            external_id="1",
            first="Ada",
            last="Example",
            emails=("ada@example.org",),
            phones=("+16175550101",),
            birth_date=date(1970, 1, 2),
            birth_year=1970,
            postal_code="2139",
            received_at=datetime(2026, 11, 20, 15, tzinfo=UTC),
            consent_contact="yes",
            language="Spanish",
            best_time="after 5",
            note="from the fair",
            channel="file",
            warnings=('the column "zip" holds a ZIP code that may have lost its leading zero',),
        ),
    )


def test_a_mapping_wins_over_the_headers_and_may_leave_a_column_out() -> None:
    file = read(
        "who,contact,birth_date,phone",
        "Ada Example,ada@example.org,1970-01-02,+16175550101",
        mapping={"who": "name", "contact": "email", "birth_date": ""},
    )

    row = file.rows[0]
    assert (row.first, row.last, row.email) == ("Ada", "Example", "ada@example.org")
    assert (row.phone, row.birth_date) == ("+16175550101", None)
    assert file.mapping == {"who": "name", "contact": "email", "phone": "phone"}


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"nobody": "email"}, 'The file has no column named "nobody".'),
        ({"email": "shoe_size"}, "A column is matched to a field that is not known here."),
        ({"email": "", "phone": ""}, "No column is known to hold a phone number or an e-mail"),
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(mapping: dict[str, str], sentence: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(COLUMNS, ADA, mapping=mapping)

    assert sentence in str(refused.value)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="kind of file is not known"):
        read(COLUMNS, ADA, kind="fax")
    with pytest.raises(UnreadableFile, match="kind of file is not known"):
        preview(b"a,b\n1,2\n", kind="fax")


def test_every_field_has_a_label_and_every_kind_too() -> None:
    assert all(field.label for field in LeadField)
    assert all(kind.label and kind.channel for kind in KINDS.values())


@pytest.mark.parametrize(
    ("answer", "read_as"),
    [
        ("yes", "yes"),
        ("Y", "yes"),
        ("1", "yes"),
        ("Checked", "yes"),
        ("I agree to this.", "yes"),
        ("No", "no"),
        ("0", "no"),
        ("No, thanks", "no"),
        ("", ""),
        ("maybe", ""),
    ],
)
def test_a_permission_is_yes_no_or_not_said(answer: str, read_as: str) -> None:
    row = read(COLUMNS, f'1,Ada,Example,ada@example.org,,,"{answer}"').rows[0]

    assert row.consent_contact == read_as
    assert bool(row.warnings) == (answer == "maybe")


def test_a_tick_box_left_empty_in_a_form_means_no() -> None:
    file = read(
        "Timestamp,Email Address,I agree to be contacted",
        "11/19/2026 21:41:43,a@example.org,I agree to be contacted",
        "11/19/2026 21:42:43,b@example.org,",
        kind="google_forms",
    )

    assert [row.consent_contact for row in file.rows] == ["yes", "no"]


def test_a_bad_contact_point_is_left_out_and_the_other_one_keeps_the_row() -> None:
    file = read(
        COLUMNS,
        "1,Ada,Example,ada@@example.org,617-555-0101,,",
        "2,Bea,Example,bea@example.org,12,,",
        "3,Cy,Example,none,none,,",
    )

    assert actions(file) == ["accept", "accept", "reject"]
    assert [(row.email, row.phone) for row in file.rows] == [
        ("", "+16175550101"),
        ("bea@example.org", ""),
        ("", ""),
    ]
    assert [str(problem) for problem in file.problems] == [
        'Row 2: the column "email" holds no e-mail address and is left out.',
        'Row 3: the column "phone" holds no complete phone number and is left out.',
        'Row 4: the column "phone" holds no complete phone number and is left out.',
        'Row 4: the column "email" holds no e-mail address and is left out.',
        "Row 4: it has no phone number and no e-mail address that can be used.",
    ]


def test_a_name_beyond_the_limit_is_refused_and_never_cut() -> None:
    file = read(
        COLUMNS, f"1,{'A' * 200},Example,a@example.org,,,", f"2,{'A' * 201},E,b@example.org,,,"
    )

    assert actions(file) == ["accept", "reject"]
    assert file.rows[1].reason == 'the column "first_name" holds a name of more than 200 letters'


def test_the_region_decides_about_national_numbers() -> None:
    row = read("name,phone", "Ada Example,020 7946 0958", region="GB").rows[0]

    assert row.phone == "+442079460958"


def test_ambiguous_dates_of_a_file_are_asked_about_once() -> None:
    lines = (COLUMNS, "1,Ada,E,a@example.org,,03/04/1970,", "2,Bea,E,b@example.org,,05/06/1971,")

    open_question = read(*lines, mapping=KEPT)
    answered = read(*lines, mapping=KEPT, date_order=DateOrder.MONTH_FIRST)

    assert actions(open_question) == ["review", "review"]
    assert [row.birth_year for row in open_question.rows] == [1970, 1971]
    assert open_question.notes == (
        "Dates can be read day first or month first: say which the file uses.",
    )
    assert [row.birth_date for row in answered.rows] == [date(1970, 3, 4), date(1971, 5, 6)]


TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)
PERSON_CELLS = st.sampled_from(
    [
        "",
        "Ada",
        "617-555-0101",
        "ada@example.org",
        "1970-01-02",
        "yes",
        "#REF!",
        "<test lead: x>",
        "Total",
        "\u200b",
        "03/04/1970",
    ]
)


@given(
    st.sampled_from([*KINDS]),
    st.lists(st.lists(PERSON_CELLS | TYPED, min_size=7, max_size=7), max_size=6),
)
def test_no_row_of_any_kind_ends_in_anything_but_an_action(
    kind: str, table: list[list[str]]
) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]

    file = read_lead_file("\n".join([COLUMNS, ADA, *lines]).encode(), kind=kind, today=TODAY)

    assert len(file.rows) >= 1
    for row in file.rows:
        assert row.action in Action
        assert row.action is Action.ACCEPT or row.reason
        assert row.action is not Action.ACCEPT or row.emails or row.phones
