"""Reading what the gate of 7.4 looks at; the rule itself is rules/readiness.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from recruitment.models.capacity import week_load
from recruitment.models.leads import Lead
from recruitment.models.log import LeadEvent
from recruitment.models.people import Person
from recruitment.models.records import RecordsItem
from recruitment.models.visits import ReadinessItem, Visit
from recruitment.models.work import Review
from recruitment.rules.blocking import pauses
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.readiness import TEAM_ASKED, GateFacts, VisitFacts
from recruitment.rules.records import CLEAR, ItemState, roll_up
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    BlockerCategory,
    Party,
    RecordsState,
    RecordsType,
    ReviewDecision,
)
from recruitment.rules.work_codes import Gate, ReadinessItemCode, ReadinessState
from trialsnest.lib.weeks import Week

PAST_THE_GATE = frozenset({Stage.READY_TO_SCHEDULE, Stage.SCHEDULED, Stage.SCREENED})
TELL = (EventKind.ANSWERS_REVIEWED, EventKind.GATE_OVERRIDDEN, EventKind.STAGE_CHANGED)
OWN_SENTENCE = frozenset({ReadinessItemCode.PREPARATION, ReadinessItemCode.INTERPRETER})


@dataclass(frozen=True)
class Told:
    """What the log says about the gate: the last review of the answers, and what was let pass."""

    answers: str
    overridden: frozenset[str]


def read_gate(
    lead: Lead,
    to: Stage,
    *,
    prescreen: str,
    blockers: Iterable[tuple[str, str]],
    at: datetime,
    added: Iterable[Fact] = (),
) -> tuple[GateFacts, Told]:
    """The facts about the lead for entering `to` at `at` (UTC). Three statements, or eight.

    `blockers` are the open ones with whom they wait on. `added` are facts of a change that is
    open, which the log does not hold yet. The other statements are for Scheduled: the checklist,
    the person, the visit and its week.
    """
    written = LeadEvent.objects.filter(lead=lead, kind__in=TELL, voided_by__isnull=True)
    facts, told = gate_from(
        prescreen=prescreen,
        blockers=blockers,
        said=[*(event.fact for event in written.order_by("seq")), *added],
        items=RecordsItem.objects.filter(lead=lead),
        review=Review.objects.filter(lead=lead).last(),
    )
    return (_with_visit(facts, lead, at=at) if to == Stage.SCHEDULED else facts), told


def gate_from(
    *,
    prescreen: str,
    blockers: Iterable[tuple[str, str]],
    said: Iterable[Fact],
    items: Iterable[RecordsItem],
    review: Review | None,
) -> tuple[GateFacts, Told]:
    """The facts for Ready to schedule, from rows that were read: no statement of its own.

    `said` is what stands in the log, oldest first, and `review` the last one of the study team;
    one that closing the lead withdrew said nothing.
    """
    told = _told(said)
    required = [row for row in items if row.is_required]
    decision = review.decision if review is not None else ReviewDecision.WITHDRAWN
    team = "" if decision == ReviewDecision.WITHDRAWN else decision or TEAM_ASKED
    facts = GateFacts(
        prescreen=prescreen,
        answers=told.answers,
        team=team,
        records=roll_up(ItemState(RecordsState(row.state)) for row in required),
        outstanding=tuple(
            RecordsType(row.type).label for row in required if RecordsState(row.state) not in CLEAR
        ),
        blockers=tuple(
            BlockerCategory(category).label
            for category, party in blockers
            if pauses(BlockerCategory(category), Party(party))
        ),
    )
    return facts, told


def _with_visit(facts: GateFacts, lead: Lead, *, at: datetime) -> GateFacts:
    states = dict(ReadinessItem.objects.filter(lead=lead).values_list("code", "state"))
    needs = Person.objects.filter(pk=lead.person_id, needs_interpreter=True).exists()
    facts = with_checklist(facts, states, needs_interpreter=needs)
    return replace(facts, visit=_visit_of(lead, at=at))


def with_checklist(
    facts: GateFacts, states: Mapping[str, str], *, needs_interpreter: bool
) -> GateFacts:
    """Adds what booking asks of the checklist (7.3), of which `states` has what people set."""
    return replace(
        facts,
        needs_interpreter=needs_interpreter,
        language_arranged=states.get(ReadinessItemCode.INTERPRETER) == ReadinessState.CLEAR,
        preparation_sent=states.get(ReadinessItemCode.PREPARATION) == ReadinessState.CLEAR,
        not_clear=tuple(
            code.label
            for code in ReadinessItemCode
            if states.get(code) == ReadinessState.NOT_CLEAR and code not in OWN_SENTENCE
        ),
    )


def _visit_of(lead: Lead, *, at: datetime) -> VisitFacts | None:
    visit = Visit.objects.filter(lead=lead, result="").first()
    if visit is None:
        return None
    week = Week.containing(visit.starts_at, lead.study_site.site.time_zone)
    left = week_load(lead.study_site, week, at=at, but=lead).free
    return VisitFacts(type=visit.type, place=visit.place, slots_left=left)


def _told(said: Iterable[Fact]) -> Told:
    answers, overridden = "", set[str]()
    for fact in said:
        if fact.kind == EventKind.ANSWERS_REVIEWED:
            answers = fact.code
        elif fact.kind == EventKind.GATE_OVERRIDDEN and fact.code == Gate.READY_TO_SCHEDULE:
            overridden.add(fact.reason_code)
        elif fact.kind == EventKind.STAGE_CHANGED and Stage(fact.to_stage) not in PAST_THE_GATE:
            overridden.clear()
    return Told(answers, frozenset(overridden))
