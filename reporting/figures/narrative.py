"""What a sentence for sponsors must not hold, as far as its letters tell (12.2 F1, F3, F6; BL1).

Names need the site's own lists and are looked for elsewhere. A finding says what kind of thing was
found and never quotes it.
"""

import re
from collections.abc import Mapping

from recruitment.rules.boundary import BOUNDARY, as_read

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "an e-mail address": re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}"),
    "a web address": re.compile(r"\bhttps?://|\bwww\.", re.IGNORECASE),
    "a date with its year, which may be a birth date": re.compile(
        rf"\b\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}\b"
        rf"|\b{_DAY}\.? (?:{_MONTHS})[a-z]*\.?,? \d{{4}}\b"
        rf"|\b(?:{_MONTHS})[a-z]*\.? {_DAY},? \d{{4}}\b",
        re.IGNORECASE,
    ),
    "a long number, which may be a phone or record number": re.compile(
        r"\+?\d(?:[\s().-]{0,2}\d){6,}"
    ),
    "what looks like a lead number": re.compile(
        r"\b(?=[0-9A-HJKMNP-TV-Z]*\d)(?=[0-9A-HJKMNP-TV-Z]*[A-Z])[0-9A-HJKMNP-TV-Z]{8}\b"
    ),
    "an age": re.compile(r"\b\d{1,3}[- ]?(?:years?[- ]old|y/?o)\b", re.IGNORECASE),
    "a word about eligibility, approval or benefit that only the study team may say": BOUNDARY,
}


def findings(text: str) -> list[str]:
    """What was found, as words that follow "it holds"; empty when nothing was.

    Looks at the letters as a reader sees them: full-width digits count as digits, and characters
    without a width do not hide anything.
    """
    seen = as_read(text)
    return [what for what, pattern in PATTERNS.items() if pattern.search(seen)]
