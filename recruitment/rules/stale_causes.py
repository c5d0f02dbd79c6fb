"""Why a lead went stale, as far as its log says: proposed here, confirmed by a person (D33, 6.2).

What is proposed comes with the sentence that says why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from recruitment.rules.calendars import BusinessCalendar, add_business_days
from recruitment.rules.events import EventKind, Fact, is_action, is_movement
from recruitment.rules.next_actions import PUT_OFF_OFTEN
from recruitment.rules.projection import LeadState, OpenBlocker, apply, begin
from recruitment.rules.recovery_codes import ProcessReason
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory, ContactResult, Party
from recruitment.rules.work_codes import PushBack
from trialsnest.lib.words import age, counted, day_short
from trialsnest.lib.zones import local_time

K, S = EventKind, Stage
DECIDERS = frozenset({Party.STUDY_TEAM, Party.SPONSOR})
WRONG_DETAILS: Mapping[str, str] = {
    ContactResult.WRONG_NUMBER: "at a wrong number",
    ContactResult.WRONG_PERSON: "with somebody else on the line",
    ContactResult.UNDELIVERABLE: "undelivered",
}
"""Results that say that something was not known when the contact was made."""

LATE_DAYS = 1  # business days past due from which a follow-up is slow


@dataclass(frozen=True)
class Proposal:
    """A process reason, and the sentence that says what in the log suggests it."""

    reason: ProcessReason
    why: str


@dataclass(frozen=True)
class Try:
    """An attempt to reach the person, and when it was due (UTC)."""

    at: datetime
    result: str
    due_at: datetime | None


@dataclass
class Rest:
    """What a log says about a lead since it last moved or was last reviewed. Times are UTC."""

    state: LeadState
    since: datetime
    at: datetime
    calendar: BusinessCalendar
    tries: list[Try] = field(default_factory=list)
    put_offs: list[datetime] = field(default_factory=list)
    acted_at: datetime | None = None
    owners: list[tuple[datetime, int | None]] = field(default_factory=list)
    asked_at: datetime | None = None  # a study-team review that nobody has decided
    freed: OpenBlocker | None = None  # the blocker whose end began the rest

    def day(self, moment: datetime) -> str:
        """`Tue 3 Mar` on the site's clock."""
        return day_short(local_time(moment, self.calendar.zone))

    def is_late(self, due_at: datetime, done_at: datetime) -> bool:
        """Whether something came a business day or more after it was due."""
        return add_business_days(due_at, LATE_DAYS, self.calendar) <= done_at

    @property
    def unowned(self) -> timedelta:
        """How long of the rest nobody owned the lead."""
        spans = [*self.owners, (self.at, None)]
        total = timedelta(0)
        for (start, owner), (end, _) in pairwise(spans):
            if owner is None:
                total += max(min(end, self.at) - max(start, self.since), timedelta(0))
        return total


def read_rest(facts: Iterable[Fact], *, at: datetime, calendar: BusinessCalendar) -> Rest:
    """Fold the log of a lead up to `at` (UTC); `facts` as `projection.fold` takes them."""
    ordered = iter(facts)
    state = begin(next(ordered))
    owners: list[tuple[datetime, int | None]] = [(state.received_at, None)]
    rest = Rest(state, state.received_at, at, calendar, owners=owners)
    for fact in ordered:
        before, rest.state = rest.state, apply(rest.state, fact)
        if fact.kind == K.OWNER_SET:
            rest.owners.append((max(fact.occurred_at, rest.owners[-1][0]), fact.to_owner_id))
        elif fact.kind == K.REVIEW_REQUESTED:
            rest.asked_at = fact.occurred_at
        elif fact.kind == K.REVIEW_DECIDED:
            rest.asked_at = None
        if is_movement(fact) or fact.kind == K.STALE_REVIEWED:
            _begin_again(rest, fact, before)
        else:
            _note(rest, fact, before)
    return rest


def _begin_again(rest: Rest, fact: Fact, before: LeadState) -> None:
    rest.since = max(rest.since, fact.occurred_at)
    rest.tries, rest.put_offs, rest.acted_at = [], [], None
    ended = [b for b in before.blockers if b.subject_id == fact.subject_id]
    rest.freed = ended[0] if fact.kind == K.BLOCKER_RESOLVED and ended else None


def _note(rest: Rest, fact: Fact, before: LeadState) -> None:
    if fact.kind == K.OUTREACH_LOGGED:
        due_at = before.action.due_at if before.action else None
        rest.tries.append(Try(fact.occurred_at, fact.code, due_at))
    if fact.kind == K.ACTION_CANCELED and fact.reason_code == PushBack.POSTPONED:
        rest.put_offs.append(fact.occurred_at)
    if is_action(fact) and fact.occurred_at > rest.since:
        rest.acted_at = max(fact.occurred_at, rest.acted_at or fact.occurred_at)


def propose_process(facts: Iterable[Fact], *, at: datetime, calendar: BusinessCalendar) -> Proposal:
    """What in our process let the lead go stale, as far as the log says at `at` (UTC)."""
    rest = read_rest(facts, at=at, calendar=calendar)
    for find in FINDERS:
        found = find(rest)
        if found is not None:
            return found
    return Proposal(ProcessReason.SLOW_FOLLOW_UP, _undone(rest))


