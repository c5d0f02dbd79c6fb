"""Short texts that staff type: cleaned to one line, and refused where they are too long."""

import unicodedata

from recruitment.rules.identity import clean_line
from recruitment.rules.refusals import InvalidInput

MAX_NOTE = 2000  # characters of a note


def line_of(text: str, *, most: int, field: str, missing: str = "") -> str:
    """`text` on one line without control characters; at most `most` of them.

    With `missing` it must say something. Raises InvalidInput, naming the field.
    """
    line = clean_line(text) if text else ""
    if missing and not line:
        raise InvalidInput(missing, field=field)
    if len(line) > most:
        raise InvalidInput(f"At most {most:,} characters.", field=field)
    return line


def check_readable(text: str, *, field: str) -> None:
    """Refuse control characters and halves of characters, which no page, file or mail can hold.

    Line breaks and tabs of all kinds may stand in a text. Raises InvalidInput, naming the field.
    """
    if text.isprintable():
        return
    if any(unicodedata.category(c) in {"Cc", "Cs"} and not c.isspace() for c in text):
        raise InvalidInput("Leave out the characters that cannot be printed.", field=field)
