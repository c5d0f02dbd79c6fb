"""What of a half-typed form is kept, and how much of it (reliability: nothing typed is lost)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import check_readable

KEPT = timedelta(days=7)
MOST_FIELDS = 60
MOST_LETTERS = 12_000  # of all fields together; the longest form allows less
MOST_NAME = 40
NEVER = frozenset(
    {"csrfmiddlewaretoken", "seen", "once", "back", "draft", "sure", "confirmed", "do", "key"}
)
"""What belongs to one page and not to what somebody typed."""

Words = dict[str, list[str]]


def words_of(typed: Mapping[str, Sequence[str]]) -> Words:
    """What is kept of a form's fields: without tokens, versions and fields left empty.

    Raises InvalidInput where it is too much, or holds characters that no page can hold.
    """
    words = {
        name: [str(value) for value in values]
        for name, values in typed.items()
        if name not in NEVER and any(values)
    }
    letters = sum(len(value) for values in words.values() for value in values)
    if len(words) > MOST_FIELDS or letters > MOST_LETTERS or any(_is_odd(name) for name in words):
        raise InvalidInput(f"A draft holds at most {MOST_LETTERS:,} characters.", field="words")
    for values in words.values():
        for value in values:
            check_readable(value, field="words")
    return words


def _is_odd(name: str) -> bool:
    return len(name) > MOST_NAME or not name.replace("_", "").isalnum()
