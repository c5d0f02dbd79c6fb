"""The figures of a report as rows for a spreadsheet, from its snapshot alone (D39, SC5).

Every value is written as the report prints it, so what is hidden there is hidden here.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from recruitment.rules.lead_files.safe_cells import safe_cell
from reporting.figures.cells import Cell
from reporting.figures.snapshot import from_json, sha256

HEADS = ("section", "row", "figure", "value")
NAMES = ("label", "question", "column")
"""Attributes that name a row of a table, in the order of the words."""
APART = frozenset({*NAMES, "code", "detail", "released"})
"""Attributes that are no figure: those that name a row, and what the next report goes on from."""

Line = tuple[str, str, str, object]


def figures_csv(snapshot: str) -> bytes:
    """The figures as CSV (UTF-8 with BOM), its first line of values being the snapshot's hash.

    No cell is run as a formula by a spreadsheet. Raises UnreadableSnapshot.
    """
    report = from_json(snapshot)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerow(("report", "", "snapshot sha256", sha256(snapshot)))
    for field in fields(report):
        if getattr(report, field.name) is None:
            continue  # a section that the report does not have
        for line in _lines(getattr(report, field.name), field.name, "", ""):
            writer.writerow([_cell(value) for value in line])
    return out.getvalue().encode("utf-8-sig")


def _lines(value: object, section: str, row: str, figure: str) -> Iterator[Line]:
    """One line per value, however deep it stands; a list adds to the row, a field to the figure."""
    if isinstance(value, Cell) or not (isinstance(value, tuple) or is_dataclass(value)):
        yield section, row, figure.replace("_", " "), value
        return
    if isinstance(value, tuple):
        for place, item in enumerate(value, start=1):
            named = _name(item) or str(place)
            yield from _lines(item, section, f"{row}, {named}" if row else named, figure)
        return
    for field in fields(value):
        if field.name not in APART:
            inner = f"{figure} {field.name}".strip()
            yield from _lines(getattr(value, field.name), section, row, inner)


def _name(item: object) -> str:
    parts = [str(getattr(item, name, "")) for name in (*NAMES, "detail")]
    return ", ".join(part for part in parts if part)


def _cell(value: object) -> str | int:
    if isinstance(value, Cell):
        return value.text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    if isinstance(value, date):  # a moment too, which is one
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None else safe_cell(str(value))
