"""Whose turn it was: spans without gaps, sums that add up, and what is told late (D23, PZ3)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.projection import apply, begin
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party
from recruitment.rules.waiting import Span, of_the_site, spans, sums, within

K, P = EventKind, Party
START = datetime(2026, 3, 2, 14, tzinfo=UTC)  # Monday 09:00 in New York
NEW_YORK = BusinessCalendar(zone="America/New_York")
HOUR = timedelta(hours=1)


def _facts(*rest: Fact) -> list[Fact]:
    first = Fact(kind=K.RECEIVED, occurred_at=START, by_staff=False, seq=1)
    return [first, *rest]


def _at(hours: float, kind: EventKind, **values: object) -> Fact:
    moment = START + hours * HOUR
    return Fact(kind=kind, occurred_at=moment, by_staff=True, **values)  # type: ignore[arg-type]


def _action(hours: float, type_: ActionType, key: int = 1) -> Fact:
    return _at(hours, K.ACTION_SET, code=type_, subject_id=key, due_at=START + 100 * HOUR)


def _block(hours: float, party: Party, key: int = 1) -> Fact:
    return _at(
        hours, K.BLOCKER_OPENED, code=BlockerCategory.TRAVEL, reason_code=party, subject_id=key
    )


def _free(hours: float, key: int = 1) -> Fact:
    return _at(hours, K.BLOCKER_RESOLVED, code=BlockerCategory.TRAVEL, subject_id=key)


def _stage(hours: float, source: Stage, target: Stage) -> Fact:
    return _at(hours, K.STAGE_CHANGED, from_stage=source, to_stage=target)


def _hours(found: list[Span]) -> list[tuple[Party, float, float | None]]:
    return [
        (s.party, (s.start - START) / HOUR, None if s.end is None else (s.end - START) / HOUR)
        for s in found
    ]


def test_a_lead_waits_on_its_action_s_party_and_on_a_blocker_s_while_one_is_open() -> None:
    facts = _facts(
        _action(0, ActionType.CALL),
        _action(2, ActionType.CHASE_RECORDS, 2),
        _block(5, P.PATIENT),
        _free(9),
    )

    assert _hours(spans(facts)) == [
        (P.COORDINATOR, 0, 2),
        (P.RECORDS_PROVIDER, 2, 5),
        (P.PATIENT, 5, 9),
        (P.RECORDS_PROVIDER, 9, None),
    ]


def test_the_oldest_open_blocker_counts_until_it_is_resolved() -> None:
    facts = _facts(_block(1, P.PATIENT, 1), _block(2, P.SPONSOR, 2), _free(4, 1), _free(6, 2))

    assert _hours(spans(facts)) == [
        (P.COORDINATOR, 0, 1),
        (P.PATIENT, 1, 4),
        (P.SPONSOR, 4, 6),
        (P.COORDINATOR, 6, None),
    ]


def test_a_closed_lead_waits_on_nobody_and_a_reopened_one_waits_again() -> None:
    facts = _facts(
        _stage(3, Stage.NEW_INQUIRY, Stage.CLOSED_OTHER),
        _stage(10, Stage.CLOSED_OTHER, Stage.COORDINATOR_REVIEW),
    )

    assert _hours(spans(facts)) == [(P.COORDINATOR, 0, 3), (P.COORDINATOR, 10, None)]


def test_what_is_told_late_moves_no_waiting_that_was_known_before() -> None:
    facts = _facts(_block(5, P.PATIENT, 1), _free(8, 1), _block(2, P.SPONSOR, 2))

    assert _hours(spans(facts)) == [
        (P.COORDINATOR, 0, 5),
        (P.PATIENT, 5, 8),
        (P.SPONSOR, 8, None),
    ]


def test_waiting_is_summed_by_the_clock_and_within_opening_hours() -> None:
    facts = _facts(_block(6, P.SPONSOR), _free(26))  # Monday 15:00 to Tuesday 11:00

    totals = sums(spans(facts), until=START + 27 * HOUR, calendar=NEW_YORK)

    assert totals[P.SPONSOR].elapsed == 20 * HOUR
    assert totals[P.SPONSOR].working == 4 * HOUR
    assert totals[P.COORDINATOR].elapsed == 7 * HOUR
    assert of_the_site(totals).working == 7 * HOUR


def test_a_window_takes_only_what_lies_in_it() -> None:
    found = spans(_facts(_block(2, P.PATIENT), _free(6)))

    inside = list(within(found, START + 3 * HOUR, START + 4 * HOUR))

    assert inside == [Span(P.PATIENT, START + 3 * HOUR, START + 4 * HOUR)]
    assert not list(within(found, START + 4 * HOUR, START + 4 * HOUR))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["action", "block", "free", "close", "reopen"]),
        st.integers(min_value=-30, max_value=90),  # minutes since the step before; late ones too
        st.sampled_from(list(Party)),
        st.sampled_from(list(ActionType)),
    ),
    max_size=30,
)


def _story(steps: list[tuple[str, int, Party, ActionType]]) -> Iterator[Fact]:
    """A log that the services could have written, some of it told late."""
    first = Fact(kind=K.RECEIVED, occurred_at=START, by_staff=False, seq=1)
    state, moment = begin(first), START
    yield first
    for key, (what, minutes, party, type_) in enumerate(steps, start=2):
        moment = max(START, moment + timedelta(minutes=minutes))
        hours = (moment - START) / HOUR
        closed = state.stage in CLOSED
        fact: Fact | None = None
        if what == "reopen" and closed:
            fact = _stage(hours, state.stage, Stage.COORDINATOR_REVIEW)
        elif closed:
            continue
        elif what == "action":
            fact = _action(hours, type_, key)
        elif what == "block":
            fact = _block(hours, party, key)
        elif what == "free" and state.blockers:
            fact = _free(hours, state.blockers[0].subject_id)
        elif what == "close":
            fact = _stage(hours, state.stage, Stage.CLOSED_OTHER)
        if fact is not None:
            state = apply(state, fact)
            yield fact


def _open_spells(facts: list[Fact]) -> list[tuple[datetime, datetime | None]]:
    """When the lead was open, from its stages alone; time never runs back."""
    found: list[tuple[datetime, datetime | None]] = [(START, None)]
    state, latest = begin(facts[0]), START
    for fact in facts[1:]:
        before, known = state.waiting_on, state.stage in CLOSED
        state = apply(state, fact)
        if state.waiting_on != before:
            latest = max(latest, fact.occurred_at)
        if (state.stage in CLOSED) and not known:
            found[-1] = (found[-1][0], latest)
        elif known and state.stage not in CLOSED and found[-1][1] == latest:
            found[-1] = (found[-1][0], None)  # taken up again at once
        elif known and state.stage not in CLOSED:
            found.append((latest, None))
    return found


@given(STEPS)
def test_spans_leave_no_gap_while_a_lead_is_open_and_add_up_to_the_time_it_was(
    steps: list[tuple[str, int, Party, ActionType]],
) -> None:
    facts = list(_story(steps))
    until = START + timedelta(days=30)
    found = spans(facts)

    for one, two in pairwise(found):
        assert one.end is not None
        assert one.start < one.end <= two.start
        assert one.party != two.party or one.end < two.start
    spells = [(a, until if b is None else b) for a, b in _open_spells(facts)]
    open_for = sum((b - a for a, b in spells), timedelta())
    totals = sums(found, until=until, calendar=NEW_YORK)
    assert sum((waited.elapsed for waited in totals.values()), timedelta()) == open_for
    for span in within(found, None, until):
        assert span.end is not None
        assert any(a <= span.start and span.end <= b for a, b in spells)
