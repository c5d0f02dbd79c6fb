"""Cleaning and folding of text that people typed: what may be stored, and what may be compared."""

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_JOINER_RUN = re.compile(f"([{_JOINERS}])[{_JOINERS}]+")
# A joiner shapes Persian, Indic scripts and emoji; between Latin letters it is only invisible.
_JOINER_ALONE = re.compile(
    f"(?<![\u0250-\U0010ffff])[{_JOINERS}]|[{_JOINERS}](?![\u0250-\U0010ffff])"
)
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb\u02b9\u0060\u00b4\uff07]")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_LETTERS_WITHOUT_MARKS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)


def clean_line(text: str) -> str:
    """One line that PostgreSQL, HTML, CSV and a mail header can hold. May run twice.

    NFC; line breaks, tabs and all kinds of space become one space; control characters, lone
    surrogates and invisible formatting characters go (zero-width, direction overrides, BOM,
    soft hyphen), except joiners that shape a script or an emoji. Letters are never changed.
    """
    if text.isascii() and text.isprintable():  # most cells of most files, and ten times as fast
        return " ".join(text.split())
    while (cleaned := _clean_once(text)) != text:
        text = cleaned
    return text


def clean_block(text: str) -> str:
    """As `clean_line` for each line; line breaks (as newlines) and indents of spaces are kept."""
    lines = re.split("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)
    cleaned = [(re.match(" {0,12}", line), clean_line(line)) for line in lines]
    kept = [f"{indent[0] if indent else ''}{line}" if line else "" for indent, line in cleaned]
    return "\n".join(kept).strip("\n")


def fold(text: str) -> str:
    """`text` for comparison only: compatibility forms, case, accents and apostrophes removed.

    Scripts are kept apart: a Cyrillic look-alike does not become its Latin neighbor, and
    "Müller" does not become "Mueller".
    """
    plain = unicodedata.normalize("NFKC", clean_line(text)).casefold()
    plain = _APOSTROPHES.sub("", plain).translate(_LETTERS_WITHOUT_MARKS)
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    plain = unicodedata.normalize("NFKC", plain).casefold()
    return " ".join(re.sub(f"[{_JOINERS}]", "", plain).split())


def words(text: str) -> tuple[str, ...]:
    """The folded words of `text` in order; punctuation and symbols separate words."""
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in fold(text))
    return tuple("".join(kept).split())


def _clean_once(text: str) -> str:
    plain = "".join(_storable(c) for c in unicodedata.normalize("NFC", text))
    plain = _JOINER_ALONE.sub("", _JOINER_RUN.sub(r"\1", plain))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _storable(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "Z" or character in "\t\n\r\x0b\x0c\x85":
        return " "
    if category in ("Cc", "Cs") or (category == "Cf" and character not in _JOINERS):
        return ""
    return character
