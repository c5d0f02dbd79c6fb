"""The moment around which the benchmarks' data is dated, and a clock that begins there.

A queue is read by the clock: what is past due today is not what was past due last week. The data
is made once and kept, so whoever reads it does so on the second of March, whatever the real date.
"""

from datetime import UTC, datetime

from django.utils import timezone

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""A Monday, ten in the morning in New York."""

_real_now = timezone.now


def begin() -> None:
    """From here on `django.utils.timezone.now`, by which the product tells time, runs from AT.

    Only in this process, and without a cost for those who ask. May be called again.
    """
    ahead = _real_now() - AT
    timezone.now = lambda: _real_now() - ahead
