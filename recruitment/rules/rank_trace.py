"""Why a lead stands where it stands in the queue, rule by rule (N7 with D15, D18).

What orders is `rules.lanes.place` and nothing else: a trace tells what it looked at, in its order,
and where the lead would stand if the fact that decided were another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from recruitment.rules.lanes import (
    CONTACTS,
    ContactTimes,
    Day,
    Lane,
    Place,
    Ranked,
    doable_at,
    is_visit_today,
    lanes_of,
    place,
    when_words,
)
from recruitment.rules.stages import Stage
from trialsnest.lib.tally import Count, More
from trialsnest.lib.words import age

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Looked:
    """One rule that was looked at: what it asks, what it was answered, and whether that decided.

    `answer` is empty for the rules after the one that decided: nobody looked at those.
    """

    rule: str
    answer: str
    decides: bool = False


@dataclass(frozen=True)
class Otherwise:
    """Where the lead would stand if the deciding fact were another; `words` begins with "if"."""

    words: str
    place: Place


@dataclass(frozen=True)
class RankTrace:
    """The lead's place, every rule with its answer, what orders within, and the counterfactual."""

    place: Place
    rules: Sequence[Looked]
    within: Sequence[Looked]
    otherwise: Otherwise | None

    def sentence(
        self,
        *,
        rank: Count,
        of: Count,
        facts: Sequence[str] = (),
        otherwise: Count | None = None,
    ) -> str:
        """`Rank 4 of 31: due in 22 min; 2 of 5 attempts used; would be rank 12 if not past due.`

        `facts` are more that is worth knowing, in words; `otherwise` is the counterfactual rank.
        A rank that nobody counted to the end is beyond what is `known` of it.
        """
        said = [self.place.reason, *facts]
        if self.otherwise is not None and otherwise is not None:
            still = "still " if otherwise == rank else ""
            said.append(f"would {still}be {_rank_words(otherwise)} {self.otherwise.words}")
        length = of.words if isinstance(of, More) else of
        return f"{_rank_words(rank).capitalize()} of {length}: {'; '.join(said)}."


def _rank_words(rank: Count) -> str:
    return f"beyond rank {rank.known:,}" if isinstance(rank, More) else f"rank {rank}"


def rank_trace(lead: Ranked, day: Day, times: ContactTimes) -> RankTrace:
    """How `place` came to the lead's place; `place` of the trace is what it answers."""
    placed = place(lead, day, times)
    return RankTrace(
        place=placed,
        rules=_rules(lead, day, times),
        within=_within(lead, day, times, placed),
        otherwise=_otherwise(lead, day, times, placed),
    )


def _rules(lead: Ranked, day: Day, times: ContactTimes) -> list[Looked]:
    parked = lead.parked
    answer = f"yes, {parked}" if parked else "no"
    looked = [Looked("Is it put aside for now?", answer, bool(parked))]
    is_decided = bool(parked)
    for lane, fits in lanes_of(lead, day, times):
        answer = "" if is_decided else ANSWERS[lane](lead, day, times)
        looked.append(Looked(QUESTIONS[lane], answer, fits and not is_decided))
        is_decided = is_decided or fits
    return looked


def _within(lead: Ranked, day: Day, times: ContactTimes, placed: Place) -> list[Looked]:
    """What orders the leads of one lane, in the order in which it does."""
    _, behind, moment, due_at, received_at = placed.key
    return [
        Looked("May it be done now?", _may_be_done(lead, day, times, is_behind=bool(behind))),
        Looked(f"Earlier first: {WITHIN[placed.lane]}", when_words(moment, day)),
        Looked("Then: earlier due", when_words(due_at, day)),
        Looked("Then: came in earlier", when_words(received_at, day)),
    ]


def _may_be_done(lead: Ranked, day: Day, times: ContactTimes, *, is_behind: bool) -> str:
    if lead.parked:
        return f"no, {lead.parked}; behind all others"
    if lead.action not in CONTACTS:
        return "yes, it does not reach out to anybody"
    doable = doable_at(lead, times, day.now)
    if doable <= day.now:
        return "yes, it lies in the hours for contact"
    place_words = "; behind the others of its lane" if is_behind else ""
    return f"no, from {when_words(doable, day)} on{place_words}"


QUESTIONS: Mapping[Lane, str] = {
    Lane.PROMISED_CALLBACK: "Is a promised call-back due, or will it be within 30 minutes?",
    Lane.NO_FIRST_ACTION: "Is it still without a first action?",
    Lane.VISITS: "Is there a visit to confirm today, to record, or a missed one?",
    Lane.OVERDUE: "Is its earliest date past, and may it be done now?",
    Lane.READY_TO_SCHEDULE: "Is it ready to schedule, with no dates offered?",
    Lane.DUE_TODAY: "Is its earliest date today?",
    Lane.REST: "All others",
}
WITHIN: Mapping[Lane, str] = {
    Lane.PROMISED_CALLBACK: "the promised time",
    Lane.NO_FIRST_ACTION: "when it came in",
    Lane.VISITS: "the visit",
    Lane.OVERDUE: "the earliest of its dates",
    Lane.READY_TO_SCHEDULE: "the earliest of its dates",
    Lane.DUE_TODAY: "the earliest of its dates",
    Lane.REST: "the last movement",
}


