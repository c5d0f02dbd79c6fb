"""Sections about the site's own work in words, the same for the page and the paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reporting.figures.agreed import AgreedRow, Outcome
from reporting.figures.cells import Shown
from reporting.figures.changes import ChangeRow
from reporting.figures.rates import Rate
from reporting.figures.report import Report
from reporting.figures.scheduling import Room, Scheduling
from reporting.figures.site_work import SiteWork
from trialsnest.lib.words import counted, day, day_short, local

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.OPEN: "Under way",
    Outcome.LATE: "Not done: past its day",
    Outcome.PUT_OFF: "Not done: put off by a review",
    Outcome.CARRIED: "Not done: carried over",
    Outcome.ESCALATED: "Not done: escalated",
    Outcome.DONE: "Done",
    Outcome.DROPPED: "Dropped by a review",
}


@dataclass(frozen=True, slots=True)
class RateWords:
    """A rate as printed: `13 of 38`, `34%`, and for an early signal its interval."""

    count: str
    pct: str
    interval: str


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One change after patients spoke, as printed."""

    row: ChangeRow
    on: str


@dataclass(frozen=True, slots=True)
class AgreedWords:
    """One agreed action as printed."""

    row: AgreedRow
    due: str
    outcome: str
    is_late: bool


def change_words(report: Report) -> dict[str, list[ChangeWords]]:
    """What was changed after patient groups spoke, and what was taken back of it."""
    table = report.changes
    if table is None:
        return {"made": [], "taken_back": []}
    return {
        "made": [ChangeWords(row, day(row.on)) for row in table.made],
        "taken_back": [ChangeWords(row, day(row.on)) for row in table.taken_back],
    }


def agreed_words(report: Report) -> dict[str, list[AgreedWords]] | None:
    """What was agreed before and since, each with what came of it; None in an older report."""
    zone = report.header.zone
    if report.agreed is None:
        return None
    return {
        "before": [_agreed(row, zone) for row in report.agreed.before],
        "since": [_agreed(row, zone) for row in report.agreed.since],
    }


def _agreed(row: AgreedRow, zone: str) -> AgreedWords:
    said = OUTCOMES[row.outcome]
    if row.outcome in {Outcome.DONE, Outcome.DROPPED}:
        said += _on(row.ended_at, zone)
    elif row.now_due_on is not None:
        said += f", now by {day_short(row.now_due_on)}"
    return AgreedWords(row, day_short(row.due_on), said, is_late=row.outcome == Outcome.LATE)


def _on(at: datetime | None, zone: str) -> str:
    return f", {day_short(local(at, zone))}" if at else ""


def room_words(found: Scheduling | None) -> list[str]:
    """How many visit slots the weeks ahead have and how many are free."""
    return [_room(room) for room in found.room] if found else []


def _room(room: Room) -> str:
    said = f"Next {room.weeks} weeks: {counted(room.slots, 'visit slot')}"
    if not room.slots:
        return f"{said}."
    if room.free.shown == Shown.WITHHELD:
        return f"{said}; how many are free is withheld."
    return f"{said}, {room.free.text} free."


def rate_words(rate: Rate, *, none: str = "no leads yet") -> RateWords:
    """A rate as printed (Q6, SN1, SN2). Without a base it says `none`, which is not zero (SN6)."""
    if not rate.base:
        return RateWords(none, "", "")
    comma = "," if rate.reached.shown == Shown.WITHHELD else ""
    return RateWords(
        f"{rate.reached.text}{comma} of {rate.base:,}",
        "" if rate.pct is None else f"{rate.pct}%",
        f"{rate.low}–{rate.high}%" if rate.is_early else "",  # noqa: RUF001  (a range)
    )


def execution_words(report: Report) -> list[tuple[str, RateWords, RateWords]]:
    """Each target with how often it was met in the period and over the weeks of the cohort."""
    none = "none due yet"
    return [
        (row.label, rate_words(row.this, none=none), rate_words(row.cohort, none=none))
        for row in report.execution or ()
    ]


def work_words(found: SiteWork | None) -> list[tuple[str, RateWords]]:
    """The two shares of a site that opted in (D39); nothing of another."""
    if found is None:
        return []
    return [
        ("Ownership coverage", rate_words(found.coverage, none="no open leads")),
        ("Paused share", rate_words(found.paused, none="no target runs")),
    ]
