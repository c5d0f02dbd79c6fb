"""Words meant for a sponsor name no person (D38). A simple hook; the lint deepens with reports."""

import re
from collections.abc import Iterable

from recruitment.rules.refusals import InvalidInput

_TITLE = re.compile(
    r"\b(?:(?:dr|mr|mrs|ms|prof)\b\.?\s*(?=[^\W\d_])|(?:m\.?d|ph\.?d|r\.?n)\b\.?(?!\w))",
    re.IGNORECASE,
)
_SHORTEST_NAME = 4  # letters; shorter ones are words too often


def check_names_no_person(text: str, known_names: Iterable[str], *, field: str) -> None:
    """Raise InvalidInput, naming the field, if `text` has a title or the name of a known person.

    A known person is found by the whole name, or by the last one when it has four letters or more
    and stands with a capital in the text.
    """
    found = _TITLE.search(text)
    word = found.group().strip() if found else _known(text, known_names)
    if word:
        raise InvalidInput(
            f"Sponsors read this, so it names no person: leave out “{word}” and say the kind and"
            " the campaign, such as “Clinician referral, spring”.",
            field=field,
        )


def _known(text: str, names: Iterable[str]) -> str:
    for name in names:
        words = name.split()
        if len(words) > 1 and _stands_in(name, text, re.IGNORECASE):
            return name
        last = words[-1] if words else ""
        if len(last) >= _SHORTEST_NAME and last[0].isupper() and _stands_in(last, text):
            return last
    return ""


def _stands_in(name: str, text: str, flags: int = 0) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags) is not None
