"""A demo as small as a test needs it."""

from datetime import UTC, datetime

from recruitment.demo.loading import Counts, load

TUESDAY = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)  # 14:00 in New York
SATURDAY = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
PASSWORD = "demo words for a test"


def make_demo(*, leads: int, seed: int = 1, at: datetime = TUESDAY, processes: int = 1) -> Counts:
    """Load a demo without a word."""
    return load(
        seed=seed,
        at=at,
        password=PASSWORD,
        leads=leads,
        processes=processes,
        say=lambda line: None,
    )
