"""The gate of 7.4 over every combination of what it looks at (G1, G2, LC8, LC9)."""

from itertools import product

import pytest

from recruitment.rules.readiness import (
    FOR_READY,
    GATED,
    TEAM_ASKED,
    GateFacts,
    Missing,
    VisitFacts,
    is_gated,
    lacks,
    skips_prescreen,
    skips_review,
)
from recruitment.rules.stages import RETURNS, Stage
from recruitment.rules.vocabulary import PrescreenState, RecordsState, ReviewDecision
from recruitment.rules.work_codes import AnswersDecision, VisitType

S, M = Stage, Missing
TEAM = ["", TEAM_ASKED, *(d.value for d in ReviewDecision if d != ReviewDecision.WITHDRAWN)]
ANSWERS = ["", *AnswersDecision.values]
THROUGH = {RecordsState.NOT_REQUIRED, RecordsState.REVIEWED, RecordsState.WAIVED}
VISITS = [
    None,
    *(
        VisitFacts(has_time=has_time, type=kind, place=place, slots_left=left)
        for has_time, kind, place, left in product(
            [True, False], ["", VisitType.SCREENING], ["", " ", "Room 2"], [0, 1]
        )
    ),
]


def codes(to: Stage, facts: GateFacts) -> set[Missing]:
    found = lacks(to, facts)
    assert len({lack.code for lack in found}) == len(found), "each thing is asked for once"
    assert all(lack.sentence.endswith(".") and len(lack.sentence) < 120 for lack in found)
    return {lack.code for lack in found}


def decision_lacks(answers: str, team: str) -> set[Missing]:
    """What 7.4 says about the review decision, written down a second time."""
    if team == ReviewDecision.PROCEED:
        return set()
    if team:
        return {M.STUDY_TEAM}
    if answers == AnswersDecision.TO_STUDY_TEAM:
        return {M.STUDY_TEAM}
    return set() if answers == AnswersDecision.PROCEED else {M.REVIEW}


def test_ready_to_schedule_needs_prescreen_decision_records_and_no_pausing_blocker() -> None:
    everything = product(PrescreenState, ANSWERS, TEAM, RecordsState, [(), ("Deciding",)])
    for prescreen, answers, team, records, blockers in everything:
        facts = GateFacts(
            prescreen=prescreen, answers=answers, team=team, records=records, blockers=blockers
        )
        expected = decision_lacks(answers, team)
        if prescreen != PrescreenState.COMPLETE:
            expected.add(M.PRESCREEN)
        if records not in THROUGH:
            expected.add(M.RECORDS)
        if blockers:
            expected.add(M.BLOCKER)
        assert codes(S.READY_TO_SCHEDULE, facts) == expected
        assert codes(S.SCHEDULED, facts) >= expected, "booking asks for all of it too"


def test_scheduled_adds_the_visit_itself_the_preparation_and_the_language() -> None:
    flags = [True, False]
    everything = product(VISITS, flags, flags, flags, [(), ("Caregiver",)])
    for visit, interpreter, arranged, sent, not_clear in everything:
        facts = GateFacts(
            prescreen=PrescreenState.COMPLETE,
            answers=AnswersDecision.PROCEED,
            needs_interpreter=interpreter,
            language_arranged=arranged,
            preparation_sent=sent,
            not_clear=not_clear,
            visit=visit,
        )
        wanted = {
            M.TIME: visit is None or not visit.has_time,
            M.VISIT_TYPE: visit is None or not visit.type,
            M.PLACE: visit is None or not visit.place.strip(),
            M.SLOT: visit is not None and visit.slots_left == 0,
            M.PREPARATION: not sent,
            M.LANGUAGE: interpreter and not arranged,
            M.NOT_CLEAR: bool(not_clear),
        }
        assert codes(S.SCHEDULED, facts) == {
            code for code, is_missing in wanted.items() if is_missing
        }
        assert codes(S.READY_TO_SCHEDULE, facts) == set()


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in GATED])
def test_no_other_stage_has_a_gate(stage: Stage) -> None:
    assert lacks(stage, GateFacts()) == []
    assert not any(is_gated(current, stage) for current in Stage)


def test_only_the_way_back_from_a_visit_that_was_not_held_goes_round_the_gate() -> None:
    open_ways = {(current, to) for current in Stage for to in GATED if not is_gated(current, to)}
    assert open_ways == {(S.SCHEDULED, S.READY_TO_SCHEDULE)}


def test_a_sentence_names_the_records_and_the_blockers() -> None:
    facts = GateFacts(
        records=RecordsState.RECEIVED, outstanding=("Lab results",), blockers=("Deciding", "Labs")
    )
    said = {lack.code: lack.sentence for lack in lacks(S.READY_TO_SCHEDULE, facts)}
    assert "(Lab results)" in said[M.RECORDS]
    assert "reviewed" in said[M.RECORDS]
    assert "Deciding, Labs" in said[M.BLOCKER]


def test_a_step_forward_asks_for_the_prescreen_it_leaves_out() -> None:
    for current, to in product(Stage, Stage):
        done = GateFacts(prescreen=PrescreenState.COMPLETE)
        assert not skips_prescreen(current, to, done)
        forward = to == S.COORDINATOR_REVIEW and current in {
            S.NEW_INQUIRY,
            S.AWAITING_PRESCREEN,
            S.CONTACTED,
        }
        gated = is_gated(current, to) and current not in RETURNS | {S.SCREENED}
        assert skips_prescreen(current, to, GateFacts()) == (forward or gated)


def test_a_step_forward_asks_for_the_review_it_leaves_out() -> None:
    for current, to, answers, team in product(Stage, Stage, ANSWERS, TEAM):
        facts = GateFacts(prescreen=PrescreenState.COMPLETE, answers=answers, team=team)
        gated = is_gated(current, to) and current not in RETURNS | {S.SCREENED}
        assert skips_review(current, to, facts) == (gated and not answers and not team)


def test_what_both_gates_ask_for_is_told_from_what_a_booking_adds() -> None:
    assert codes(S.READY_TO_SCHEDULE, GateFacts(records=RecordsState.NEEDED)) <= FOR_READY
    empty = GateFacts(visit=VisitFacts(has_time=False))
    added = codes(S.SCHEDULED, empty) - codes(S.READY_TO_SCHEDULE, empty)
    assert added == {M.TIME, M.VISIT_TYPE, M.PLACE, M.SLOT, M.PREPARATION}
