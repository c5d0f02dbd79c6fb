"""What every benchmark begins and ends with: its options, and its table."""

import argparse
from collections.abc import Callable, Sequence

from benchmarks.table import Row, table, write_part

MILLION = 1_000_000


def arguments(about: str | None, *, leads: int | Sequence[int] = MILLION) -> argparse.Namespace:
    """`leads`, a number or several as the default is, and `write`."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument(
        "--leads",
        type=int,
        default=leads,
        nargs=None if isinstance(leads, int) else "+",
        help="leads in the database",
    )
    parser.add_argument("--write", action="store_true", help="put the table in the page")
    return parser.parse_args()


def lead_builder(leads: int) -> Callable[[], None]:
    """What fills a new base with so many leads."""

    def build() -> None:
        from benchmarks.leads import build as fill  # models are there only now

        fill(leads)

    return build


def report(part: str, rows: Sequence[Row], where: str, *, write: bool) -> int:
    """Print the table, put it in the page if asked; 1 if a limit was missed, as an exit status."""
    text = f"{where}\n\n{table(rows)}"
    print(text)
    if write:
        write_part(part, text)
    return 0 if all(row.holds or not row.limit for row in rows) else 1
