"""What a sentence for sponsors must not hold, as far as its letters tell (12.2 F1, F3, F6; BL1).

Names need the site's own lists and are looked for elsewhere. A finding says what kind of thing was
found and never quotes it.
"""

from recruitment.rules.boundary import as_read
from recruitment.rules.sponsor_text import PATTERNS


def findings(text: str) -> list[str]:
    """What was found, as words that follow "it holds"; empty when nothing was.

    Looks at the letters as a reader sees them: full-width digits count as digits, and characters
    without a width do not hide anything.
    """
    seen = as_read(text)
    return [what for what, pattern in PATTERNS.items() if pattern.search(seen)]
