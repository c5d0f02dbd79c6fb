"""Cells that a spreadsheet will not run when a file of ours is opened in one."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would read a formula.

    Phone numbers get it too; they stay readable, and reading them back takes it off.
    """
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_STARTS) else text
