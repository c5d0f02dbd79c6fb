"""What the benchmark over HTTP found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass
class Timed:
    """Seconds of each request with one client, requests a second with several, and bytes."""

    alone: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def p50(self) -> float:
        """The median, in seconds."""
        return median(self.alone)

    @property
    def p95(self) -> float:
        """What 95 of 100 requests stay under, in seconds."""
        return quantiles(self.alone, n=20, method="inclusive")[-1]

    @property
    def rate(self) -> float:
        """Requests a second at several clients; 0 where they were not sent."""
        return median(self.rates) if self.rates else 0.0

    @property
    def words(self) -> str:
        """`23.4 and 31.0 ms; 61.2 a second; 78.4 KiB`; what was not measured is left out."""
        said = [f"{self.p50 * 1000:,.1f} and {self.p95 * 1000:,.1f} ms"]
        said += [f"{self.rate:,.1f} a second"] if self.rates else []
        said += [f"{self.size / 1024:,.1f} KiB"] if self.size else []
        return "; ".join(said)


@dataclass(frozen=True)
class Cost:
    """Medians in seconds of what the database took for one post, and how many statements."""

    whole: float
    write: float  # of it what stands in transactions, with COMMIT
    bare: float
    statements: int


@dataclass(frozen=True)
class Race:
    """Posts on the same leads at once: how many were sent, kept and turned away, and lost."""

    sent: int
    kept: int
    refused: int
    lost: int


@dataclass(frozen=True)
class Found:
    """Everything about one size: times by page, the number of statements by reader."""

    leads: int
    took: Mapping[str, Timed]
    statements: Mapping[str, int]
    cost: Cost
    race: Race
