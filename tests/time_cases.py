"""The recorded cases of tests/data/time, and small ways of writing moments in tests.

They were made with the pinned tzdata wheel, so nothing else may answer here either.
"""

import csv
import zoneinfo
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

zoneinfo.reset_tzpath(to=())  # as the settings do, for a run that does not load them

FOLDER = Path(__file__).parent / "data" / "time"
NEW_YORK = "America/New_York"


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The lines of tests/data/time/<name>.csv by column."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def instant(text: str) -> datetime:
    """An instant written in ISO 8601 with Z or an offset, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def local(text: str, zone: str = NEW_YORK) -> datetime:
    """The instant at which the clock in `zone` shows `text`, such as 2026-11-20 16:30."""
    return datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)


def shown(at: datetime, zone: str = NEW_YORK) -> str:
    """What the clock in `zone` shows at `at`, such as Mon 2026-11-23 09:00."""
    return f"{at.astimezone(zoneinfo.ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def changing_zones() -> list[str]:
    """The zones whose clocks change between 2026 and 2030, by the recorded transitions."""
    found = {row["zone"] for row in rows("transitions-2024-2030") if row["utc_instant"] >= "2026"}
    return sorted(found)


def changes_from(year: int) -> list[tuple[str, datetime]]:
    """(zone, instant) of every recorded clock change from `year` to 2030."""
    return [
        (row["zone"], instant(row["utc_instant"]))
        for row in rows("transitions-2024-2030")
        if date.fromisoformat(row["utc_instant"][:10]).year >= year
    ]
