"""A week's misses and the met rate, from rows of clocks (CK4, E4)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from accounts.models import User
from recruitment.models import Clock, Role, StudySite
from recruitment.queries.targets_kept import LABELS, By, week_kept
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.next_actions import Plan
from recruitment.rules.target_rates import MetRate
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Channel, ContactResult
from recruitment.services.blockers import open_blocker
from recruitment.services.outreach import log_outreach
from tests.factories.clocks import make_clock
from tests.factories.recruitment import (
    MONDAY,
    SiteFactory,
    SourceFactory,
    StudySiteFactory,
    make_lead,
    make_member,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = "2026-W10"  # from Monday 2 March
NOW = MONDAY + 2 * DAY
T, ENDED = TargetKey, ClockOutcome


def test_s25_the_met_rate_counts_a_still_unanswered_overdue_lead_as_a_miss(
    study_site: StudySite, coordinator: User
) -> None:
    answered = make_lead(study_site, owner=coordinator)
    make_lead(study_site, owner=coordinator)
    log_outreach(
        lead=answered,
        plan=Plan(ActionType.CALL, MONDAY + DAY),
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=answered.version,
    )

    in_time = week_kept([study_site], week=WEEK, now=MONDAY + 2 * HOUR)
    late = week_kept([study_site], week=WEEK, now=NOW)

    assert in_time.rates[T.FIRST_RESPONSE] == MetRate(met=1)  # open in time: not counted
    assert late.rates[T.FIRST_RESPONSE] == MetRate(met=1, overdue=1)
    assert late.rates[T.FIRST_RESPONSE].rate == Fraction(1, 2)
    assert [row.overdue for row in late.by(By.OWNER)] == [1]


@pytest.mark.parametrize(
    ("outcome", "due_at", "rate"),
    [
        (ENDED.MET, MONDAY, MetRate(met=1)),
        (ENDED.MET_LATE, MONDAY, MetRate(met_late=1)),
        (ENDED.MISSED, MONDAY, MetRate(missed=1)),
        (ENDED.NOT_APPLICABLE, MONDAY, None),
        ("", MONDAY, MetRate(overdue=1)),
        ("", NOW, MetRate(overdue=1)),
        ("", NOW + HOUR, None),
        (ENDED.MET, NOW + HOUR, MetRate(met=1)),
        (ENDED.MET, MONDAY - 4 * DAY, None),  # of the week before
        ("", MONDAY - 4 * DAY, None),
        (ENDED.MISSED, datetime(2026, 3, 2, 5, 0, tzinfo=UTC), MetRate(missed=1)),
        (ENDED.MISSED, datetime(2026, 3, 2, 4, 59, tzinfo=UTC), None),
        (
            ENDED.MISSED,
            datetime(2026, 3, 9, 3, 59, tzinfo=UTC),
            MetRate(missed=1),
        ),
        (ENDED.MISSED, datetime(2026, 3, 9, 4, 0, tzinfo=UTC), None),
    ],
)
def test_a_clock_counts_in_the_week_of_its_site_in_which_it_was_due(
    outcome: str, due_at: datetime, rate: MetRate | None, study_site: StudySite
) -> None:
    lead = make_lead(study_site, received_at=MONDAY - 6 * DAY)
    Clock.objects.all().delete()
    make_clock(lead, T.RECORDS_REVIEW, due_at=due_at, outcome=outcome)

    read = week_kept([study_site], week=WEEK, now=NOW)

    assert read.rates == ({} if rate is None else {T.RECORDS_REVIEW: rate})
    assert len(read.misses) == (rate.misses if rate else 0)
    assert read.rate == (rate or MetRate())


def test_each_site_has_its_own_monday(study_site: StudySite) -> None:
    there = StudySiteFactory(site=SiteFactory(time_zone="Australia/Sydney"))
    for place in (study_site, there):
        lead = make_lead(place, received_at=MONDAY - 6 * DAY)
        Clock.objects.filter(lead=lead).delete()
        make_clock(lead, due_at=datetime(2026, 3, 1, 20, 0, tzinfo=UTC), outcome=ENDED.MISSED)

    read = week_kept([study_site, there], week=WEEK, now=NOW)

    assert [row.name for row in read.by(By.SITE)] == [there.site.name]  # Monday 07:00 in Sydney


def test_misses_are_grouped_by_all_that_the_catalog_names(
    study_site: StudySite, coordinator: User
) -> None:
    source = SourceFactory(study=study_site.study, name="Flyer in the lobby")
    lead = make_lead(study_site, owner=coordinator, source=source)
    open_blocker(
        lead=lead,
        category=BlockerCategory.MISSING_RECORDS,
        waiting_on=None,
        owner=None,
        review_by=MONDAY + DAY,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
    )
    Clock.objects.all().delete()
    make_clock(lead, T.FIRST_RESPONSE, due_at=MONDAY + HOUR)
    make_clock(lead, T.OWN, due_at=MONDAY + HOUR, outcome=ENDED.MET_LATE)
    unowned = make_lead(study_site)
    Clock.objects.filter(lead=unowned).delete()
    make_clock(unowned, T.OWN, due_at=MONDAY + HOUR, outcome=ENDED.MISSED)

    read = week_kept([study_site], week=WEEK, now=NOW)

    found = {by: {row.name: row.total for row in read.by(by)} for by in By}
    code = study_site.study.code
    assert set(LABELS) == set(By)
    assert found[By.TARGET] == {"An owner": 2, "First response": 1}
    assert found[By.SOURCE] == {
        f"Flyer in the lobby, {code}": 2,
        f"{unowned.source.name}, {code}": 1,
    }
    assert found[By.STUDY] == {code: 3}
    assert found[By.SITE] == {study_site.site.name: 3}
    assert found[By.OWNER] == {"Priya Raman": 2, "Unowned": 1}
    assert found[By.BLOCKER] == {"Missing records": 2, "None": 1}
    assert sum(found[By.ACTION].values()) == 3
    (most, _) = read.by(By.OWNER)
    assert (most.late, most.missed, most.overdue) == (1, 0, 1)


def test_two_people_of_one_name_are_two_rows(study_site: StudySite) -> None:
    for _ in range(2):
        owner = make_member(Role.COORDINATOR, study_site, name="Ana Gray")
        lead = make_lead(study_site, owner=owner)
        Clock.objects.filter(lead=lead).delete()
        make_clock(lead, due_at=MONDAY, outcome=ENDED.MISSED)

    rows = week_kept([study_site], week=WEEK, now=NOW).by(By.OWNER)

    assert [(row.name, row.total) for row in rows] == [("Ana Gray", 1), ("Ana Gray", 1)]


def test_a_week_that_there_is_not_is_refused_with_a_sentence(study_site: StudySite) -> None:
    with pytest.raises(ValueError, match="is not a week; write it like 2026-W53"):
        week_kept([study_site], week="2026-W99", now=NOW)


def test_a_week_takes_one_statement(study_site: StudySite, count_queries: object) -> None:
    lead = make_lead(study_site)
    for n in range(20):
        make_clock(lead, T.HANDOFF, due_at=MONDAY, outcome=ENDED.MISSED, subject_id=n + 1)

    assert count_queries(week_kept, [study_site], week=WEEK, now=NOW) == 1  # type: ignore[operator]
