"""Bytes of an uploaded file into text, or a sentence saying what the file really is."""

import codecs
from dataclasses import dataclass

from recruitment.rules.lead_files.rows import UnreadableFile

MAX_BYTES = 10 * 1024 * 1024
ENCODINGS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252"),
    *("iso-8859-2", "mac-roman", "shift-jis", "gb18030"),
)
"""What a person may name when the guess is wrong."""

_SAVE_AS = "Open it there, save it as CSV and import that file."
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "The file is a PDF, not a text file with columns."),
    (b"\x1f\x8b", "The file is compressed (gzip). Unpack it and import the CSV file inside."),
    (b"BZh", "The file is compressed (bzip2). Unpack it and import the CSV file inside."),
    (b"\xfd7zXZ\x00", "The file is compressed (xz). Unpack it and import the CSV file inside."),
    (
        b"7z\xbc\xaf\x27\x1c",
        "The file is an archive (7z). Unpack it and import the CSV file inside.",
    ),
    (b"Rar!", "The file is an archive (rar). Unpack it and import the CSV file inside."),
    (b"\xd0\xcf\x11\xe0", f"The file is an old Excel or Word document. {_SAVE_AS}"),
    (b"\x89PNG", "The file is a picture, not a text file with columns."),
    (b"\xff\xd8\xff", "The file is a picture, not a text file with columns."),
    (b"GIF8", "The file is a picture, not a text file with columns."),
    (b"SQLite format 3", "The file is a database, not a text file with columns."),
    (b"{\\rtf", f"The file is a formatted document (RTF). {_SAVE_AS}"),
)
_MARKS: tuple[tuple[bytes, str], ...] = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\r\x0b\x0c\x1a")
_CONTROL_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Decoded:
    """`is_guess`: the bytes fit the encoding but do not prove it; a person should look."""

    text: str
    encoding: str
    is_guess: bool


def decode(data: bytes, *, encoding: str | None = None) -> Decoded:
    """The text of an uploaded file. `encoding` (one of ENCODINGS) wins over the guess.

    Raises UnreadableFile for what is empty, too large, not text, or not in the named encoding.
    Archives are refused by their first bytes and never opened.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableFile("The file is empty.")
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"The file is larger than {MAX_BYTES // 1024**2} MB. Split it.")
    _refuse_other_formats(data)
    if encoding is not None:
        if encoding not in ENCODINGS:
            raise UnreadableFile("That encoding is not known here.")
        return Decoded(_strictly(data, encoding), encoding, is_guess=False)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data, name), name, is_guess=False)
    name = _utf16_without_mark(data)
    if name:
        return Decoded(_strictly(data, name), name, is_guess=True)
    _refuse_binary(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", is_guess=False)
    except UnicodeDecodeError:
        return Decoded(_strictly(data, "cp1252"), "cp1252", is_guess=True)


def _refuse_other_formats(data: bytes) -> None:
    for signature, sentence in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableFile(sentence)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"xl/" in data or b"[Content_Types].xml" in data[:4096]:
            raise UnreadableFile(f"The file is an Excel workbook. {_SAVE_AS}")
        raise UnreadableFile("The file is a zip archive. Unpack it and import the CSV file inside.")
    start = data[:4096].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<?xml")):
        raise UnreadableFile(
            "The file is a web page, not a CSV file. Signing in may have failed when it was saved."
        )
    if start.startswith((b"{", b"[")):
        raise UnreadableFile("The file is JSON, not a CSV file.")


def _utf16_without_mark(data: bytes) -> str:
    """Half the bytes of Western text in UTF-16 are zero, always on the same side."""
    sample = data[:4096]
    pairs = len(sample) // 2
    if pairs < 4:
        return ""
    even, odd = sample[0::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _refuse_binary(data: bytes) -> None:
    controls = len(data) - len(data.translate(None, delete=_CONTROL))
    if controls > 8 and controls > len(data) * _CONTROL_SHARE:
        raise UnreadableFile("The file is not a text file.")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, ValueError):
        if encoding == "cp1252":
            raise UnreadableFile(
                "The file's characters cannot be read. Save it as CSV in UTF-8 and try again."
            ) from None
        raise UnreadableFile(
            f"The file breaks off or is not text in {encoding.upper()}. Save it again."
        ) from None
