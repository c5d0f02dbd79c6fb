"""Words that only the study team may say, and the software never does (domain.md 15.4, BL1).

The one list: texts of a study's settings are held to it here, sentences for sponsors in reports.
"""

import re
import unicodedata

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage

BOUNDARY = re.compile(
    r"\b(?:in)?eligib\w+|\b(?:dis|un)?qualif(?:y|ies|ied|ying)\b|\bmatched\b|\bapproved\b"
    r"|\baccepted\b|\bguarante\w+|\bwill be enrolled\b|\bwill enroll\b|\bcures?\b|\bcured\b"
    r"|\bsafe\b|\beffective\b|\b(?:new|free) treatment\b",
    re.IGNORECASE,
)


def as_read(text: str) -> str:
    """The letters as a reader sees them.

    Full-width letters and digits count as plain ones, and characters without a width hide nothing.
    """
    seen = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in seen if unicodedata.category(letter) != "Cf")


def check_boundary(text: str, *, field: str) -> None:
    """Raise InvalidInput, naming the word and the field, if `text` holds a word of 15.4 (LB3).

    The name of the stage Not qualified may stand: it is a recorded human decision (D1).
    """
    found = BOUNDARY.search(as_read(text).replace(Stage.NOT_QUALIFIED.label, ""))
    if found:
        raise InvalidInput(
            f"“{found.group()}” is a word that only the study team may say. Say what staff do"
            " instead, such as “for study-team review” or “not proceeding”.",
            field=field,
        )
