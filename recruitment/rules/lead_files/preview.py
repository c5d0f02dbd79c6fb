"""What the import page shows before anything is matched: columns, first rows and suggestions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from recruitment.rules.identity import clean_line
from recruitment.rules.lead_files.columns import LeadField, guess_mapping, suggest_by_content
from recruitment.rules.lead_files.kinds import KINDS, guess_kind
from recruitment.rules.lead_files.reading import open_sheet
from recruitment.rules.lead_files.rows import UnreadableFile

SAMPLE_ROWS = 10
SAMPLE_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Preview:
    """A file at first sight. `mapping` is a suggestion; every column may be matched by hand.

    `sample` holds the first rows, cells cleaned and cut, as wide as `columns`. `row_count` counts
    rows below the header, blank and bad ones included, and `filled` those of them in which each
    column holds something. `has_header` False: columns are numbered.
    """

    kind: str
    columns: tuple[str, ...]
    mapping: Mapping[str, LeadField]
    sample: tuple[tuple[str, ...], ...] = field(repr=False)
    row_count: int
    filled: tuple[int, ...]
    has_header: bool
    encoding: str
    is_encoding_guess: bool
    delimiter: str
    notes: tuple[str, ...]


def preview(data: bytes, *, kind: str | None = None, encoding: str | None = None) -> Preview:
    """The file at first sight. `kind` and `encoding` win over the guess. Raises UnreadableFile."""
    if kind is not None and kind not in KINDS:
        raise UnreadableFile("That kind of file is not known here.")
    sheet = open_sheet(data, KINDS[kind or "generic"], encoding=encoding)
    kind = kind or guess_kind(sheet.columns)
    mapping = guess_mapping(sheet.columns, KINDS[kind].extra)
    if not sheet.has_header:
        mapping = suggest_by_content(sheet.records[0].cells)
    return Preview(
        kind=kind,
        columns=sheet.columns,
        mapping=mapping,
        sample=tuple(
            tuple(clean_line(cell[:1000])[:SAMPLE_LETTERS] for cell in cells)
            for cells in (
                (*record.cells, *[""] * len(sheet.columns))[: len(sheet.columns)]
                for record in sheet.records[:SAMPLE_ROWS]
            )
        ),
        row_count=len(sheet.records),
        filled=tuple(
            sum(1 for r in sheet.records if place < len(r.cells) and r.cells[place].strip())
            for place in range(len(sheet.columns))
        ),
        has_header=sheet.has_header,
        encoding=sheet.encoding,
        is_encoding_guess=sheet.is_encoding_guess,
        delimiter=sheet.delimiter,
        notes=sheet.notes,
    )
