"""Visits, stale spells, targets and kept times as a report reads them from the log (12.1; G7)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, SlotHold, StudySite, WeekCapacity
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MOVED, EventKind, Fact
from recruitment.rules.staleness import REST_DAYS
from recruitment.rules.terms import Terms as ClockTerms
from recruitment.rules.vocabulary import ContactResult, VisitResult
from reporting.figures.inputs import LeadFacts, SourceFacts
from reporting.figures.work_facts import WeekSlots
from reporting.queries.history import Terms, in_order, lead_facts
from reporting.queries.log import read_log
from reporting.queries.role import as_report_reader
from tests.factories.recruitment import MONDAY, make_lead
from tests.reporting.world import DAY, HOUR, WEEK, attempt, close

K = EventKind
CLOCKS = ClockTerms(calendars=((None, BusinessCalendar("America/New_York")),))
TERMS = Terms(CLOCKS, REST_DAYS, max_attempts=5)
CUT_OFF = MONDAY + 2 * WEEK
SECOND = timedelta(seconds=1)


def fact(kind: EventKind, days: float, **values: object) -> Fact:
    known = {"kind": kind, "occurred_at": MONDAY + days * DAY, "by_staff": True}
    return Fact(**{**known, **values})  # type: ignore[arg-type]


RECEIVED = fact(K.RECEIVED, 0, by_staff=False, code="web")


def told(*facts: Fact) -> LeadFacts:
    """The lead as known a day after the cut-off; everything was recorded an hour later."""
    log = in_order([(one, one.occurred_at + HOUR) for one in (RECEIVED, *facts)])
    source = SourceFacts("REF", "Referrals", "web")
    found = lead_facts(log, source=source, is_test=False, cut_off=CUT_OFF, terms=TERMS)
    assert found is not None
    return found


def booked(days: float, subject: int, ahead: float) -> Fact:
    return fact(K.VISIT_BOOKED, days, subject_id=subject, due_at=MONDAY + (days + ahead) * DAY)


def ended(days: float, subject: int, result: VisitResult) -> Fact:
    return fact(K.VISIT_ENDED, days, subject_id=subject, code=result)


def test_each_visit_is_told_with_what_became_of_it() -> None:
    facts = told(
        booked(1, 7, 2),
        ended(2, 7, VisitResult.RESCHEDULED),
        booked(2, 8, 3),
        ended(5, 8, VisitResult.NO_SHOW),
        booked(6, 9, 4),
        ended(10, 9, VisitResult.ATTENDED),
    )

    days = {
        kind: [(moment.occurred_at - MONDAY).days for moment in moments]
        for kind, moments in facts.happened.items()
    }
    assert days == {"visits_booked": [1, 2, 6], "visits_missed": [5], "visits_attended": [10]}
    assert facts.happened["visits_missed"][0].recorded_at == MONDAY + 5 * DAY + HOUR


def test_a_visit_that_was_moved_or_canceled_gives_its_slot_back() -> None:
    facts = told(
        booked(1, 7, 2),
        ended(2, 7, VisitResult.PATIENT_CANCELED),
        booked(2, 8, 3),
        ended(5, 8, VisitResult.NO_SHOW),
        booked(6, 9, 20),
        booked(15, 10, 1),
    )

    assert facts.taken == (MONDAY + 5 * DAY, MONDAY + 26 * DAY)


def test_a_stale_flag_that_only_moved_with_the_hours_is_not_told_again() -> None:
    facts = told(
        fact(K.STALE_FLAGGED, 3, by_staff=False),
        fact(K.STALE_FLAGGED, 4, by_staff=False, reason_code=MOVED),
        fact(K.RECOVERED, 5, by_staff=False),
    )

    assert len(facts.happened["went_stale"]) == 1
    assert len(facts.happened["recovered"]) == 1


def test_a_reason_stands_until_the_lead_moves() -> None:
    reviewed = fact(K.STALE_REVIEWED, 3, code="recontact", reason_code="scheduling")

    assert told().stale_reason == ""
    assert told(reviewed).stale_reason == "scheduling"
    moved = fact(K.CONTACT_RECEIVED, 4, code="replied")
    assert told(reviewed, moved).stale_reason == ""
    late = fact(K.STALE_REVIEWED, 15, code="recontact", reason_code="needs_review")
    assert told(reviewed, late).stale_reason == "scheduling"


def test_targets_are_told_as_they_stood_at_the_cut_off() -> None:
    late = told(fact(K.OUTREACH_LOGGED, 15, code=ContactResult.NO_ANSWER))
    quick = told(fact(K.OUTREACH_LOGGED, 0.1, code=ContactResult.NO_ANSWER))

    assert [(one.target, one.outcome) for one in late.targets] == [("first_response", "")]
    assert [(one.target, one.outcome) for one in quick.targets] == [("first_response", "met")]
    assert late.targets[0].due_at is not None
    assert MONDAY < late.targets[0].due_at < MONDAY + DAY


def known(place: StudySite, at: datetime) -> tuple[tuple[LeadFacts, ...], tuple[WeekSlots, ...]]:
    """The leads and the weeks of a report with this cut-off, read under the role of reports."""
    with transaction.atomic(), as_report_reader() as taken:
        assert taken
        log = read_log(place, until=at)
        return log.leads_known_at(cut_off=at, as_of=at), log.weeks_after(at)


@pytest.fixture
def held(study_site: StudySite, coordinator: User) -> Lead:
    """A lead for whom a time is kept from Tuesday to Thursday, for the Monday after."""
    lead = make_lead(study_site, owner=coordinator)
    attempt(lead, coordinator, MONDAY + HOUR, ContactResult.REACHED)
    SlotHold.objects.create(
        lead=lead,
        starts_at=MONDAY + WEEK,
        held_at=MONDAY + DAY,
        held_by=coordinator,
        until=MONDAY + 3 * DAY,
    )
    return lead


@pytest.mark.parametrize(
    ("at", "is_kept"),
    [(DAY, False), (DAY + SECOND, True), (3 * DAY, True), (3 * DAY + SECOND, False)],
)
def test_a_time_is_kept_from_one_moment_to_the_other(
    held: Lead, study_site: StudySite, at: timedelta, is_kept: bool
) -> None:
    ((lead,), _) = known(study_site, MONDAY + at)

    assert lead.taken == ((MONDAY + WEEK,) if is_kept else ())


def test_what_was_kept_for_a_lead_is_free_once_it_is_given_up_or_closed(
    held: Lead, study_site: StudySite, coordinator: User
) -> None:
    SlotHold.objects.update(ended_at=MONDAY + 2 * DAY)
    ((before,), _) = known(study_site, MONDAY + 2 * DAY)
    ((after,), _) = known(study_site, MONDAY + 2 * DAY + SECOND)
    SlotHold.objects.update(ended_at=None)
    close(held, coordinator, MONDAY + 2 * DAY, CloseCode.PT_NOT_INTERESTED)
    ((closed,), _) = known(study_site, MONDAY + 2 * DAY + SECOND)

    assert (len(before.taken), after.taken, closed.taken) == (1, (), ())


def test_a_week_has_the_usual_slots_unless_it_was_set_apart(study_site: StudySite) -> None:
    first, second = known(study_site, MONDAY)[1][:2]
    monday = (first.end + HOUR).date()
    WeekCapacity.objects.create(study_site=study_site, week_on=monday, slots=9)

    weeks = known(study_site, MONDAY)[1]

    assert first.start <= MONDAY < first.end == second.start
    usual = study_site.capacity_per_week
    assert [week.slots for week in weeks] == [usual, 9, usual, usual]


def paused_study(days: float) -> Fact:
    return fact(K.BLOCKER_OPENED, days, code="study_paused", reason_code="sponsor", subject_id=9)


@pytest.mark.parametrize(
    ("more", "running", "paused"),
    [
        ([], 2, 0),
        ([paused_study(13.6)], 2, 1),  # what was due by then is overdue, not paused
        ([paused_study(13.6), fact(K.BLOCKER_RESOLVED, 13.8, subject_id=9)], 2, 0),
        ([paused_study(14)], 2, 0),
        ([fact(K.ANSWERS_REVIEWED, 13.9)], 1, 0),
    ],
)
def test_running_targets_are_counted_with_those_that_stand_still(
    more: list[Fact], running: int, paused: int
) -> None:
    owned = fact(K.OWNER_SET, 0.1, to_owner_id=3)
    facts = told(owned, fact(K.PRESCREEN_CHANGED, 13.5, code="complete"), *more)

    assert (facts.running, facts.paused) == (running, paused)


def test_a_lead_is_owned_as_the_log_told_at_the_cut_off() -> None:
    given, taken = fact(K.OWNER_SET, 1, to_owner_id=3), fact(K.OWNER_SET, 2)

    assert not told().is_owned
    assert told(given).is_owned
    assert not told(given, taken).is_owned
    assert told(given, replace(taken, occurred_at=CUT_OFF)).is_owned
