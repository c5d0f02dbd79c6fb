"""A lead file from bytes to rows: the one way in, for every kind of export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from recruitment.rules.lead_files.columns import (
    HEADER_WITHIN,
    LeadField,
    birth_columns,
    field_for,
    guess_mapping,
    looks_like_a_person,
    name_columns,
)
from recruitment.rules.lead_files.dates import DateOrder
from recruitment.rules.lead_files.decode import decode
from recruitment.rules.lead_files.duplicates import mark_within
from recruitment.rules.lead_files.judging import RowReader
from recruitment.rules.lead_files.kinds import KINDS, SourceKind
from recruitment.rules.lead_files.rows import LeadFile, UnreadableFile
from recruitment.rules.lead_files.table import DELIMITERS, Record, split_table


@dataclass(frozen=True, slots=True)
class Sheet:
    """A decoded file with its header found. `records` are the rows below the header."""

    columns: tuple[str, ...]
    records: tuple[Record, ...]
    encoding: str
    is_encoding_guess: bool
    delimiter: str
    has_header: bool
    notes: tuple[str, ...]


def read_lead_file(
    data: bytes,
    *,
    kind: str,
    today: date,
    mapping: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
    region: str = "US",
    date_order: DateOrder | None = None,
    encoding: str | None = None,
) -> LeadFile:
    """Every row of `data` with what must happen to it. Reads only; may run twice.

    `kind` is a code of KINDS. `today` decides who is under age and what lies in the future.
    `mapping` (column to a LeadField code, or "" to leave it out) wins over what the headers say.
    A date of birth is kept only where `mapping` says so; every column that the headers call one is
    read all the same, so that people under age are held back.
    `zone` is the clock of times without an offset; without it only their day is kept. `region`
    gives national phone numbers their country. `date_order` and `encoding` answer what the file
    itself leaves open. Raises UnreadableFile with a sentence when nothing can be read.
    """
    if kind not in KINDS:
        raise UnreadableFile("That kind of file is not known here.")
    source = KINDS[kind]
    sheet = open_sheet(data, source, wanted=tuple(mapping or ()), encoding=encoding)
    fields = _fields(sheet, source, mapping or {})
    unkept = tuple(
        column
        for column in birth_columns(sheet.columns, source.extra)
        if fields.get(column) is not LeadField.BIRTH_DATE
    )
    reader = RowReader(
        source,
        sheet.columns,
        fields,
        unkept_births=unkept,
        today=today,
        zone=zone,
        region=region,
        order=date_order,
    )
    rows = mark_within(reader.read_all(sheet.records))
    return LeadFile(
        kind=kind,
        encoding=sheet.encoding,
        is_encoding_guess=sheet.is_encoding_guess,
        delimiter=sheet.delimiter,
        columns=sheet.columns,
        mapping={column: field.value for column, field in fields.items()},
        rows=rows,
        notes=(*sheet.notes, *reader.questions, *_left_out(sheet, fields, unkept)),
    )


def open_sheet(
    data: bytes,
    source: SourceKind,
    *,
    wanted: Sequence[str] = (),
    encoding: str | None = None,
) -> Sheet:
    """The file as records under named columns. `wanted` are columns the header must have."""
    decoded = decode(data, encoding=encoding)
    records, delimiter = split_table(decoded.text)
    while records and not records[-1].cells and not records[-1].problem:
        records.pop()  # line breaks after the last row
    place = _header_place(records, source, wanted)
    header = records[place]
    if header.problem:
        raise UnreadableFile(f"The first row cannot be read: {header.problem}.")
    notes = []
    if decoded.is_guess:
        notes.append(f"The encoding looks like {decoded.encoding.upper()}; check the names.")
    has_header = not looks_like_a_person(header.cells)
    if has_header:
        above = sum(1 for record in records[:place] if not record.is_blank)
        if above:
            notes.append(f"{above} lines above the column names are left out.")
        columns, rows = name_columns(header.cells), records[place + 1 :]
    else:
        notes.append("The file has no column names, so columns are numbered.")
        columns, rows = name_columns([""] * len(header.cells)), records[place:]
    if not rows:
        raise UnreadableFile(
            "The file has column names and no rows below them."
            if len(columns) > 1
            else "The file has no columns: no comma, semicolon, tab or bar divides its first rows."
        )
    return Sheet(
        columns=columns,
        records=tuple(rows),
        encoding=decoded.encoding,
        is_encoding_guess=decoded.is_guess,
        delimiter=DELIMITERS[delimiter],
        has_header=has_header,
        notes=tuple(notes),
    )


def _header_place(records: list[Record], source: SourceKind, wanted: Sequence[str]) -> int:
    """The first record that reads like column names; else the first that is not blank."""
    filled = [i for i, record in enumerate(records[:HEADER_WITHIN]) if not record.is_blank]
    if not filled:
        raise UnreadableFile("The file has no rows.")
    for place in filled:
        record = records[place]
        is_row = sum(1 for cell in record.cells if cell.strip()) > 1  # not a title with a number
        if record.problem or (is_row and looks_like_a_person(record.cells)):
            break
        if wanted and set(wanted).issubset(name_columns(record.cells)):
            return place
        if sum(1 for cell in record.cells if field_for(cell, source.extra)) >= 2:
            return place
    return filled[0]


def _left_out(sheet: Sheet, fields: Mapping[str, LeadField], unkept: Sequence[str]) -> list[str]:
    unread = sum(column not in fields and column not in unkept for column in sheet.columns)
    for_age = [
        f'The column "{column[:60]}" is read for the age check and is not kept.'
        for column in unkept
        if column not in fields
    ]
    return [*for_age, *([f"{unread} columns are not read."] if unread else [])]


def _fields(sheet: Sheet, source: SourceKind, mapping: Mapping[str, str]) -> dict[str, LeadField]:
    unknown = [column for column in mapping if column not in sheet.columns]
    if unknown:
        raise UnreadableFile(f'The file has no column named "{unknown[0][:60]}".')
    if not set(mapping.values()).issubset({*LeadField, ""}):
        raise UnreadableFile("A column is matched to a field that is not known here.")
    guessed = guess_mapping(sheet.columns, source.extra)
    fields: dict[str, LeadField] = {
        column: field for column, field in guessed.items() if field is not LeadField.BIRTH_DATE
    }
    for column, code in mapping.items():
        fields.pop(column, None)
        if code:
            fields[column] = LeadField(code)
    fields = {column: fields[column] for column in sheet.columns if column in fields}
    if not {LeadField.PHONE, LeadField.EMAIL} & set(fields.values()):
        what = (
            "No column is known to hold"
            if sheet.has_header
            else ("The file has no column names, so no column is known to hold")
        )
        raise UnreadableFile(
            f"{what} a phone number or an e-mail address ({source.label}). Say which one does."
        )
    return fields
