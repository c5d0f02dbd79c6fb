"""Short texts that staff type: cleaned to one line, and refused where they are too long."""

from recruitment.rules.identity import clean_line
from recruitment.rules.refusals import InvalidInput


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
