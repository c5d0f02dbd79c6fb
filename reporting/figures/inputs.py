"""What a report is computed from: plain values, read from the log as of one moment.

All times are aware UTC instants; every window is [start, end). Nothing here names a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from reporting.figures.shares import CountedAhead, QuietLeads, Sums
from reporting.figures.work_facts import AgreedFacts, ChangeFacts, TargetFacts, WeekSlots

NO_RESPONSE = "no_response"
"""Key in `LeadFacts.milestones` of the first time a lead came to the stage of that name.

Section 12.1 counts it beside the milestones of 3.3, which does not list it.
"""


class Happening(StrEnum):
    """What may happen to a lead more than once; keys of `LeadFacts.happened`."""

    VISIT_BOOKED = "visits_booked"
    VISIT_ATTENDED = "visits_attended"
    VISIT_MISSED = "visits_missed"
    WENT_STALE = "went_stale"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Window:
    """Time from `start` up to, not including, `end`."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, and when the site's log was told."""

    occurred_at: datetime
    recorded_at: datetime


class TurnKind(StrEnum):
    """A change between open and not open."""

    CLOSED = "closed"
    ENROLLED = "enrolled"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Turn:
    """One close, enrollment or reopening. `reason` is the close code of domain.md 9.2.

    `slow_first_response` (DX1): the first response was breached, or fewer attempts than the cadence
    were made; None when that was not worked out. `burden_no_show` (DX3): the missed visits have a
    recorded transport, caregiver or cost reason.
    """

    kind: TurnKind
    occurred_at: datetime
    recorded_at: datetime
    reason: str = ""
    slow_first_response: bool | None = None
    burden_no_show: bool = False

    @property
    def is_merge(self) -> bool:
        """Whether a duplicate was folded into another lead: a minus line of its own (12.1)."""
        return self.kind == TurnKind.CLOSED and self.reason == CloseCode.SRC_DUPLICATE

    @property
    def is_spam(self) -> bool:
        """Whether it turned out to be no person's inquiry (Q2)."""
        return self.kind == TurnKind.CLOSED and self.reason == CloseCode.SRC_SPAM


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """Where leads come from. `label` is the sponsor's label, which names no person (D38)."""

    code: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class BlockerFacts:
    """A blocker open at the cut-off: category and party as in `recruitment.rules.vocabulary`."""

    category: str
    waiting_on: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """The open next action at the cut-off."""

    type: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AskFacts:
    """A question to the sponsor as it stood at the cut-off (AS1). Its words are linted.

    `key` tells it apart, `category` is the blocker that an answer takes off ("" for none).
    `options` are the choices that the site offers. `choice` is the last answer, `option` the one it
    names ("" for none) and `answer` its words; `answered_at` is when it was written down.
    `ended_at` is when it was settled or withdrawn, None while it was not.
    """

    key: int
    kind: str
    party: str
    question: str
    why: str
    raised_at: datetime
    due_at: datetime
    category: str = ""
    choice: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    options: tuple[str, ...] = ()
    option: str = ""


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """One lead, as known at the report's `as_of`; voided entries are left out.

    `milestones` hold the first occurrence by code (3.3, and `NO_RESPONSE`); `turns` are in the
    order of the log. `bucket`, `blockers`, `records` (the roll-up of RC4, "" when none is needed)
    and `action` say how the lead stood at the cut-off; `asks` are keys of those it waits for.
    `taken` are the times that are booked or kept for it, whose slots nobody else can have; and
    `stale_reason` is what the last review of a stale lead named since it last moved (6.2).
    `is_owned`: somebody owned it at the cut-off; `running` are its targets that had begun by then
    and not ended, `paused` those of them that stood still (PZ4).
    """

    source: SourceFacts
    received: Moment
    bucket: str
    milestones: Mapping[str, Moment] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()
    blockers: tuple[BlockerFacts, ...] = ()
    records: str = ""
    action: ActionFacts | None = None
    is_test: bool = False
    asks: tuple[int, ...] = ()
    happened: Mapping[str, tuple[Moment, ...]] = field(default_factory=dict)
    targets: tuple[TargetFacts, ...] = ()
    taken: tuple[datetime, ...] = ()
    stale_reason: str = ""
    is_owned: bool = False
    running: int = 0
    paused: int = 0

    def reached(self, code: MilestoneCode | str, *, by: datetime) -> bool:
        """Whether the milestone was reached before `by` (Q4)."""
        moment = self.milestones.get(str(code))
        return moment is not None and moment.occurred_at < by


