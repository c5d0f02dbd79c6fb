"""What must hold of every clock: against the minute walk, in itself, and of any log."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.calendars import BusinessCalendar, add_business_time, is_open
from recruitment.rules.clock_walk import Pause
from recruitment.rules.clocks import Clock, timed
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.stages import NEXT, Stage
from recruitment.rules.targets import DEFAULTS, Target, TargetKey, Unit
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import SourceKind
from tests.recruitment.rules.clock_logs import PLAIN, TERMS, Log, step_by_step
from tests.recruitment.rules.minute_walk import MINUTE, open_minutes
from tests.recruitment.rules.test_clock_facts import TABLE, fact_of
from tests.time_cases import NEW_YORK

K, T, U = EventKind, TargetKey, Unit
HOUR = timedelta(hours=1)
LUNCH = tuple(
    (day, opens, closes)
    for day in range(5)
    for opens, closes in [(time(8), time(12)), (time(13), time(16, 30))]
)
CALENDARS = (
    PLAIN,
    BusinessCalendar(NEW_YORK, LUNCH, frozenset({date(2026, 3, 5), date(2026, 3, 9)})),
    BusinessCalendar("Europe/Berlin", ((5, time(10), time(14)), (6, time(0), time(3)))),
)
FIRST = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
minutes = st.integers(0, 6 * 24 * 60).map(lambda n: FIRST + n * MINUTE)
lengths = st.integers(1, 4 * 24 * 60).map(lambda n: n * MINUTE)


@st.composite
def some_pauses(draw: st.DrawFn) -> list[Pause]:
    """Up to three pauses, over one another or not."""
    begins = draw(st.lists(minutes, max_size=3))
    return [
        Pause(number, "travel", begin, begin + draw(lengths)) for number, begin in enumerate(begins)
    ]


def clock(
    start: datetime,
    hours: int,
    pauses: Sequence[Pause],
    calendar: BusinessCalendar = PLAIN,
    target: TargetKey = T.SCHEDULE_BOOKED,
) -> Clock:
    made = Clock(
        target=target,
        subject_id=0,
        run=1,
        under=Target(hours, U.HOURS),
        started_at=start,
        told_at=start,
        pauses=tuple(pauses),
    )
    return timed(made, Terms(((None, calendar),)))


def due(*values: object) -> datetime:
    found = clock(*values).due_at  # type: ignore[arg-type]
    assert found is not None
    return found


def walked(
    start: datetime, hours: int, pauses: Sequence[Pause], calendar: BusinessCalendar, *, over: bool
) -> datetime:
    """The slow truth: count the open minutes in no pause, for `over` anew after each."""
    left, at = hours * 60, start
    for minute in open_minutes(
        start,
        start + timedelta(days=45),
        zone=calendar.zone,
        intervals=calendar.intervals,
        closed_dates=calendar.closed_dates,
    ):
        if any(p.begin <= minute < (p.until or minute) for p in pauses):
            continue
        if over and any(p.until and at <= p.until <= minute and p.until > start for p in pauses):
            left = hours * 60
        left, at = left - 1, minute + MINUTE
        if not left:
            return at
    raise AssertionError("45 days are enough for any of these")


@settings(max_examples=25)
@given(minutes, st.integers(1, 24), some_pauses(), st.sampled_from(CALENDARS), st.booleans())
def test_a_due_time_is_that_of_a_walk_through_the_minutes(
    start: datetime, hours: int, pauses: list[Pause], calendar: BusinessCalendar, over: bool
) -> None:
    target = T.OUTCOME if over else T.SCHEDULE_BOOKED
    found = clock(start, hours, pauses, calendar, target)
    assert found.due_at == walked(start, hours, pauses, calendar, over=over)


@given(minutes, st.integers(1, 40), some_pauses(), st.sampled_from(CALENDARS))
def test_a_due_time_lies_in_hours_or_at_a_closing(
    start: datetime, hours: int, pauses: list[Pause], calendar: BusinessCalendar
) -> None:
    found = clock(start, hours, pauses, calendar)
    assert found.due_at is not None
    assert found.warn_at is not None
    for at in (found.due_at, found.warn_at):
        assert is_open(at, calendar) or is_open(at - timedelta(microseconds=1), calendar)
    assert start < found.warn_at <= found.due_at


@given(minutes, st.integers(1, 40), st.sampled_from(CALENDARS))
def test_without_a_pause_it_is_plain_business_time(
    start: datetime, hours: int, calendar: BusinessCalendar
) -> None:
    assert due(start, hours, (), calendar) == add_business_time(start, hours * HOUR, calendar)


@given(minutes, st.integers(1, 40), some_pauses(), st.sampled_from([T.OUTCOME, T.SCHEDULE_BOOKED]))
def test_one_more_pause_never_makes_it_due_earlier(
    start: datetime, hours: int, pauses: list[Pause], target: TargetKey
) -> None:
    for left_out in range(len(pauses)):
        fewer = pauses[:left_out] + pauses[left_out + 1 :]
        assert due(start, hours, fewer, PLAIN, target) <= due(start, hours, pauses, PLAIN, target)


@given(minutes, st.integers(1, 40), some_pauses(), st.floats(0.05, 0.95))
def test_cutting_a_pause_in_two_changes_nothing(
    start: datetime, hours: int, pauses: list[Pause], share: float
) -> None:
    cut: list[Pause] = []
    for pause in pauses:
        assert pause.until is not None
        middle = pause.begin + (pause.until - pause.begin) * share
        cut += [pause._replace(until=middle), pause._replace(begin=middle)]
    for target in (T.OUTCOME, T.SCHEDULE_BOOKED):
        whole, parts = (
            clock(start, hours, pauses, PLAIN, target),
            clock(start, hours, cut, PLAIN, target),
        )
        assert (parts.due_at, parts.warn_at) == (whole.due_at, whole.warn_at)
        assert (parts.paused_at, parts.paused_until) == (whole.paused_at, whole.paused_until)


@given(minutes, st.integers(1, 40), some_pauses(), st.randoms())
def test_the_order_of_pauses_changes_nothing(
    start: datetime, hours: int, pauses: list[Pause], chance: object
) -> None:
    mixed = pauses.copy()
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert due(start, hours, mixed) == due(start, hours, pauses)


# Whole logs.

ROWS = list(TABLE)


@st.composite
def logs(draw: st.DrawFn) -> list[Fact]:
    """Any facts in any order, each told when it happened or some hours later."""
    told = FIRST + draw(st.integers(0, 10_000)) * MINUTE
    kind = draw(st.sampled_from(SourceKind))
    facts = [Fact(kind=K.RECEIVED, occurred_at=told, recorded_at=told, by_staff=False, code=kind)]
    stage, received = Stage.NEW_INQUIRY, told
    for _ in range(draw(st.integers(0, 12))):
        told += draw(st.integers(0, 3000)) * MINUTE
        occurred = max(received, told - draw(st.sampled_from([0, 0, 0, 90, 1500])) * MINUTE)
        if draw(st.integers(0, 3)) == 0 and NEXT[stage]:
            to = draw(st.sampled_from(sorted(NEXT[stage])))
            fact = Fact(
                kind=K.STAGE_CHANGED, occurred_at=told, by_staff=True, from_stage=stage, to_stage=to
            )
            stage, occurred = to, told
        else:
            fact = fact_of(*draw(st.sampled_from(ROWS)))[1]
        due_at = None if fact.due_at is None else told + draw(lengths)
        values = {"occurred_at": occurred, "recorded_at": told, "due_at": due_at}
        facts.append(Fact(**{**vars(fact), **values, "seq": len(facts) + 1}))
    return facts


LATER = BusinessCalendar(NEW_YORK, LUNCH, frozenset({date(2026, 3, 11), date(2026, 3, 17)}))
CHANGING = Terms(((None, PLAIN), (FIRST + timedelta(days=8), LATER)))


@settings(max_examples=200)
@given(logs(), st.sampled_from([TERMS, CHANGING]))
def test_clocks_kept_fact_by_fact_are_those_of_the_whole_log(
    facts: list[Fact], terms: Terms
) -> None:
    told = Log("2026-03-02 09:00")
    told.facts = facts
    assert step_by_step(facts, terms) == told.clocks(terms)


@settings(max_examples=200)
@given(logs())
def test_whatever_is_told_one_run_of_a_subject_runs_at_a_time_and_runs_are_counted(
    facts: list[Fact],
) -> None:
    told = Log("2026-03-02 09:00")
    told.facts = facts
    found = told.clocks()
    names = {(clock.target, clock.subject_id) for clock in found.values()}
    for name in names:
        runs = sorted((c for n, c in found.items() if n[:2] == name), key=lambda c: c.run)
        assert [clock.run for clock in runs] == list(range(1, len(runs) + 1))
        assert all(clock.outcome is not None for clock in runs[:-1])
    for clock in found.values():
        assert (clock.due_at is None) == (clock.warn_at is None)
        assert clock.due_at is not None or clock.paused_at is not None
        assert (clock.outcome is None) == (clock.ended_at is None)
        if clock.due_at is not None and clock.under.unit != U.BEFORE:
            assert clock.due_at >= clock.started_at or clock.under.unit == U.CLOSING


@given(st.permutations([1, 2, 3]), st.data())
def test_things_of_their_own_may_be_told_in_any_order(
    order: list[int], data: st.DataObject
) -> None:
    """Two records and a hand-off: the order of each is kept, that among them is free."""
    records = ["needed", "requested", "received"]
    waiting = {1: list(records), 2: list(records), 3: ["offered", "accepted"]}
    at, told = "2026-03-02 10:00", Log("2026-03-02 09:00")
    left = [*order, 1, 2, 1, 2, 3]
    for thing in data.draw(st.permutations(left)):
        code = waiting[thing].pop(0)
        kind = K.RECORDS_CHANGED if thing < 3 else K(f"handoff_{code}")
        told.add(kind, at, code=code, subject_id=thing)
    plain = Log("2026-03-02 09:00")
    for thing in (1, 2):
        for code in records:
            plain.add(K.RECORDS_CHANGED, at, code=code, subject_id=thing)
    for kind in (K.HANDOFF_OFFERED, K.HANDOFF_ACCEPTED):
        plain.add(kind, at, subject_id=3)
    assert told.clocks() == plain.clocks()


@given(minutes, some_pauses(), st.sampled_from(sorted(T)))
def test_every_target_gives_a_due_time_whatever_pauses_it(
    start: datetime, pauses: list[Pause], target: TargetKey
) -> None:
    made = Clock(
        target=target,
        subject_id=0,
        run=1,
        under=DEFAULTS[target],
        started_at=start,
        told_at=start,
        anchor_at=start + timedelta(days=7) if target == T.VISIT_CONFIRM else None,
        pauses=tuple(pauses),
    )
    found = timed(made, TERMS)
    assert found.due_at is not None
    assert is_open(found.due_at, PLAIN) or is_open(found.due_at - MINUTE / 60, PLAIN)
