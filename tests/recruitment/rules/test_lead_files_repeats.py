"""People who stand in a file twice or are on record: suspected, told apart, never merged."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.lead_files import (
    Action,
    KnownPerson,
    LeadFile,
    known_from_row,
    mark_known,
    read_lead_file,
)

TODAY = date(2026, 11, 21)
COLUMNS = "id,first_name,last_name,email,phone,birth_date,ok to contact"
ADA = "1,Ada,Example,ada@example.org,617-555-0101,1970-01-02,yes"


def read(*lines: str) -> LeadFile:
    return read_lead_file(
        "\n".join(lines).encode(),
        kind="generic",
        today=TODAY,
        mapping={"birth_date": "birth_date"} if "birth_date" in lines[0] else None,
    )


def actions(file: LeadFile) -> list[str]:
    return [row.action.value for row in file.rows]


@pytest.mark.parametrize(
    ("second", "action", "reason"),
    [
        (ADA, "duplicate", "the same record number as row 2"),
        (
            "1,Ada,Example,ada@example.org,617-555-0101,1970-01-03,yes",
            "conflict",
            "the record number of row 2 with another content",
        ),
        (
            "2,ADA,EXAMPLE,ADA@example.org,+1 617 555 0101,,yes",
            "duplicate",
            "the same person as row 2: same phone number and e-mail address and name",
        ),
        (
            "2,Ada,Example,,617-555-0101,1970-01-02,yes",
            "duplicate",
            "the same person as row 2: same phone number and name",
        ),
        (
            "2,Ada,Example,new@example.org,617-555-0101,,yes",
            "review",
            "may be the person of row 2: same phone number and name, other e-mail address",
        ),
        (
            "2,Bea,Example,ada@example.org,617-555-0101,,yes",
            "review",
            "may be the person of row 2: same phone number and e-mail address, other name",
        ),
        (
            "2,Ada,Example,ada@example.org,617-555-0101,1999-01-02,yes",
            "review",
            "may be the person of row 2: same phone number and e-mail address and name",
        ),
        (
            "2,Ada,Example,new@example.org,617-555-0199,1970-01-02,yes",
            "review",
            "may be the person of row 2: same name, other phone number and e-mail address",
        ),
        ("2,Ada,Example,new@example.org,617-555-0199,1970-01-03,yes", "accept", ""),
        ("2,Ada,Example,new@example.org,617-555-0199,,yes", "accept", ""),
        ("2,Bea,Example,bea@example.org,617-555-0199,1970-01-02,yes", "accept", ""),
    ],
)
def test_a_repeat_within_the_file_is_told_by_what_it_shares(
    second: str, action: str, reason: str
) -> None:
    row = read(COLUMNS, ADA, second).rows[1]

    assert (row.action, row.reason) == (action, reason)


def test_a_family_on_one_phone_is_suspected_and_never_merged() -> None:
    file = read(
        COLUMNS,
        ADA,
        "2,Bob,Example,bob@example.org,617-555-0101,1968-01-02,yes",
        "3,Cleo,Example,cleo@example.org,617-555-0101,1999-01-02,yes",
    )

    assert actions(file) == ["accept", "review", "review"]
    assert all(row.phone == "+16175550101" for row in file.rows)


def test_people_on_record_are_found_by_label_and_not_by_record_number() -> None:
    rows = read(COLUMNS, ADA, "2,Bea,Example,bea@example.org,617-555-0102,,").rows
    known = known_from_row(rows[0], "lead 7XK2M9QD")
    stranger = KnownPerson(label="lead AAAAAAAA", external_id="2", name="x", emails=frozenset())

    marked = mark_known(rows, [known, stranger])

    assert [row.action for row in marked] == [Action.DUPLICATE, Action.ACCEPT]
    assert marked[0].reason.startswith("the same person as lead 7XK2M9QD: ")
    assert mark_known(marked, [known]) == marked
    assert "ada" not in repr(known)


def test_one_number_in_three_thousand_rows_stays_quick() -> None:
    lines = [
        f"{i},P{chr(97 + i % 26)},N{'abcdefghij'[i % 10]},p{i}@example.org,617-555-0101,,"
        for i in range(3_000)
    ]

    file = read(COLUMNS, *lines)

    assert file.counts[Action.ACCEPT] == 1
    assert file.counts[Action.REVIEW] == 2_999


@given(st.permutations([ADA, "2,Bea,E,bea@example.org,617-555-0102,,", "3,Cy,E,,617-555-0103,,"]))
def test_the_order_of_rows_changes_nothing_when_nobody_repeats(lines: list[str]) -> None:
    assert actions(read(COLUMNS, *lines)) == ["accept"] * 3
