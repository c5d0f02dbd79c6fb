"""What a lead still lacks before dates are offered, and before a visit stands (7.3, 7.4; G1, G2).

Plain facts go in, and a list of what is missing comes out: a code, and a sentence that names what
to do about it. Nothing here says anything about the person: it is the work that is ready or not.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import TextChoices

from recruitment.rules.records import CLEAR
from recruitment.rules.stages import RETURNS, Stage
from recruitment.rules.vocabulary import PrescreenState, RecordsState, ReviewDecision
from recruitment.rules.work_codes import AnswersDecision

GATED: frozenset[Stage] = frozenset({Stage.READY_TO_SCHEDULE, Stage.SCHEDULED})
"""Stages that are entered through the gate (LC8)."""

MAY_OVERRIDE = " A site lead may override it with a reason."

TEAM_ASKED = "open"
"""Stands for a study-team review that nobody has decided yet."""

REVIEWED: frozenset[str] = frozenset({AnswersDecision.PROCEED, AnswersDecision.TO_STUDY_TEAM})
"""Reviews of the answers that let a lead go on; the second with the study team's word."""


class Missing(TextChoices):
    """What the gate can find missing. The first five are G1's, the others G2's."""

    PRESCREEN = "prescreen", "Completed prescreen"
    REVIEW = "review", "Review of the answers"
    STUDY_TEAM = "study_team", "Study-team decision"
    RECORDS = "records", "Records"
    BLOCKER = "blocker", "Open blocker"
    TIME = "time", "Day and time of the visit"
    VISIT_TYPE = "visit_type", "Kind of visit"
    PLACE = "place", "Place of the visit"
    SLOT = "slot", "Visit slot"
    PREPARATION = "preparation", "Visit preparation"
    LANGUAGE = "language", "Language or interpreter"
    NOT_CLEAR = "not_clear", "Scheduling readiness"


FOR_READY: frozenset[Missing] = frozenset(
    {Missing.PRESCREEN, Missing.REVIEW, Missing.STUDY_TEAM, Missing.RECORDS, Missing.BLOCKER}
)
"""What is asked for already before dates are offered (G1)."""

CARRIED: frozenset[Missing] = FOR_READY - {Missing.BLOCKER}
"""What a site lead's override lets pass for the booking too; the next blocker is another one."""


@dataclass(frozen=True)
class Lack:
    """One thing that is missing: its code, and what to do about it as a sentence."""

    code: Missing
    sentence: str


@dataclass(frozen=True, kw_only=True)
class VisitFacts:
    """The visit that is to stand. `slots_left`: in its week, this visit not counted."""

    has_time: bool = True
    type: str = ""
    place: str = ""
    slots_left: int = 0


@dataclass(frozen=True, kw_only=True)
class GateFacts:
    """What the gate looks at, as plain values.

    `answers` is the decision of the last review of the answers and `team` that of the last
    study-team review (TEAM_ASKED while it is undecided, "" without one). `outstanding` and
    `blockers` are labels for the sentences; `not_clear` names items of the checklist that
    somebody found not clear.
    """

    prescreen: str = PrescreenState.NOT_STARTED
    answers: str = ""
    team: str = ""
    records: RecordsState = RecordsState.NOT_REQUIRED
    outstanding: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    needs_interpreter: bool = False
    language_arranged: bool = False
    preparation_sent: bool = False
    not_clear: tuple[str, ...] = ()
    visit: VisitFacts | None = None


def lacks(to: Stage, facts: GateFacts, *, overridden: Collection[str] = frozenset()) -> list[Lack]:
    """What is missing for entering `to`, in the order in which it is worked off.

    Nothing for a stage without a gate; Scheduled asks for all that Ready to schedule asks for,
    and for its own (G2). `overridden` are codes that a site lead let pass on the way (G3).
    """
    if to not in GATED:
        return []
    found = list(_for_ready(facts))
    if to == Stage.SCHEDULED:
        found += _for_scheduled(facts)
    passed = {code for code in CARRIED if code in overridden}
    return [lack for lack in found if lack.code not in passed]


