"""Which fact starts, ends, breaks off or voids which clock: every kind against every target."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from recruitment.rules import projection
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clocks import Clock
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import CLOSED, NEXT, ORDER, Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import (
    ContactResult,
    PrescreenState,
    RecordsState,
    ReviewDecision,
    VisitResult,
)
from tests.recruitment.rules.clock_table import (
    LONG_AGO,
    NOW,
    THING,
    K,
    S,
    T,
    Was,
    after,
    running,
)
from tests.time_cases import local

R, P, V = RecordsState, PrescreenState, VisitResult
SOON, FAR = local("2026-03-31 12:00"), local("2026-04-13 12:00")
RUN_ALL = [target for target in T if target != T.ASK_ANSWER]
ALL = {clock.name: clock for clock in map(running, RUN_ALL)}
STATE = LeadState(seq=9, stage=S.CONTACTED, stage_entered_at=LONG_AGO, received_at=LONG_AGO)


@dataclass(frozen=True)
class Does:
    """What one fact does: by targets."""

    starts: frozenset[TargetKey]
    ends: frozenset[TargetKey]
    drops: frozenset[TargetKey]
    voids: frozenset[TargetKey]


def does(starts: str = "", ends: str = "", drops: str = "", voids: str = "") -> Does:
    return Does(*(frozenset(map(T, names.split())) for names in (starts, ends, drops, voids)))


NOTHING = does()
STALE = "stale_review"
ITEM = "records_request records_chase records_review"
TABLE: dict[tuple[EventKind, str], Does] = {
    (K.RELEASED, ""): NOTHING,
    (K.TOUCHED, ""): NOTHING,
    (K.OWNER_SET, "7"): does(ends="own"),
    (K.OWNER_SET, ""): does("own"),
    (K.OUTREACH_LOGGED, "no_answer"): does(ends="first_response missed_visit"),
    (K.OUTREACH_LOGGED, "reached"): does(ends="first_response missed_visit", drops=STALE),
    (K.CONTACT_RECEIVED, "reached"): does(ends="first_response missed_visit", drops=STALE),
    (K.ACTION_SET, ""): does(drops=STALE),
    (K.ACTION_DONE, ""): NOTHING,
    (K.ACTION_CANCELED, ""): NOTHING,
    (K.PRESCREEN_CHANGED, P.NOT_STARTED): NOTHING,
    (K.PRESCREEN_CHANGED, P.SENT): does("prescreen_complete"),
    (K.PRESCREEN_CHANGED, P.STARTED): does(drops=STALE),
    (K.PRESCREEN_CHANGED, P.COMPLETE): does("prescreen_review", "prescreen_complete", STALE),
    (K.PRESCREEN_CHANGED, P.ABANDONED): does(drops="prescreen_complete"),
    (K.PRESCREEN_CHANGED, P.OUTDATED): NOTHING,
    (K.ANSWERS_REVIEWED, ""): does(ends="prescreen_review", drops=STALE),
    (K.REVIEW_REQUESTED, ""): does("study_team_review", "prescreen_review"),
    **{
        (K.REVIEW_DECIDED, decision): does(ends="prescreen_review study_team_review", drops=STALE)
        for decision in ReviewDecision
        if decision != ReviewDecision.WITHDRAWN
    },
    (K.REVIEW_DECIDED, ReviewDecision.WITHDRAWN): does(drops=f"study_team_review {STALE}"),
    (K.BLOCKER_OPENED, ""): does("blocker_review", drops=STALE),
    (K.BLOCKER_REDATED, ""): does("blocker_review", "blocker_review"),
    (K.BLOCKER_RESOLVED, ""): does(ends="blocker_review", drops=STALE),
    (K.RECORDS_CHANGED, R.NEEDED): does(
        "records_request", "records_review", f"records_chase {STALE}"
    ),
    (K.RECORDS_CHANGED, R.INCOMPLETE): does(
        "records_request", "records_review", f"records_chase {STALE}"
    ),
    (K.RECORDS_CHANGED, R.REQUESTED): does("records_chase", "records_request", STALE),
    (K.RECORDS_CHANGED, R.RECEIVED): does("records_review", "records_request records_chase", STALE),
    (K.RECORDS_CHANGED, R.REVIEWED): does(ends="records_review", drops=STALE),
    (K.RECORDS_CHANGED, R.UNOBTAINABLE): does(
        ends="records_chase", drops=f"records_request {STALE}"
    ),
    (K.RECORDS_CHANGED, R.NOT_REQUIRED): does(drops=f"{ITEM} {STALE}"),
    (K.RECORDS_CHANGED, R.WAIVED): does(drops=f"{ITEM} {STALE}"),
    (K.RECORDS_CHANGED, "authorization"): NOTHING,
    (K.RECORDS_CHASED, ""): does("records_chase", "records_chase"),
    (K.READINESS_CHANGED, ""): NOTHING,
    (K.VISIT_OFFERED, ""): does("schedule_booked", "schedule_offer", STALE),
    (K.VISIT_BOOKED, "far"): does(
        "visit_confirm missed_visit", "schedule_offer schedule_booked missed_visit", STALE
    ),
    (K.VISIT_BOOKED, "soon"): does(
        "missed_visit", "schedule_offer schedule_booked missed_visit", STALE
    ),
    (K.VISIT_CONFIRMED, ""): does(ends="visit_confirm"),
    (K.VISIT_ENDED, V.ATTENDED): does("outcome", "", f"visit_confirm {STALE}", "missed_visit"),
    (K.VISIT_ENDED, V.NO_SHOW): does(drops="visit_confirm"),
    (K.VISIT_ENDED, V.PATIENT_CANCELED): does(drops="visit_confirm", voids="missed_visit"),
    (K.VISIT_ENDED, V.SITE_CANCELED): does(drops="visit_confirm", voids="missed_visit"),
    (K.VISIT_ENDED, V.RESCHEDULED): does(drops="visit_confirm", voids="missed_visit"),
    (K.CTMS_HANDOFF_CHANGED, ""): NOTHING,
    (K.GATE_OVERRIDDEN, ""): NOTHING,
    (K.HANDOFF_OFFERED, ""): does("handoff"),
    (K.HANDOFF_ACCEPTED, ""): does(ends="handoff"),
    (K.HANDOFF_DECLINED, ""): does(ends="handoff"),
    (K.HANDOFF_WITHDRAWN, ""): does(drops="handoff"),
    (K.HANDOFF_RETURNED, ""): NOTHING,
    (K.PERMISSION_RECORDED, ""): NOTHING,
    (K.PERSON_CORRECTED, ""): NOTHING,
    (K.NOTE_ADDED, ""): NOTHING,
    (K.STALE_FLAGGED, ""): does("stale_review"),
    (K.STALE_REVIEWED, ""): does(ends="stale_review"),
    (K.RECOVERED, ""): NOTHING,
    (K.ESCALATED, ""): NOTHING,
    (K.ESCALATION_ENDED, ""): NOTHING,
    (K.CLOCK_BREACHED, "own"): NOTHING,
    (K.PAUSE_ENDED, ""): NOTHING,
    (K.CLOSE_PROPOSED, ""): NOTHING,
    (K.VOIDED, ""): NOTHING,
}


def test_the_table_names_every_kind_of_fact_and_every_code_that_matters() -> None:
    apart = {K.RECEIVED, K.STAGE_CHANGED}  # have tests of their own
    assert {kind for kind, _ in TABLE} | apart == set(K)
    for kind, codes in {
        K.PRESCREEN_CHANGED: P,
        K.RECORDS_CHANGED: R,
        K.REVIEW_DECIDED: ReviewDecision,
        K.VISIT_ENDED: V,
    }.items():
        assert set(codes) <= {code for each, code in TABLE if each == kind}
    touched = [getattr(row, part) for row in TABLE.values() for part in ("starts", "ends")]
    assert frozenset().union(*touched) | {T.ASK_ANSWER, T.OUTCOME} >= set(T) - {T.FIRST_RESPONSE}


def fact_of(kind: EventKind, code: str) -> tuple[LeadState, Fact]:
    """The fact of a row of the table, and the state that it comes to."""
    values: dict[str, Any] = {"subject_id": THING, "code": code}
    state = STATE
    if kind == K.OWNER_SET:
        values = {"to_owner_id": int(code) if code else None}
    elif kind == K.ACTION_SET:
        values |= {"code": "call", "due_at": SOON}
    elif kind == K.VISIT_BOOKED:
        values |= {"code": "", "due_at": FAR if code == "far" else SOON}
    elif kind == K.BLOCKER_OPENED:
        values |= {"code": "travel", "reason_code": "patient", "due_at": SOON}
    elif kind in {K.BLOCKER_REDATED, K.BLOCKER_RESOLVED}:
        opened = Fact(
            kind=K.BLOCKER_OPENED,
            occurred_at=LONG_AGO,
            by_staff=True,
            code="travel",
            reason_code="patient",
            subject_id=THING,
            due_at=LONG_AGO,
        )
        state = projection.apply(state, opened)
        values |= {"code": "travel", "due_at": SOON if kind == K.BLOCKER_REDATED else None}
    return state, Fact(kind=kind, occurred_at=NOW, by_staff=True, seq=10, **values)


def broken(clocks: dict[Any, Clock], outcome: ClockOutcome) -> frozenset[TargetKey]:
    """The targets whose first run ended so."""
    return frozenset(c.target for c in clocks.values() if c.run == 1 and c.outcome == outcome)


@pytest.mark.parametrize(("row", "expected"), TABLE.items(), ids=[" ".join(row) for row in TABLE])
def test_a_fact_does_to_every_clock_what_the_table_says(
    row: tuple[EventKind, str], expected: Does
) -> None:
    state, fact = fact_of(*row)

    begun = after({}, state, fact)
    done = after(ALL, state, fact)

    assert {clock.target for clock in begun.values()} == expected.starts
    assert broken(done, Was.MET_LATE) == expected.ends
    assert broken(done, Was.MISSED) == expected.drops
    assert broken(done, Was.NOT_APPLICABLE) == expected.voids
    again = {clock.target for clock in done.values() if clock.outcome is None}
    touched = expected.ends | expected.drops | expected.voids
    assert again == (set(RUN_ALL) - touched) | expected.starts


def test_every_result_of_an_attempt_is_a_response() -> None:
    for code in ContactResult:
        _, fact = fact_of(K.OUTREACH_LOGGED, code)
        assert broken(after(ALL, STATE, fact), Was.MET_LATE) == {T.FIRST_RESPONSE, T.MISSED_VISIT}


MOVES = [(source, to) for source, targets in NEXT.items() for to in sorted(targets)]


@pytest.mark.parametrize(("source", "to"), MOVES)
@pytest.mark.parametrize("prescreen", ["complete", "started"])
def test_a_move_starts_what_its_stage_waits_for_and_ends_what_the_last_one_did(
    source: Stage, to: Stage, prescreen: str
) -> None:
    state = replace(STATE, stage=source, prescreen=prescreen, stage_entered_at=LONG_AGO)
    fact = Fact(
        kind=K.STAGE_CHANGED, occurred_at=NOW, by_staff=True, from_stage=source, to_stage=to
    )
    starts = set()
    if to == S.AWAITING_PRESCREEN and prescreen != "complete":
        starts = {T.PRESCREEN_COMPLETE}
    if to == S.COORDINATOR_REVIEW and prescreen == "complete":
        starts = {T.PRESCREEN_REVIEW}
    if to == S.READY_TO_SCHEDULE:
        starts = {T.SCHEDULE_OFFER}
    if source in CLOSED:
        starts |= {T.FIRST_RESPONSE, T.OWN}
    assert {clock.target for clock in after({}, state, fact).values()} == starts

    done = after(ALL, state, fact)
    is_forward = to not in CLOSED and ORDER[to] > ORDER[source]
    if source == S.SCREENED:
        assert (T.OUTCOME in broken(done, Was.MET_LATE)) == (to in CLOSED)
    if source == S.COORDINATOR_REVIEW:
        assert (T.PRESCREEN_REVIEW in broken(done, Was.MET_LATE)) == is_forward
    if to in CLOSED:
        assert all(clock.outcome is not None for clock in done.values())
    elif source == S.READY_TO_SCHEDULE and to != S.SCHEDULED:
        assert {T.SCHEDULE_OFFER, T.SCHEDULE_BOOKED} <= broken(done, Was.MISSED)
    if to == S.NO_RESPONSE:
        assert T.PRESCREEN_COMPLETE in broken(done, Was.MISSED)
