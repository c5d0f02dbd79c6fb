"""Approved wording: its languages, and the call-back number in it (DN6, MV3)."""

import re
from collections.abc import Mapping

from recruitment.rules.boundary import check_boundary
from recruitment.rules.identity import clean_block
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import check_readable
from recruitment.rules.work_codes import WordingUse

CALLBACK = "{callback}"
MOST_WORDS = 1000  # characters
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "vi": "Vietnamese",
    "tl": "Tagalog",
    "ar": "Arabic",
    "fr": "French",
    "ko": "Korean",
    "ru": "Russian",
    "pt": "Portuguese",
    "ht": "Haitian Creole",
    "hi": "Hindi",
    "bn": "Bengali",
    "pl": "Polish",
    "de": "German",
    "it": "Italian",
    "ja": "Japanese",
    "el": "Greek",
    "hy": "Armenian",
    "so": "Somali",
}
"""Codes of the languages that wording may be in. A translation is a text of its own (MV3)."""
DEFAULT_LANGUAGE = "en"
_BRACES = re.compile(r"[{}]")


def language_of(words: str) -> str:
    """The code of the language that a person's page names, in whatever case; "" for none known."""
    said = words.strip().casefold()
    return next((code for code, name in LANGUAGES.items() if said.startswith(name.casefold())), "")


def filled(text: str, callback: str) -> str:
    """The text with the number to call back."""
    return text.replace(CALLBACK, callback)


def checked_words(text: str, use: WordingUse) -> str:
    """The text cleaned. Raises InvalidInput, naming the field and what is allowed.

    A voicemail names the number to call back; no other word may stand in braces.
    """
    check_readable(text, field="text")
    words = clean_block(text).strip()
    if not words:
        raise InvalidInput("Write the wording first.", field="text")
    if len(words) > MOST_WORDS:
        raise InvalidInput(f"At most {MOST_WORDS:,} characters.", field="text")
    if _BRACES.search(words.replace(CALLBACK, "")):
        raise InvalidInput(f"Only {CALLBACK} may stand in braces.", field="text")
    if use == WordingUse.VOICEMAIL and CALLBACK not in words:
        raise InvalidInput(f"A voicemail names the number to call: write {CALLBACK}.", field="text")
    check_boundary(words, field="text")
    return words