def _promised(lead: Ranked, day: Day, times: ContactTimes) -> str:
    if not lead.is_promised:
        return "no, none is promised"
    when, is_near = when_words(lead.due_at, day), lead.due_at <= day.now + timedelta(minutes=30)
    return f"yes, promised for {when}" if is_near else f"no, promised for {when}"


def _first_action(lead: Ranked, day: Day, times: ContactTimes) -> str:
    if lead.first_action_at is None:
        return f"yes, since it came in {age(day.now - lead.received_at)} ago"
    return f"no, first action {when_words(lead.first_action_at, day)}"


def _visit(lead: Ranked, day: Day, times: ContactTimes) -> str:
    placed = dict(lanes_of(lead, day, times))[Lane.VISITS]
    if lead.visit_at is None:
        return "yes, a missed visit to follow up" if placed else "no visit is booked"
    when = when_words(lead.visit_at, day)
    state = "confirmed" if lead.visit_confirmed else "not confirmed"
    if is_visit_today(lead, day):
        return f"yes, visit {when}, {state}"
    return f"yes, a missed visit; the next is {when}" if placed else f"no, visit {when}, {state}"


def _overdue(lead: Ranked, day: Day, times: ContactTimes) -> str:
    date, doable = lead.earliest, doable_at(lead, times, day.now)
    named = _named(lead, day)
    if date > day.now:
        return f"no, {named}"
    if date == lead.due_at and doable > day.now:
        return f"past, but may be contacted only from {when_words(doable, day)}; {named}"
    return f"yes, {named}"


def _named(lead: Ranked, day: Day) -> str:
    """The earliest date in words, which says which of the lead's dates it is (D18)."""
    date = lead.earliest
    what = next((words for moment, words in lead.beside if moment == date), "next action due")
    return f"{'next action due' if date == lead.due_at else what} {when_words(date, day)}"


def _ready(lead: Ranked, day: Day, times: ContactTimes) -> str:
    if lead.stage != Stage.READY_TO_SCHEDULE:
        return f"no, its stage is {lead.stage.label.lower()}"
    if lead.dates_offered:
        return "no, dates were offered"
    return "yes" if dict(lanes_of(lead, day, times))[Lane.READY_TO_SCHEDULE] else "not now"


def _today(lead: Ranked, day: Day, times: ContactTimes) -> str:
    doable = doable_at(lead, times, day.now)
    if lead.earliest == lead.due_at and doable > max(day.now, lead.due_at):
        begins = f"may be contacted from {when_words(doable, day)}"
        return f"{'yes' if doable < day.ends_at else 'no'}, {begins}"
    return f"{'yes' if lead.earliest < day.ends_at else 'no'}, {_named(lead, day)}"


def _rest(lead: Ranked, day: Day, times: ContactTimes) -> str:
    moved = lead.last_movement_at
    if moved is None:
        return f"no movement since it came in {age(day.now - lead.received_at)} ago"
    return f"last movement {age(day.now - moved)} ago"


ANSWERS: Mapping[Lane, Callable[[Ranked, Day, ContactTimes], str]] = {
    Lane.PROMISED_CALLBACK: _promised,
    Lane.NO_FIRST_ACTION: _first_action,
    Lane.VISITS: _visit,
    Lane.OVERDUE: _overdue,
    Lane.READY_TO_SCHEDULE: _ready,
    Lane.DUE_TODAY: _today,
    Lane.REST: _rest,
}


def _otherwise(lead: Ranked, day: Day, times: ContactTimes, placed: Place) -> Otherwise | None:
    """Changes the one fact that put the lead into its lane."""
    changed, words = _changed(lead, day, placed.lane)
    return Otherwise(words, place(changed, day, times)) if changed != lead else None


def _changed(lead: Ranked, day: Day, lane: Lane) -> tuple[Ranked, str]:
    if lead.parked:
        words = "if its study were not halted" if lead.is_halted else "if it were released"
        return replace(lead, is_halted=False, is_held=False), words
    if lane == Lane.PROMISED_CALLBACK:
        return replace(lead, is_promised=False), "if no call-back were promised"
    if lane == Lane.NO_FIRST_ACTION:
        return replace(lead, first_action_at=day.now), "if somebody had acted on it"
    if lane == Lane.VISITS:
        if lead.visit_at is not None and is_visit_today(lead, day):
            return replace(lead, visit_at=None), "if there were no visit to see to"
        return _due(lead, day, late=True), "if it were due tomorrow"
    if lane == Lane.READY_TO_SCHEDULE:
        return replace(lead, dates_offered=True), "if dates had been offered"
    if lane == Lane.OVERDUE:
        return _due(lead, day), "if not past due but due at the end of today"
    if lane == Lane.DUE_TODAY:
        return _due(lead, day, late=True), "if it were due tomorrow"
    return _due(lead, day, now=True), "if it were due now"


def _due(lead: Ranked, day: Day, *, late: bool = False, now: bool = False) -> Ranked:
    """The same with no date before the last minute of today, before tomorrow, or due now."""
    if now:
        return replace(lead, due_at=min(lead.due_at, day.now))
    least = day.ends_at if late else day.ends_at - MINUTE
    beside = {
        name: max(date, least)
        for name in ("review_by", "chase_at", "confirm_by", "accept_by")
        if (date := getattr(lead, name)) is not None
    }
    return replace(lead, due_at=max(lead.due_at, least), **beside)