def is_gated(current: Stage, to: Stage) -> bool:
    """Whether the move passes the gate. Back from a visit that was not held it never does (LC8).

    Such a lead passed the gate already, and the visit has to end whatever came since.
    """
    return to in GATED and not (current == Stage.SCHEDULED and to == Stage.READY_TO_SCHEDULE)


def skips_prescreen(current: Stage, to: Stage, facts: GateFacts) -> bool:
    """Whether the move leaves out the completed prescreen, so that its day is asked for (LC9).

    Reopening a lead, or taking it back a stage, skips nothing.
    """
    if facts.prescreen == PrescreenState.COMPLETE:
        return False
    if to == Stage.COORDINATOR_REVIEW:
        return current in {Stage.NEW_INQUIRY, Stage.AWAITING_PRESCREEN, Stage.CONTACTED}
    return _onward(current, to)


def skips_review(current: Stage, to: Stage, facts: GateFacts) -> bool:
    """Whether the move leaves out the review decision, so that it is asked for (LC9)."""
    return _onward(current, to) and not facts.answers and not facts.team


def _onward(current: Stage, to: Stage) -> bool:
    return is_gated(current, to) and current not in RETURNS and current != Stage.SCREENED


def _for_ready(facts: GateFacts) -> Iterator[Lack]:
    if facts.prescreen != PrescreenState.COMPLETE:
        yield Lack(Missing.PRESCREEN, "Complete the prescreen.")
    if facts.team and facts.team != ReviewDecision.PROCEED:
        yield Lack(Missing.STUDY_TEAM, _TEAM[facts.team])
    elif facts.team != ReviewDecision.PROCEED and facts.answers not in REVIEWED:
        yield Lack(Missing.REVIEW, "Review the answers and record where they lead.")
    elif not facts.team and facts.answers == AnswersDecision.TO_STUDY_TEAM:
        yield Lack(Missing.STUDY_TEAM, "Ask the study team for its review again.")
    if facts.records not in CLEAR:
        which = f" ({', '.join(facts.outstanding)})" if facts.outstanding else ""
        yield Lack(Missing.RECORDS, _RECORDS[facts.records].format(which=which))
    if facts.blockers:
        yield Lack(Missing.BLOCKER, f"Resolve what blocks it: {', '.join(facts.blockers)}.")


def _for_scheduled(facts: GateFacts) -> Iterator[Lack]:
    visit = facts.visit
    if visit is None or not visit.has_time:
        yield Lack(Missing.TIME, "Choose the day and the time of the visit.")
    if visit is None or not visit.type:
        yield Lack(Missing.VISIT_TYPE, "Say what kind of visit it is.")
    if visit is None or not visit.place.strip():
        yield Lack(Missing.PLACE, "Say where the visit takes place.")
    if visit is not None and visit.slots_left < 1:
        yield Lack(Missing.SLOT, "Choose another week; every visit slot of this one is taken.")
    if not facts.preparation_sent:
        yield Lack(Missing.PREPARATION, "Send what to expect and how to prepare.")
    if facts.needs_interpreter and not facts.language_arranged:
        yield Lack(Missing.LANGUAGE, "Arrange the interpreter this person needs.")
    if facts.not_clear:
        yield Lack(Missing.NOT_CLEAR, f"Clear up first: {', '.join(facts.not_clear)}.")


_TEAM: dict[str, str] = {
    TEAM_ASKED: "Wait for the study team's decision; it was asked.",
    ReviewDecision.MORE_NEEDED: "Give the study team what it asked for, and ask it again.",
    ReviewDecision.NOT_PROCEEDING: "The study team decided against going on; ask it again first.",
}
_RECORDS: dict[RecordsState, str] = {
    RecordsState.NEEDED: "Request the records{which}.",
    RecordsState.REQUESTED: "Wait for the records that were requested{which}.",
    RecordsState.INCOMPLETE: "Ask again for the records that came back incomplete{which}.",
    RecordsState.UNOBTAINABLE: "Waive the records that cannot be obtained{which}, or close.",
    RecordsState.RECEIVED: "Have the records that were received reviewed{which}.",
}
