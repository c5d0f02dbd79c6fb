"""The hostile upload files by name: the small ones as kept, the large ones made here."""

import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "data" / "hostile-csv"
HEADER = b"first_name,last_name,email,phone,birth_date\n"
ADA = b"Ada,Example,ada@example.org,+16175550101,1970-01-02\n"
JOSE = "Jos\u00e9,\u00d1and\u00fa,jose@example.org,+16175550102,1971-02-03\n".encode()


def manifest() -> list[dict[str, Any]]:
    """What must happen to each file."""
    cases: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    return cases


@cache
def content(name: str) -> bytes:
    """The bytes of a file of the manifest."""
    make = _LARGE.get(name)
    return make() if make else (FOLDER / name).read_bytes()


def _cell_of_a_megabyte() -> bytes:
    return HEADER + b"A" * 1_000_000 + b",Example,a@example.org,+16175550106,1970-01-02\n" + JOSE


def _same_person_5000_times() -> bytes:
    return HEADER + ADA * 5_000


def _zip_that_opens_to_60_megabytes() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("leads.csv", HEADER + ADA)
        archive.writestr("bomb.csv", b"\x00" * (60 * 1024 * 1024))
    return packed.getvalue()


_LARGE = {
    "30_cell_1MB.csv": _cell_of_a_megabyte,
    "33_same_person_5000_times.csv": _same_person_5000_times,
    "38_zip_bomb_60MB.zip": _zip_that_opens_to_60_megabytes,
    "40_billion_columns_quotes.csv": lambda: b'"' * 200_000,
    "41_long_line_no_delimiter.csv": lambda: b"x" * 200_000,
}