def _nobody(rest: Rest) -> Proposal | None:
    if all(owner is None for _, owner in rest.owners):
        return Proposal(ProcessReason.NO_OWNER, "It never had an owner.")
    length, unowned = rest.at - rest.since, rest.unowned
    if unowned * 2 > length:
        why = f"Without an owner for {age(unowned)} of the last {age(length)}."
        return Proposal(ProcessReason.NO_OWNER, why)
    return None


def _decision(rest: Rest) -> Proposal | None:
    why = ""
    if rest.asked_at is not None:
        why = f"The study team was asked on {rest.day(rest.asked_at)} and has not decided."
    for blocker in rest.state.blockers:
        if not why and blocker.party in DECIDERS:
            party = blocker.party.label.lower()
            why = f"{_named(blocker)} waits on the {party} since {rest.day(blocker.opened_at)}."
    action, waits = rest.state.action, rest.state.waiting_on in DECIDERS
    if not why and action is not None and waits and not rest.state.blockers:
        why = f"“{action.type.label}” was due {rest.day(action.due_at)}; no answer is recorded."
    return Proposal(ProcessReason.DECISION_WAITING, why) if why else None


def _hidden(rest: Rest) -> Proposal | None:
    why = ""
    for blocker in rest.state.blockers:
        if not why and blocker.review_by is None:
            opened = rest.day(blocker.opened_at)
            why = f"{_named(blocker)} is open since {opened} without a day to look at it again."
    freed = rest.freed
    if not why and freed is not None and freed.review_by is None and rest.acted_at is None:
        ended = rest.day(rest.since)
        why = f"{_named(freed)} was open until {ended} without a day to look at it again."
    waits = rest.state.waiting_on == Party.RECORDS_PROVIDER and not rest.state.blockers
    if not why and waits:
        why = "It waits on the records provider, and no blocker says so."
    return Proposal(ProcessReason.HIDDEN_BLOCKER, why) if why else None


def _put_off(rest: Rest) -> Proposal | None:
    if len(rest.put_offs) >= PUT_OFF_OFTEN:
        times = counted(len(rest.put_offs), "time")
        why = f"Put off {times}, last on {rest.day(rest.put_offs[-1])}."
        return Proposal(ProcessReason.SLOW_FOLLOW_UP, why)
    for blocker in rest.state.blockers:
        if blocker.review_by is not None and blocker.review_by <= rest.at:
            day = rest.day(blocker.review_by)
            why = f"{_named(blocker)} was to be looked at again by {day}."
            return Proposal(ProcessReason.SLOW_FOLLOW_UP, why)
    return None


def _buried(rest: Rest) -> Proposal | None:
    action = rest.state.action
    if rest.acted_at is not None or action is None or not rest.is_late(action.due_at, rest.at):
        return None
    why = (
        f"Nobody did anything since {rest.day(rest.since)};"
        f" “{action.type.label}” was due {rest.day(action.due_at)}."
    )
    return Proposal(ProcessReason.BURIED, why)


def _late(rest: Rest) -> Proposal | None:
    for each in rest.tries:
        if each.due_at is not None and rest.is_late(each.due_at, each.at):
            why = f"The try of {rest.day(each.at)} was due {rest.day(each.due_at)}."
            return Proposal(ProcessReason.SLOW_FOLLOW_UP, why)
    action, waits_out = rest.state.action, rest.state.stage == S.NO_RESPONSE
    if not waits_out and action is not None and rest.is_late(action.due_at, rest.at):
        return Proposal(ProcessReason.SLOW_FOLLOW_UP, _undone(rest))
    return None


def _context(rest: Rest) -> Proposal | None:
    for each in rest.tries:
        if each.result in WRONG_DETAILS:
            why = f"The try of {rest.day(each.at)} ended {WRONG_DETAILS[each.result]}."
            return Proposal(ProcessReason.MISSING_CONTEXT, why)
    return None


def _patient_only(rest: Rest) -> Proposal | None:
    if not rest.tries:
        return None
    tries = counted(len(rest.tries), "try", "tries")
    answered = "not answered" if len(rest.tries) == 1 else "none of them answered"
    return Proposal(ProcessReason.NONE, f"{tries} in time, {answered}.")


def _undone(rest: Rest) -> str:
    action = rest.state.action
    if action is None:
        return f"Nothing is planned since {rest.day(rest.since)}."
    if action.due_at > rest.at:
        return f"“{action.type.label}” is planned for {rest.day(action.due_at)}."
    return f"“{action.type.label}” was due {rest.day(action.due_at)} and is not done."


def _named(blocker: OpenBlocker) -> str:
    return f"“{BlockerCategory(blocker.category).label}”"


FINDERS: Sequence[Callable[[Rest], Proposal | None]] = (
    _nobody,
    _decision,
    _hidden,
    _put_off,
    _buried,
    _late,
    _context,
    _patient_only,
)
"""In the order in which they are asked: what names a cause before what only shows delay."""
