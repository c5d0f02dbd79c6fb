"""Random quarters: one study at one site, and its weekly reports as they would have been issued.

Nothing is voided, and what settles a cohort is told at once; everything else is told late at times.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import RecordsState
from reporting.figures.inputs import (
    NO_RESPONSE,
    ActionFacts,
    BlockerFacts,
    Header,
    Inputs,
    LeadFacts,
    Moment,
    SourceFacts,
    Turn,
    TurnKind,
)
from reporting.figures.movement import is_open
from reporting.figures.report import Report, as_last, told, weekly_report
from tests.reporting.samples import BLOCKERS, CLOSES, HEADER, SOURCES, STAGE_ACTION, STEPS

WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
WEEKS = 13
FIRST_CUT_OFF = HEADER.cut_off
READ_AFTER, REVISED_AFTER = timedelta(hours=3), timedelta(days=3)
REVISED = 0.1
"""How often a report is issued again, with what was told late."""
NEW_LEADS_A_WEEK = (1, 2, 4, 8, 13, 25, 60)


@dataclass(frozen=True)
class Life:
    """All that ever happens to a lead; `blocked` and `stale` are stretches of time."""

    source: SourceFacts
    received: Moment
    milestones: dict[str, Moment]
    turns: tuple[Turn, ...]
    blocked: tuple[tuple[str, str, datetime, datetime], ...]
    stale: tuple[datetime, datetime]
    records: str

    def known_at(self, cut_off: datetime, as_of: datetime) -> LeadFacts:
        """The lead as the log had it."""
        known = {c: m for c, m in self.milestones.items() if m.recorded_at <= as_of}
        facts = LeadFacts(
            self.source,
            self.received,
            Bucket.CLOSED.value,
            known,
            tuple(turn for turn in self.turns if turn.recorded_at <= as_of),
        )
        if not is_open(facts, at=cut_off, as_of=as_of):
            return facts
        bucket = (
            Bucket.STALE if self.stale[0] <= cut_off < self.stale[1] else _bucket(facts, cut_off)
        )
        blockers = tuple(
            BlockerFacts(category, party, opened)
            for category, party, opened, solved in self.blocked
            if opened < cut_off <= solved
        )
        return replace(
            facts,
            bucket=bucket.value,
            blockers=blockers,
            records=self.records if bucket == Bucket.RECORDS_NEEDED else "",
            action=ActionFacts(STAGE_ACTION[bucket].value, cut_off + 9 * HOUR),
        )


def _bucket(facts: LeadFacts, cut_off: datetime) -> Bucket:
    waiting = [b for code, _, _, b in STEPS if not facts.reached(code, by=cut_off)]
    return waiting[0] if waiting else Bucket.AWAITING_OUTCOME


@dataclass(frozen=True)
class Quarter:
    """The reports as they were published, revisions included, and the leads behind them."""

    k: int
    lives: tuple[Life, ...]
    inputs: tuple[Inputs, ...]
    reports: tuple[Report, ...]


def quarter(seed: int, *, is_checked: bool = True) -> Quarter:
    """The quarter of a seed: size, floor, sources and habits of the site are drawn as well.

    Without `is_checked` each report is made as if nothing had been published before.
    """
    rng = random.Random(seed)
    k, a_week = rng.choice((5, 5, 5, 10, 11)), rng.choice(NEW_LEADS_A_WEEK)
    before = rng.choice((0, 0, 2, 5, 9))
    activated = FIRST_CUT_OFF - (before + 1) * WEEK
    sources = rng.sample(list(SOURCES), rng.randint(2, len(SOURCES)))
    weights = [rng.choice((1, 2, 4, 8)) for _ in sources]
    span = FIRST_CUT_OFF + (WEEKS - 1) * WEEK - activated
    lives = []
    for _ in range(round(a_week * (span / WEEK))):
        at = activated + rng.random() * span
        lives.append(life(rng, rng.choices(sources, weights)[0], at))
    history = History(k, tuple(lives), is_checked)
    starts, number = activated, 1
    for week in range(WEEKS):
        cut_off = FIRST_CUT_OFF + week * WEEK
        history.issue(cut_off, starts, READ_AFTER, number)
        if rng.random() < REVISED:
            history.issue(cut_off, starts, REVISED_AFTER, number)
        starts, number = cut_off, number + 1
    return Quarter(k, history.lives, tuple(history.inputs), tuple(history.reports))


@dataclass
class History:
    """A site that issues one report after the other."""

    k: int
    lives: tuple[Life, ...]
    is_checked: bool
    inputs: list[Inputs] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def issue(self, cut_off: datetime, starts: datetime, after: timedelta, number: int) -> None:
        """Make the next report, or a revision of the last one."""
        inputs = inputs_of(self.k, self.lives, cut_off, starts, after)
        earlier = [r for r in self.reports if r.header.cut_off == starts]
        inputs = replace(
            inputs,
            header=replace(inputs.header, number=number),
            last=as_last(earlier[-1]) if earlier else None,
        )
        before = [told(report) for report in self.reports] if self.is_checked else []
        self.inputs.append(inputs)
        self.reports.append(weekly_report(inputs, before))


def inputs_of(
    k: int, lives: tuple[Life, ...], cut_off: datetime, starts: datetime, after: timedelta
) -> Inputs:
    """What the report of one period is computed from, read so long `after` its end."""
    header: Header = replace(
        HEADER,
        period_start=starts,
        cut_off=cut_off,
        as_of=cut_off + after,
        previous_cut_off=starts,
        next_cut_off=cut_off + WEEK,
    )
    leads = tuple(
        life.known_at(cut_off, header.as_of)
        for life in lives
        if life.received.occurred_at < cut_off and life.received.recorded_at <= header.as_of
    )
    return Inputs(header, k, leads, cohort_start=cut_off - 8 * WEEK - 6 * HOUR)


def life(rng: random.Random, source: SourceFacts, at: datetime) -> Life:
    """One lead: how far it comes, when it closes and why, what blocks it meanwhile."""
    milestones, now, turns = dict[str, Moment](), at, tuple[Turn, ...]()
    for code, chance, days, _ in STEPS:
        odds = SOURCES[source] if code == MilestoneCode.FIRST_TWO_WAY_CONTACT else chance
        now += timedelta(days=rng.expovariate(1 / days))
        if rng.random() > odds:
            turns = _closes(rng, now)
            break
        milestones[code.value] = Moment(now, now + _late(rng, code))
    else:
        turns = (
            Turn(TurnKind.ENROLLED, now, milestones[MilestoneCode.ENROLLED.value].recorded_at),
        )
    if rng.random() < 0.02:  # no person, or one who is known already: seen at once
        code = rng.choice((CloseCode.SRC_SPAM, CloseCode.SRC_DUPLICATE))
        milestones, turns = {}, (Turn(TurnKind.CLOSED, at + DAY, at + DAY, code.value),)
    elif turns and MilestoneCode.FIRST_TWO_WAY_CONTACT.value not in milestones:
        milestones[NO_RESPONSE] = Moment(now, now)
    opened = at + timedelta(days=rng.uniform(0, 20))
    category, party, _ = rng.choice(BLOCKERS)
    solved = opened + timedelta(days=rng.uniform(0, 40))
    blocked = ((category.value, party.value, opened, solved),) if rng.random() < 0.5 else ()
    stale = at + timedelta(days=rng.uniform(3, 60))
    records = rng.choice((RecordsState.NEEDED, RecordsState.REQUESTED, RecordsState.RECEIVED))
    return Life(
        source, Moment(at, at), milestones, turns, blocked, (stale, stale + 6 * DAY), records.value
    )


def _late(rng: random.Random, code: MilestoneCode) -> timedelta:
    """Most is told at once. A first contact that was told late would change a finished cohort."""
    if code in {MilestoneCode.FIRST_ATTEMPT, MilestoneCode.FIRST_TWO_WAY_CONTACT}:
        return timedelta(0)
    return timedelta(days=rng.uniform(1, 9)) if rng.random() < 0.05 else timedelta(minutes=5)


def _closes(rng: random.Random, now: datetime) -> tuple[Turn, ...]:
    """A close some days later, told late now and then; some come back and stay open."""
    at = now + timedelta(days=rng.uniform(0, 16))
    reasons = [(code, weight) for code, weight in CLOSES if not _is_source_fault(code)]
    (code,) = rng.choices([c for c, _ in reasons], [w for _, w in reasons])
    told = at + (timedelta(days=rng.uniform(1, 9)) if rng.random() < 0.05 else timedelta(0))
    slow = rng.random() < 0.3
    close = Turn(TurnKind.CLOSED, at, told, code.value, slow_first_response=slow)
    if rng.random() < 0.06:
        back = told + 9 * DAY
        return close, Turn(TurnKind.REOPENED, back, back)
    return (close,)


def _is_source_fault(code: CloseCode) -> bool:
    return code in {CloseCode.SRC_SPAM, CloseCode.SRC_DUPLICATE}
