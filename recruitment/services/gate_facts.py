"""Reading what the gate of 7.4 looks at; the rule itself is rules/readiness.py."""

from dataclasses import dataclass
from datetime import datetime

from recruitment.models import (
    Lead,
    LeadEvent,
    Person,
    ReadinessItem,
    RecordsItem,
    Review,
    Visit,
    week_load,
)
from recruitment.rules.blocking import pauses
from recruitment.rules.events import EventKind
from recruitment.rules.readiness import TEAM_ASKED, GateFacts, VisitFacts
from recruitment.rules.records import CLEAR, ItemState, roll_up
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    BlockerCategory,
    RecordsState,
    RecordsType,
    ReviewDecision,
)
from recruitment.rules.work_codes import Gate, ReadinessItemCode, ReadinessState
from recruitment.services.log import Change
from trialsnest.lib.weeks import Week

PAST_THE_GATE = frozenset({Stage.READY_TO_SCHEDULE, Stage.SCHEDULED, Stage.SCREENED})
OWN_SENTENCE = frozenset({ReadinessItemCode.PREPARATION, ReadinessItemCode.INTERPRETER})


@dataclass(frozen=True)
class Told:
    """What the log says about the gate: the last review of the answers, and what was let pass."""

    answers: str
    overridden: frozenset[str]


def facts_of(work: Change, to: Stage) -> tuple[GateFacts, Told]:
    """The facts about the lead as they are inside the open change. Three statements, or seven.

    The four more are for Scheduled: the visit, the checklist, the person and the visit's week.
    """
    lead = work.lead
    told = _told(work)
    items = list(RecordsItem.objects.filter(lead=lead, is_required=True))
    blockers = [
        BlockerCategory(row.category).label
        for row in work.state.blockers
        if pauses(BlockerCategory(row.category), row.party)
    ]
    ready = {
        "prescreen": work.state.prescreen,
        "answers": told.answers,
        "team": team_word(lead),
        "records": roll_up(ItemState(RecordsState(row.state)) for row in items),
        "outstanding": outstanding(items),
        "blockers": tuple(blockers),
    }
    if to != Stage.SCHEDULED:
        return GateFacts(**ready), told  # type: ignore[arg-type]
    states = dict(ReadinessItem.objects.filter(lead=lead).values_list("code", "state"))
    facts = GateFacts(
        **ready,  # type: ignore[arg-type]
        needs_interpreter=Person.objects.filter(pk=lead.person_id, needs_interpreter=True).exists(),
        language_arranged=states.get(ReadinessItemCode.INTERPRETER) == ReadinessState.CLEAR,
        preparation_sent=states.get(ReadinessItemCode.PREPARATION) == ReadinessState.CLEAR,
        not_clear=tuple(
            code.label
            for code in ReadinessItemCode
            if states.get(code) == ReadinessState.NOT_CLEAR and code not in OWN_SENTENCE
        ),
        visit=_visit_of(lead, at=work.at),
    )
    return facts, told


def team_word(lead: Lead) -> str:
    """The decision of the last study-team review, TEAM_ASKED while it is undecided, or nothing.

    A review that closing the lead withdrew said nothing. One statement.
    """
    review = (
        Review.objects.filter(lead=lead)
        .exclude(decision=ReviewDecision.WITHDRAWN)
        .order_by("-requested_at", "-pk")
        .first()
    )
    if review is None:
        return ""
    return str(review.decision) or TEAM_ASKED


def outstanding(items: list[RecordsItem]) -> tuple[str, ...]:
    """The required records that are not through yet, in words."""
    return tuple(
        RecordsType(row.type).label for row in items if RecordsState(row.state) not in CLEAR
    )


def _visit_of(lead: Lead, *, at: datetime) -> VisitFacts | None:
    visit = Visit.objects.filter(lead=lead, result="").first()
    if visit is None:
        return None
    week = Week.containing(visit.starts_at, lead.study_site.site.time_zone)
    left = week_load(lead.study_site, week, at=at, but=lead).free
    return VisitFacts(type=visit.type, place=visit.place, slots_left=left)


def _told(work: Change) -> Told:
    """Read the log once; facts of the change itself, which are not written yet, come after it."""
    kinds = (EventKind.ANSWERS_REVIEWED, EventKind.GATE_OVERRIDDEN, EventKind.STAGE_CHANGED)
    written = LeadEvent.objects.filter(lead=work.lead, kind__in=kinds, voided_by__isnull=True)
    answers, overridden = "", set[str]()
    columns = ("kind", "code", "reason_code", "to_stage")
    rows = [*written.order_by("seq").values_list(*columns)]
    rows += [(f.kind, f.code, f.reason_code, f.to_stage) for f in work.facts]
    for kind, code, reason_code, to_stage in rows:
        if kind == EventKind.ANSWERS_REVIEWED:
            answers = code
        elif kind == EventKind.GATE_OVERRIDDEN and code == Gate.READY_TO_SCHEDULE:
            overridden.add(reason_code)
        elif kind == EventKind.STAGE_CHANGED and Stage(to_stage) not in PAST_THE_GATE:
            overridden.clear()
    return Told(answers, frozenset(overridden))
