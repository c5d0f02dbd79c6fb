"""A study as ClinicalTrials.gov describes it, in plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RegistryStatus(StrEnum):
    """The registry's recruitment words (V3), and UNKNOWN for a record that nobody updates."""

    NOT_YET_RECRUITING = "NOT_YET_RECRUITING"
    RECRUITING = "RECRUITING"
    ENROLLING_BY_INVITATION = "ENROLLING_BY_INVITATION"
    ACTIVE_NOT_RECRUITING = "ACTIVE_NOT_RECRUITING"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"
    UNKNOWN = "UNKNOWN"

    @property
    def label(self) -> str:
        """As ClinicalTrials.gov prints it."""
        return _LABELS[self]


_LABELS = {
    RegistryStatus.NOT_YET_RECRUITING: "Not yet recruiting",
    RegistryStatus.RECRUITING: "Recruiting",
    RegistryStatus.ENROLLING_BY_INVITATION: "Enrolling by invitation",
    RegistryStatus.ACTIVE_NOT_RECRUITING: "Active, not recruiting",
    RegistryStatus.SUSPENDED: "Suspended",
    RegistryStatus.TERMINATED: "Terminated",
    RegistryStatus.COMPLETED: "Completed",
    RegistryStatus.WITHDRAWN: "Withdrawn",
    RegistryStatus.UNKNOWN: "Unknown status",
}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as the registry knows it: year, year and month, or a full day."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first_day(self) -> date:
        """The earliest day it can mean, for sorting; not the day itself unless `day` is set."""
        return date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class RegistryLocation:
    """A place the record names. `facility` is empty where the registry withholds it."""

    facility: str
    city: str
    state: str
    postal_code: str
    country: str
    status: RegistryStatus | None


@dataclass(frozen=True, slots=True)
class RegistryStudy:
    """One study record. Empty text and None mean that the record does not say.

    `phases`, `study_type`, `sponsor_class`, `enrollment_kind` and `sex` are the registry's own
    codes (PHASE2, NA, INTERVENTIONAL, INDUSTRY, ESTIMATED, ALL ...). `minimum_age` and
    `maximum_age` are its own words ("18 Years"). `criteria` keeps its line breaks.
    """

    nct_id: str
    brief_title: str
    official_title: str
    acronym: str
    status: RegistryStatus
    last_known_status: RegistryStatus | None
    why_stopped: str
    study_type: str
    phases: tuple[str, ...]
    conditions: tuple[str, ...]
    enrollment: int | None
    enrollment_kind: str
    sponsor_name: str
    sponsor_class: str
    start: PartialDate | None
    last_update: PartialDate | None
    minimum_age: str
    maximum_age: str
    sex: str
    healthy_volunteers: bool | None
    summary: str
    criteria: str
    locations: tuple[RegistryLocation, ...]
