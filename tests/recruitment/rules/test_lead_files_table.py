"""Bytes into cells: encodings, delimiters, quotes and line breaks, by example and by property."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.lead_files.decode import MAX_BYTES, decode
from recruitment.rules.lead_files.rows import UnreadableFile
from recruitment.rules.lead_files.table import (
    DELIMITERS,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    find_delimiter,
    split_records,
    split_table,
)

TEXT = "name;town\nJos\u00e9;M\u00fcnchen\n"


def written(table: list[list[str]], delimiter: str, newline: str, quoting: int) -> str:
    """A table as another program would write it."""
    if newline == "\r":  # the csv module would leave a newline inside a cell unquoted
        quoting = csv.QUOTE_ALL
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerows(table)
    return file.getvalue()


@pytest.mark.parametrize(
    ("encoding", "told", "is_guess"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8-sig", False),
        ("utf-16", "utf-16", False),
        ("utf-32", "utf-32", False),
        ("utf-16-le", "utf-16-le", True),
        ("utf-16-be", "utf-16-be", True),
        ("cp1252", "cp1252", True),
    ],
)
def test_each_encoding_is_read_and_a_guess_is_called_one(
    encoding: str, told: str, is_guess: bool
) -> None:
    decoded = decode(TEXT.encode(encoding))

    assert (decoded.text, decoded.encoding, decoded.is_guess) == (TEXT, told, is_guess)


def test_a_named_encoding_wins_over_the_guess() -> None:
    data = "name,town\n\u0141ukasz,Krak\u00f3w\n".encode("iso-8859-2")

    assert "\u0141" not in decode(data).text
    assert decode(data, encoding="iso-8859-2").text.startswith("name,town\n\u0141ukasz,Krak\u00f3w")
    with pytest.raises(UnreadableFile, match="not text in UTF-8"):
        decode(data, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="encoding is not known"):
        decode(data, encoding="rot13")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x00" * 50, "The file is empty."),
        (b"\r\n \n", "The file is empty."),
        (b"x" * (MAX_BYTES + 1), "The file is larger than 10 MB. Split it."),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08", "compressed (gzip)"),
        (b"PK\x03\x04....[Content_Types].xml", "an Excel workbook"),
        (b"PK\x03\x04....xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04....leads.csv", "a zip archive"),
        (b"PK\x05\x06" + b"\x00" * 18, "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel or Word document"),
        (b"\x89PNG\r\n", "a picture"),
        (b"{\\rtf1 x}", "a formatted document"),
        (b'\n{"leads": []}', "JSON"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "a web page"),
        (b"  <table><tr>", "a web page"),
        (b"<?xml version='1.0'?>", "a web page"),
        (bytes(range(1, 32)) * 40, "The file is not a text file."),
        (b"\xff\xfe\x41", "breaks off"),
        (b"name\n\x81\x8d\x8f\x90\x9d\n", "characters cannot be read"),
    ],
)
def test_what_is_no_text_is_refused_by_what_it_is(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        decode(data)

    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n", ";"),
        ("a\tb\n1, 2\t3, 4\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("only one column\nvalue\n", ","),
        ('a;b\n"1,2,3,4";2\n"5,6,7,8";2\n', ";"),
        ("Log of site 4\n\nNo;Name;Age\n1;Ada;30,5\n2;Bea;41,2\n", ";"),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_sep_line_is_obeyed_and_not_counted(line: str) -> None:
    records, delimiter = split_table(f"{line}\na;b,c\n1;2\n")

    assert delimiter == ";"
    assert [(r.number, r.cells) for r in records] == [(1, ("a", "b,c")), (2, ("1", "2"))]


def test_blank_lines_are_counted_as_a_spreadsheet_counts_them() -> None:
    records = split_records("a,b\n\n1,2\n , \n", ",")

    assert [(r.number, r.is_blank) for r in records] == [
        (1, False),
        (2, True),
        (3, False),
        (4, True),
    ]


def test_a_quotation_that_is_never_closed_is_told() -> None:
    records = split_records('a,b\n1,2\n"3,4\n5,6\n', ",")

    assert [r.cells for r in records[:2]] == [("a", "b"), ("1", "2")]
    assert (records[2].number, records[2].problem) == (
        3,
        "a quotation mark is opened and never closed",
    )


def test_a_quotation_mark_inside_a_cell_opens_nothing() -> None:
    records = split_records("height,name\n5'11\",Ada\n6'0\",Bea\n", ",")

    assert [r.cells for r in records[1:]] == [("5'11\"", "Ada"), ("6'0\"", "Bea")]


def test_a_cell_beyond_every_limit_spoils_its_own_row_only() -> None:
    huge = "x" * 70_000
    text = f'a,b\n"{huge}\n{huge}\nstill the cell",1\n{"y" * (MAX_CELL + 1)},2\nz,3\n'

    records = split_records(text, ",")

    assert [r.problem for r in records] == ["", *["a cell is too long to read"] * 2, ""]
    assert (records[-1].number, records[-1].cells) == (4, ("z", "3"))


def test_tables_beyond_the_limits_are_refused() -> None:
    with pytest.raises(UnreadableFile, match=f"more than {MAX_ROWS} rows"):
        split_records("a,b\n" * (MAX_ROWS + 2), ",")
    with pytest.raises(UnreadableFile, match=f"more than {MAX_COLUMNS} columns"):
        split_records("," * 1_000_000, ",")
    wide = split_records("," * MAX_COLUMNS + "\n1,2\n", ",")
    assert wide[0].problem == f"it has {MAX_COLUMNS + 1} cells; at most {MAX_COLUMNS} are read"
    assert wide[1].cells == ("1", "2")


# NUL spoils a row on purpose, a lone surrogate cannot be written to a file, and line breaks of all
# kinds become newlines: those three are other tests' business.
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\x1e"), max_size=12)
TABLES = st.integers(2, 6).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)
TAME = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
TAME_TABLES = st.integers(2, 6).flatmap(
    lambda width: st.lists(st.lists(TAME, min_size=width, max_size=width), min_size=2, max_size=8)
)
QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])


@settings(max_examples=200)
@given(TABLES, st.sampled_from([*DELIMITERS]), st.sampled_from(["\n", "\r\n", "\r"]), QUOTING)
def test_any_cells_come_back_whatever_the_delimiter_newline_and_quoting(
    table: list[list[str]], delimiter: str, newline: str, quoting: int
) -> None:
    text = written(table, delimiter, newline, quoting)

    records = split_records(text.replace("\r\n", "\n").replace("\r", "\n"), delimiter)

    assert [list(r.cells) for r in records] == table
    assert [r.number for r in records] == list(range(1, len(table) + 1))


@settings(max_examples=200)
@given(
    TAME_TABLES,
    st.sampled_from([*DELIMITERS]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    QUOTING,
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_a_plain_table_comes_back_from_bytes_without_being_told_anything(
    table: list[list[str]], delimiter: str, newline: str, quoting: int, encoding: str
) -> None:
    data = written(table, delimiter, newline, quoting).encode(encoding)

    records, found = split_table(decode(data).text)

    assert found == delimiter
    assert [list(r.cells) for r in records] == table


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_cells_or_a_sentence(data: bytes) -> None:
    try:
        records, _ = split_table(decode(data).text)
    except UnreadableFile:
        return
    assert all(record.problem or isinstance(record.cells, tuple) for record in records)
