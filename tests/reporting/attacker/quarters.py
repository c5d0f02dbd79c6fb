"""Random quarters: one study at one site, and its reports as they would have been issued.

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
    Happening,
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
from reporting.figures.revising import revised_report
from reporting.figures.revisions import Revised
from tests.reporting.attacker.manners import LAST_WEEK, Manner, manner
from tests.reporting.samples import BLOCKERS, CLOSES, HEADER, SOURCES, STAGE_ACTION, STEPS

WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
FIRST_CUT_OFF = HEADER.cut_off
READ_AFTER, REVISED_AFTER = timedelta(hours=3), timedelta(days=3)
REVISED = 0.1
"""How often a report is issued again, with what was told late."""
VISITS = {
    Happening.VISIT_BOOKED: MilestoneCode.VISIT_SCHEDULED,
    Happening.VISIT_ATTENDED: MilestoneCode.VISIT_ATTENDED,
}
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
        facts = replace(facts, happened=self._happened(facts, as_of))
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

    def _happened(self, facts: LeadFacts, as_of: datetime) -> dict[str, tuple[Moment, ...]]:
        """When it went stale and recovered, as long as it was open, and its visits."""
        found = {
            str(what): (facts.milestones[code],)
            for what, code in VISITS.items()
            if code in facts.milestones
        }
        for what, at in zip((Happening.WENT_STALE, Happening.RECOVERED), self.stale, strict=True):
            if is_open(facts, at=at, as_of=as_of):
                found[str(what)] = (Moment(at, at),)
        return found


def _bucket(facts: LeadFacts, cut_off: datetime) -> Bucket:
    waiting = [b for code, _, _, b in STEPS if not facts.reached(code, by=cut_off)]
    return waiting[0] if waiting else Bucket.AWAITING_OUTCOME


@dataclass(frozen=True)
class Quarter:
    """The reports as they were published, revisions included, and the leads behind them."""

    k: int
    manner: Manner
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
    span = FIRST_CUT_OFF + LAST_WEEK * WEEK - activated
    lives = []
    for _ in range(round(a_week * (span / WEEK))):
        at = activated + rng.random() * span
        lives.append(life(rng, rng.choices(sources, weights)[0], at))
    how = manner(seed, rng)
    history = History(k, how, tuple(lives), is_checked)
    starts, number = activated, 1
    for week, step in zip(how.weeks, how.steps, strict=True):
        cut_off = how.cut_off(FIRST_CUT_OFF, week)
        period = Period(number, starts, cut_off, cut_off + step * WEEK)
        history.issue(period, READ_AFTER)
        if rng.random() < REVISED:
            history.issue(period, REVISED_AFTER)
        starts, number = cut_off, number + 1
    return Quarter(k, how, history.lives, tuple(history.inputs), tuple(history.reports))


@dataclass(frozen=True)
class Period:
    """What one report and its revisions are of; `following` is when the next one is to close."""

    number: int
    starts: datetime
    cut_off: datetime
    following: datetime


@dataclass
class History:
    """A site that issues one report after the other."""

    k: int
    manner: Manner
    lives: tuple[Life, ...]
    is_checked: bool
    inputs: list[Inputs] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def issue(self, period: Period, after: timedelta) -> None:
        """Make the next report, or a revision of the last one."""
        inputs = inputs_of(self.k, self.lives, period, after)
        earlier = [r for r in self.reports if r.header.cut_off == period.starts]
        revised = [r for r in self.reports if r.header.cut_off == period.cut_off]
        last = as_last(earlier[-1]) if earlier else None
        if last is not None and revised:
            last = replace(last, released=dict(revised[-1].closes.released))
        inputs = replace(inputs, strict=self.manner.strict, last=last)
        before = [told(report) for report in self.reports] if self.is_checked else []
        made = weekly_report(inputs, before)
        if revised:
            made = revised_report(made, revised[-1], Revised("A", "late", ""))
        self.inputs.append(inputs)
        self.reports.append(made)


def inputs_of(k: int, lives: tuple[Life, ...], period: Period, after: timedelta) -> Inputs:
    """What the report of one period is computed from, read so long `after` its end."""
    cut_off = period.cut_off
    header: Header = replace(
        HEADER,
        number=period.number,
        period_start=period.starts,
        cut_off=cut_off,
        as_of=cut_off + after,
        previous_cut_off=period.starts,
        next_cut_off=period.following,
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
    told = at
    for code, chance, days, _ in STEPS:
        odds = SOURCES[source] if code == MilestoneCode.FIRST_TWO_WAY_CONTACT else chance
        now += timedelta(days=rng.expovariate(1 / days))
        if rng.random() > odds:
            turns = _closes(rng, now)
            break
        told = max(told, now + _late(rng, code))  # a step is not told before the last one
        milestones[code.value] = Moment(now, told)
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