@dataclass(frozen=True, slots=True)
class Header:
    """What stands over a report. Words the sponsor may read; no person, no clinic's own name (D38).

    `zone` is the study's report zone (D12), used for printing only. `site_label` is the label of
    the site that sponsors see. `note` is the site lead's own sentence, linted before it comes here.
    `notice` is printed on every page, for instance that the data is a demonstration. `site_zone` is
    that of the site and `site_hours` its opening hours in words, "" where an older report tells
    none (MS5). `next_review_on` is the site's day of its next weekly review, None without one.
    """

    study: str
    study_title: str
    registry_id: str
    sponsor: str
    site_label: str
    zone: str
    number: int
    revision: str
    period_start: datetime
    cut_off: datetime
    as_of: datetime
    previous_cut_off: datetime | None = None
    next_cut_off: datetime | None = None
    issued_by_role: str = ""
    note: str = ""
    notice: str = ""
    site_zone: str = ""
    site_hours: str = ""
    next_review_on: date | None = None


@dataclass(frozen=True, slots=True)
class LastReport:
    """The last issued report of the same study and site (SR1).

    `open_now` and `released` come from its snapshot: the balance goes on from the first (None in
    strict mode, which does not print it; then it is counted again), and a to-date cell that has
    grown by fewer than k since the second keeps its published value (SC4); `released_criteria` are
    the same for closes by criterion. `stale_is_printed`: it told exactly how many leads were stale.
    """

    period_start: datetime
    cut_off: datetime
    as_of: datetime
    open_now: int | None
    released: Mapping[str, int] = field(default_factory=dict)
    released_criteria: Mapping[str, int] = field(default_factory=dict)
    stale_is_printed: bool = False


@dataclass(frozen=True)
class Inputs:
    """Everything one report is computed from.

    `cohort_start` opens the cohort of the source table, which ends at the cut-off (Q1: eight full
    weeks, in site time). `last` is None for the first report, whose period starts at activation.
    `weeks` are those of the site from that of the cut-off on. `planned` is how many the site is to
    enroll, None where nobody entered it. `tells_site_work`: the site opted in to telling its
    ownership coverage and paused share (D39). `quiet` are leads that are not among `leads`: they
    are counted by their shares, since no figure looks at them one by one. `ahead` is what movement,
    balance and funnel of this report come to but for some leads; None where nobody counted it.
    """

    header: Header
    k: int
    leads: Sequence[LeadFacts]
    cohort_start: datetime
    strict: bool = False
    last: LastReport | None = None
    asks: tuple[AskFacts, ...] = ()
    agreed: tuple[AgreedFacts, ...] = ()
    weeks: tuple[WeekSlots, ...] = ()
    planned: int | None = None
    tells_site_work: bool = False
    changes: tuple[ChangeFacts, ...] = ()
    quiet: QuietLeads[LeadFacts] = field(default_factory=QuietLeads)
    ahead: CountedAhead[LeadFacts] | None = None

    @property
    def period(self) -> Window:
        return Window(self.header.period_start, self.header.cut_off)

    @cached_property
    def counted(self) -> tuple[LeadFacts, ...]:
        """The leads that figures count: received before the cut-off, known, and no test (RT2).

        Those that are `quiet` count as well, by their shares.
        """
        return self._that_count(self.leads)

    @cached_property
    def summed(self) -> tuple[tuple[LeadFacts, ...], Sums]:
        """The leads that totals are added up from one by one, and what all others add to them."""
        if self.ahead is None:
            return self.counted, self.quiet.sums
        return self._that_count(self.ahead.apart), self.ahead.sums

    def _that_count(self, leads: Sequence[LeadFacts]) -> tuple[LeadFacts, ...]:
        return tuple(
            lead
            for lead in leads
            if not lead.is_test
            and lead.received.occurred_at < self.header.cut_off
            and lead.received.recorded_at <= self.header.as_of
        )
