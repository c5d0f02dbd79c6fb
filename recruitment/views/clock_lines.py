"""The clocks of one lead as its page lists them: how each stands, whose turn it is (CK3, SLA2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.models import Blocker, Clock, Lead, LeadEvent
from recruitment.queries.first_responses import response_words
from recruitment.queries.lead_rows import LeadRows
from recruitment.rules.clock_codes import ClockOutcome, ClockStanding
from recruitment.rules.clock_words import TURN, ended_words, standing_words
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory
from recruitment.services.calendars import calendar_of
from recruitment.services.clocks import clock_of
from trialsnest.lib.words import DueWords, due, iso

T, Is = TargetKey, ClockStanding
OF_RECORDS = {T.RECORDS_REQUEST, T.RECORDS_CHASE, T.RECORDS_REVIEW}
ANSWERED = {ClockOutcome.MET, ClockOutcome.MET_LATE}

LOOKS: Mapping[ClockStanding, tuple[str, str]] = {
    Is.NOT_STARTED: ("", "ring"),
    Is.ON_TRACK: ("", "next"),
    Is.DUE_SOON: ("warn", "warn"),
    Is.OVERDUE: ("bad", "late"),
    Is.PAUSED: ("", "hold"),
    Is.MET: ("good", "ok"),
    Is.MET_LATE: ("bad", "late"),
    Is.MISSED: ("bad", "no"),
    Is.NOT_APPLICABLE: ("", "ring"),
}
"""The tone and the shape that stand beside the word; neither says anything alone (CK3)."""


@dataclass(frozen=True)
class ClockLine:
    """One clock as the page lists it. `told` is how it ended; empty while it runs."""

    key: int
    label: str
    standing: ClockStanding
    due: DueWords | None
    due_iso: str
    turn: str
    told: str

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return LOOKS[self.standing][0]

    @property
    def shape(self) -> str:
        """The icon of its tag."""
        return LOOKS[self.standing][1]

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return not self.told


@dataclass(frozen=True)
class ClockLines:
    """Running ones by what is due next; ended ones, the latest first."""

    running: Sequence[ClockLine]
    ended: Sequence[ClockLine]


def clock_lines(
    lead: Lead, rows: LeadRows, *, now: datetime, events: Iterable[LeadEvent]
) -> ClockLines:
    """All clocks of the lead, from what its page has read."""
    names = {item.pk: item.get_type_display() for item in rows.records}
    open_blockers = {row.pk: row for row in rows.blockers}
    events = list(events)

    def line(row: Clock) -> ClockLine:
        return _line(row, lead, now=now, names=names, blockers=open_blockers, events=events)

    running = [row for row in rows.clocks if row.ended_at is None]
    ended = [row for row in rows.clocks if row.ended_at is not None]
    running.sort(key=lambda row: (row.due_at is None, row.due_at or now, row.pk))
    ended.sort(key=lambda row: (row.ended_at or now, row.pk), reverse=True)
    return ClockLines([line(row) for row in running], [line(row) for row in ended])


def _line(
    row: Clock,
    lead: Lead,
    *,
    now: datetime,
    names: Mapping[int, str],
    blockers: Mapping[int, Blocker],
    events: list[LeadEvent],
) -> ClockLine:
    clock, calendar = clock_of(row), calendar_of(lead.study_site.site)
    standing = standing_words(clock, calendar, now)
    turn = TURN[clock.target].label
    if standing == Is.PAUSED:
        turn = _party_of_pause(row, blockers) or turn
    is_ended = clock.outcome is not None
    return ClockLine(
        key=row.pk,
        label=label_of_clock(row, names, blockers),
        standing=standing,
        due=due(row.due_at, now=now, zone=calendar.zone) if row.due_at and not is_ended else None,
        due_iso=iso(row.due_at) if row.due_at else "",
        turn="" if is_ended else turn,
        told=ended_words(clock, calendar, result=result_of(row, events)),
    )


def label_of_clock(row: Clock, names: Mapping[int, str], blockers: Mapping[int, Blocker]) -> str:
    """The target, with the record or the blocker that it is about."""
    target = TargetKey(row.target)
    if target in OF_RECORDS and row.subject_id in names:
        return f"{target.label}: {names[row.subject_id].lower()}"
    if target == T.BLOCKER_REVIEW and row.subject_id in blockers:
        return f"{target.label}: {blockers[row.subject_id].get_category_display().lower()}"
    return str(target.label)


def _party_of_pause(row: Clock, blockers: Mapping[int, Blocker]) -> str:
    """Whom the last pause waits on, where its blocker is still open."""
    for blocker, category, *_ in reversed(row.pauses):
        if blocker in blockers:
            return str(blockers[blocker].get_waiting_on_display())
        if category == BlockerCategory.STUDY_PAUSED:
            return str(BLOCKER_PARTIES[BlockerCategory.STUDY_PAUSED][0].label)
    return ""


def result_of(row: Clock, events: Iterable[LeadEvent]) -> str:
    """What came of a first response (SLA2)."""
    answered = row.target == T.FIRST_RESPONSE and row.outcome in ANSWERED
    return response_words(events, row.ended_at) if answered and row.ended_at else ""
