"""Names of files that are handed out."""

import re

_OTHER = re.compile(r"[^A-Za-z0-9]+")


def safe_name(words: str, ending: str) -> str:
    """`words` as a name that every system takes: plain letters and digits, joined by hyphens."""
    return f"{_OTHER.sub('-', words).strip('-')}.{ending}"
