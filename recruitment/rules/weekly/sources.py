"""Which sources a review looks at: few of their leads become reviewable (W2, Q3)."""

from dataclasses import dataclass

from trialsnest.lib.intervals import wilson

FEWEST = 10  # mature leads, below which nothing is said of a source


@dataclass(frozen=True)
class SourceShare:
    """The mature leads of one source, and how many became reviewable candidates."""

    source: int
    reviewable: int
    mature: int

    @property
    def percent(self) -> int:
        """The share in whole percent, half rounded up; 0 where nothing is mature."""
        return (200 * self.reviewable + self.mature) // (2 * self.mature) if self.mature else 0


def is_weak(one: SourceShare, *, reviewable: int, mature: int) -> bool:
    """Whether even the upper end of its 95 % interval lies below the share of the whole study.

    `reviewable` of `mature` are the study's leads at the site, those of the source among them.
    """
    if one.mature < FEWEST or not mature:
        return False
    _, high = wilson(one.reviewable, one.mature)
    return high < reviewable / mature
