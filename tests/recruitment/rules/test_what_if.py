"""Replays of the log: exact under the recorded terms, and only what was proposed differs."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules import projection
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_book import Clocks
from recruitment.rules.clock_facts import fold, fold_for, step
from recruitment.rules.clocks import is_miss, timed
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import Target, TargetKey, Unit
from recruitment.rules.terms import TargetVersion, Terms
from recruitment.rules.vocabulary import ContactResult, SourceKind
from recruitment.rules.what_if import ALWAYS, LeadLog, Window, proposed, replays
from tests.recruitment.random_logs import random_log

K, T, U = EventKind, TargetKey, Unit
ZONE = "America/New_York"
USUAL = BusinessCalendar(ZONE)
SHORT = BusinessCalendar(
    ZONE, tuple((day, time(10), time(14)) for day in range(6)), frozenset({date(2026, 9, 9)})
)
MON = datetime(2026, 9, 7, 13, tzinfo=UTC)  # 09:00 in New York
WINDOW = Window(MON, MON + timedelta(weeks=8))


def _changing(chance: random.Random) -> Terms:
    """Terms of which calendars and targets change now and then."""
    moments = sorted(MON + timedelta(hours=chance.randrange(1, 1500)) for _ in range(3))
    kinds = ("", SourceKind.WEB, SourceKind.REFERRAL)
    return Terms(
        calendars=((None, USUAL), (moments[0], SHORT), (moments[1], USUAL), (moments[2], SHORT)),
        versions=tuple(
            TargetVersion(
                key=key,
                kind=chance.choice(kinds) if key == T.FIRST_RESPONSE else "",
                is_own=chance.random() < 0.5,
                in_force_from=MON + timedelta(hours=chance.randrange(0, 1500)),
                target=Target(chance.randrange(1, 9), chance.choice((U.HOURS, U.DAYS))),
            )
            for key in (T.FIRST_RESPONSE, T.RECORDS_REQUEST, T.OWN, T.FIRST_RESPONSE, T.OUTCOME)
        ),
    )


def _kept_step_by_step(facts: Sequence[Fact], terms: Terms) -> Clocks:
    """As the services keep them: each fact under the terms that were known when it was told."""
    clocks: Clocks = {}
    state = None
    for fact in facts:
        known = replace(
            terms,
            calendars=tuple(c for c in terms.calendars if c[0] is None or c[0] <= fact.told_at),
        )
        before = state
        state = projection.begin(fact) if before is None else projection.apply(before, fact)
        clocks = step(clocks, fact, before=before, after=state, terms=known)
    return clocks


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_log_folded_at_once_has_the_clocks_that_were_kept_fact_by_fact(seed: int) -> None:
    chance = random.Random(seed)
    terms, constant = _changing(chance), Terms(calendars=((None, USUAL),))
    facts = random_log(chance, 1, received_at=MON, events=40).facts

    for each in (constant, replace(terms, calendars=terms.calendars[:1])):
        assert fold(facts, each)[1] == _kept_step_by_step(facts, each)
    kept = _kept_step_by_step(facts, terms)
    assert fold(facts, terms)[1] == {
        name: timed(clock, terms) if clock.outcome is None else clock  # never moved once it ended
        for name, clock in kept.items()
    }


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32 - 1))
def test_only_the_clocks_that_are_wanted_are_timed_and_they_are_the_same(seed: int) -> None:
    chance = random.Random(seed)
    terms = _changing(chance)
    facts = random_log(chance, 1, received_at=MON, events=40).facts
    state, clocks = fold(facts, terms)

    wanted = {name: clock for name, clock in clocks.items() if clock.outcome is None}
    assert fold_for(facts, terms, lambda clock: clock.outcome is None) == (state, wanted)
    assert fold_for(facts, terms, lambda clock: False) == (state, {})


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_recorded_terms_give_the_recorded_misses(seed: int) -> None:
    chance = random.Random(seed)
    terms = _changing(chance)
    logs = [random_log(chance, n, received_at=MON, events=25) for n in range(4)]

    (replay,) = replays(logs, (proposed(terms, amounts={}),), WINDOW)

    recorded = [
        (log.lead_id, *clock.name, clock.due_at)
        for log in logs
        for clock in fold(log.facts, terms)[1].values()
        if clock.due_at and WINDOW.holds(clock.due_at) and is_miss(clock, WINDOW.end)
    ]
    found = [(b.lead_id, b.target, b.subject_id, b.run, b.due_at) for b in replay.breaches]
    assert found == recorded
    assert replay.by_target().total() == replay.by_hour(ZONE).total() == len(recorded)
    assert replay.by_owner().total() == len(recorded)
    assert replay.ran.total() >= len(recorded)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), key=st.sampled_from((T.OWN, T.HANDOFF, T.RECORDS_REVIEW)))
def test_only_the_proposed_target_differs_and_more_time_never_makes_more_misses(
    seed: int, key: TargetKey
) -> None:
    chance = random.Random(seed)
    terms = Terms(calendars=((None, USUAL),))
    logs = [random_log(chance, n, received_at=MON, events=25) for n in range(3)]
    longer, shorter = (
        proposed(terms, amounts={(key, ""): Target(amount, U.HOURS)}) for amount in (200, 1)
    )

    recorded, less, more = replays(logs, (terms, longer, shorter), Window(MON, LAST))

    for replay in (less, more):
        assert [b for b in replay.breaches if b.target != key] == [
            b for b in recorded.breaches if b.target != key
        ]
        assert replay.ran == recorded.ran
    assert less.by_target()[key] <= recorded.by_target()[key] <= more.by_target()[key]


LAST = MON + timedelta(weeks=400)


def _lead(*facts: tuple[EventKind, timedelta, dict[str, object]]) -> LeadLog:
    """A web inquiry of Monday 09:00, and what happened so long after."""
    received = Fact(kind=K.RECEIVED, occurred_at=MON, by_staff=False, seq=1, code=SourceKind.WEB)
    others = [
        Fact(kind=kind, occurred_at=MON + after, by_staff=True, seq=seq, **values)  # type: ignore[arg-type]  # one kind of fact has other values
        for seq, (kind, after, values) in enumerate(facts, start=2)
    ]
    return LeadLog(7, [received, *others])


CALLED: dict[str, object] = {"code": ContactResult.NO_ANSWER}


def test_a_call_after_five_hours_misses_four_hours_and_not_eight() -> None:
    log = _lead(
        (K.OWNER_SET, timedelta(minutes=5), {"to_owner_id": 11}),
        (K.OUTREACH_LOGGED, timedelta(hours=5), CALLED),
    )
    terms = Terms(calendars=((None, USUAL),))
    more = proposed(terms, amounts={(T.FIRST_RESPONSE, SourceKind.WEB): Target(8, U.HOURS)})

    before, after = replays([log], (terms, more), WINDOW)

    assert before.by_target() == {T.FIRST_RESPONSE: 1}
    assert before.by_hour(ZONE) == {(0, 13): 1}
    assert before.by_owner() == {11: 1}
    assert after.breaches == []
    assert before.ran == after.ran == {T.OWN: 1, T.FIRST_RESPONSE: 1}


def test_a_miss_counts_for_who_had_the_lead_when_it_was_due() -> None:
    log = _lead(
        (K.OWNER_SET, timedelta(hours=3), {"to_owner_id": 11}),
        (K.OWNER_SET, timedelta(hours=6), {"to_owner_id": 12}),
        (K.OUTREACH_LOGGED, timedelta(hours=7), CALLED),
    )

    (replay,) = replays([log], (Terms(calendars=((None, USUAL),)),), WINDOW)

    assert {b.target: b.owner_id for b in replay.breaches} == {T.OWN: None, T.FIRST_RESPONSE: 11}


def test_an_entry_made_late_is_no_miss_in_a_replay_either() -> None:
    called = Fact(
        kind=K.OUTREACH_LOGGED,
        occurred_at=MON + timedelta(hours=1),
        recorded_at=MON + timedelta(hours=9),
        by_staff=True,
        seq=2,
        code=ContactResult.NO_ANSWER,
    )
    log = LeadLog(1, [*_lead().facts, called])

    (replay,) = replays([log], (Terms(calendars=((None, USUAL),)),), WINDOW)

    assert T.FIRST_RESPONSE not in replay.by_target()


def test_other_hours_hold_from_the_beginning_of_the_replay() -> None:
    log = _lead((K.OUTREACH_LOGGED, timedelta(hours=5), CALLED))
    terms = Terms(calendars=((None, SHORT), (MON + timedelta(hours=2), USUAL)))

    before, after = replays([log], (terms, proposed(terms, amounts={}, calendar=USUAL)), WINDOW)

    assert before.by_hour(ZONE) == {(0, 11): 1, (0, 13): 1}  # an owner, then a first response
    assert after.by_hour(ZONE) == {(0, 10): 1, (0, 13): 1}
    assert proposed(terms, amounts={}, calendar=SHORT).calendars == ((None, SHORT),)


def test_what_was_due_outside_the_window_counts_nowhere() -> None:
    log = _lead((K.OUTREACH_LOGGED, timedelta(days=2), CALLED))
    terms = Terms(calendars=((None, USUAL),))
    due = MON + timedelta(hours=4)

    for window, misses in (
        (Window(MON, due), 0),
        (Window(due, due + timedelta(hours=1)), 1),
        (Window(due + timedelta(seconds=1), LAST), 0),
    ):
        (replay,) = replays([log], (terms,), window)
        assert replay.by_target()[T.FIRST_RESPONSE] == misses


def test_a_proposed_target_replaces_every_version_of_its_own_key_and_kind_only() -> None:
    old = TargetVersion(T.OWN, "", True, MON, Target(3, U.HOURS))
    other = TargetVersion(T.FIRST_RESPONSE, SourceKind.WEB, False, MON, Target(3, U.HOURS))
    terms = Terms(calendars=((None, USUAL),), versions=(old, other))

    found = proposed(terms, amounts={(T.OWN, ""): Target(2, U.DAYS)})

    assert found.target(T.OWN, ALWAYS) == Target(2, U.DAYS)
    assert found.target(T.OWN, LAST) == Target(2, U.DAYS)
    assert other in found.versions
    assert old not in found.versions


@pytest.mark.parametrize(("amount", "unit"), [(0, U.HOURS), (-1, U.DAYS), (500, U.HOURS)])
def test_an_amount_nobody_can_plan_with_is_refused(amount: int, unit: Unit) -> None:
    terms = Terms(calendars=((None, USUAL),))
    with pytest.raises(InvalidInput, match="An owner"):
        proposed(terms, amounts={(T.OWN, ""): Target(amount, unit)})
