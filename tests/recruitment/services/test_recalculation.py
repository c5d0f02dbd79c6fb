"""A change of a site's calendar: what was breached stays, what runs moves, in the background."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Clock, Job, Lead, Recalculation, Site, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.calendars import DEFAULT_HOURS
from recruitment.rules.next_actions import Plan
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services import jobs, recalculation, site_hours
from recruitment.services.folding import clock_differences
from recruitment.services.handoffs import offer_handoff
from recruitment.services.next_actions import set_next_action
from recruitment.services.recalculation import go_on, sites_being_recalculated, stopped
from tests.factories.recruitment import MONDAY, Role, make_lead, make_member

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = MONDAY + 2 * HOUR  # Monday 12:00 in New York
TUESDAY = date(2026, 3, 3)
T = TargetKey


@pytest.fixture
def site(study_site: StudySite) -> Site:
    return study_site.site


def _close_tuesday(site: Site, by: User, at: datetime = NOON) -> None:
    site_hours.add_holiday(site, on=TUESDAY, name="Snow", by=by, at=at)


def _run(at: datetime = NOON + HOUR) -> int:
    done = 0
    while job := Job.objects.filter(kind=recalculation.KIND, state="waiting").first():
        assert jobs.run_job(job.pk, at=at)
        done += 1
    return done


def _clock(lead: Lead, target: T) -> Clock:
    return Clock.objects.get(lead=lead, target=target)


def _told(row: Recalculation) -> tuple[int, int, int]:
    row.refresh_from_db()
    return row.total, row.done, row.moved


def test_what_was_breached_before_a_holiday_was_added_stays_and_what_runs_moves(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    lead = make_lead(study_site)

    _close_tuesday(site, administrator)
    assert _run() == 1

    assert _clock(lead, T.OWN).due_at == MONDAY + HOUR  # breached at 11:00, before the change
    assert _clock(lead, T.FIRST_RESPONSE).due_at == MONDAY + 2 * DAY  # not on Tuesday any more
    assert list(differences([lead])) == []
    assert list(clock_differences([lead])) == []


def test_a_site_without_open_leads_has_nothing_to_count(site: Site, administrator: User) -> None:
    _close_tuesday(site, administrator)

    assert not Recalculation.objects.exists()
    assert not Job.objects.exists()


def test_it_says_how_many_clocks_were_looked_at_and_how_many_due_times_moved(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    for _ in range(3):
        make_lead(study_site)
    far = make_lead(study_site)
    Clock.objects.filter(lead=far, target=T.FIRST_RESPONSE).update(
        started_at=MONDAY - DAY, due_at=MONDAY + 3 * HOUR, amount=1
    )

    _close_tuesday(site, administrator)
    row = Recalculation.objects.get()
    assert _told(row) == (4, 0, 0)
    assert sites_being_recalculated() == [site.pk]
    _run()

    assert row.ended_at is None
    assert _told(row)[:2] == (4, 4)
    assert row.moved >= 3
    assert row.ended_at == NOON + HOUR
    assert sites_being_recalculated() == []


def test_clocks_of_another_site_are_left_alone(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    make_lead(study_site)
    elsewhere = make_lead()

    _close_tuesday(site, administrator)
    _run()

    assert _clock(elsewhere, T.FIRST_RESPONSE).due_at == MONDAY + DAY


def test_when_leads_turn_stale_follows_the_calendar(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    lead = make_lead(study_site)
    before = lead.stale_at

    _close_tuesday(site, administrator)
    _run()

    lead.refresh_from_db()
    assert before is not None
    assert lead.stale_at == before + DAY
    assert list(differences([lead])) == []
    assert list(clock_differences([lead])) == []


def test_a_plan_stays_where_its_person_put_it_and_is_counted_on_a_closed_day(
    study_site: StudySite, site: Site, coordinator: User, administrator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    plan = Plan(ActionType.CALL, MONDAY + DAY)
    set_next_action(
        lead=lead, plan=plan, reason="", by=coordinator, at=MONDAY + HOUR, seen=lead.version
    )

    _close_tuesday(site, administrator)
    _run()

    assert lead.next_actions.get(ended_at=None).due_at == MONDAY + DAY
    assert Recalculation.objects.get().closed_actions == 1


def test_the_date_of_a_hand_off_goes_with_its_clock(
    study_site: StudySite, site: Site, coordinator: User, administrator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    peer = make_member(Role.COORDINATOR, study_site)
    later = Plan(ActionType.CALL, MONDAY + 9 * DAY)
    set_next_action(
        lead=lead, plan=later, push_back=PushBack.ASKED, by=coordinator, at=NOON, seen=lead.version
    )
    lead.refresh_from_db()
    row = offer_handoff(
        lead=lead,
        to=peer,
        context="She asked for mornings.",
        by=coordinator,
        at=MONDAY + 5 * HOUR,
        seen=lead.version,
    )

    _close_tuesday(site, administrator, at=MONDAY + 5 * HOUR)
    _run(at=MONDAY + 6 * HOUR)

    row.refresh_from_db()
    assert row.accept_by == _clock(lead, T.HANDOFF).due_at == MONDAY + 2 * DAY + HOUR
    assert list(differences([lead])) == [], "and so does what the queue ranks by"


def test_a_worker_killed_between_batches_loses_nothing_and_repeats_nothing(
    study_site: StudySite, site: Site, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "BATCH", 2)
    leads = [make_lead(study_site) for _ in range(5)]
    _close_tuesday(site, administrator)
    row = Recalculation.objects.get()
    first = Job.objects.get()
    assert jobs.run_job(first.pk, at=NOON + HOUR)
    assert _told(row) == (5, 2, 2)

    counted = recalculation._count_anew

    def killed(*args: Any) -> None:
        counted(*args)
        raise SystemError

    monkeypatch.setattr(recalculation, "_count_anew", killed)
    second = Job.objects.get(state="waiting")
    assert not jobs.run_job(second.pk, at=NOON + HOUR)
    assert _told(row) == (5, 2, 2)
    assert _clock(leads[2], T.FIRST_RESPONSE).due_at == MONDAY + DAY

    monkeypatch.setattr(recalculation, "_count_anew", counted)
    assert not jobs.run_job(first.pk, at=NOON + HOUR)  # done already
    _run()
    assert _told(row) == (5, 5, 5)
    assert {_clock(lead, T.FIRST_RESPONSE).due_at for lead in leads} == {MONDAY + 2 * DAY}
    assert list(clock_differences(leads)) == []


def test_a_later_change_replaces_a_count_that_is_under_way(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    lead = make_lead(study_site)
    _close_tuesday(site, administrator)
    site_hours.add_holiday(site, on=date(2026, 3, 4), name="Snow", by=administrator, at=NOON + HOUR)

    assert _run(at=NOON + 2 * HOUR) == 2

    first, second = Recalculation.objects.order_by("pk")
    assert (first.is_replaced, first.done, first.ended_at) == (True, 0, NOON + HOUR)
    assert (second.is_replaced, second.done, second.moved) == (False, 1, 1)
    assert _clock(lead, T.FIRST_RESPONSE).due_at == MONDAY + 3 * DAY


def test_one_that_failed_too_often_says_so_and_goes_on_when_asked(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    make_lead(study_site)
    _close_tuesday(site, administrator)
    row = Recalculation.objects.get()
    Job.objects.update(state="failed", tries=jobs.MAX_TRIES)
    assert stopped(row)
    assert sites_being_recalculated() == [], "nobody goes untold meanwhile"

    go_on(row, at=NOON + HOUR)
    assert sites_being_recalculated() == [site.pk]
    _run()

    assert not stopped(row)
    assert _told(row) == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("recalculation_one_at_a_time", {"calendar_version": 3}),
        ("recalculation_once_a_version", {"ended_at": NOON}),
        ("recalculation_counts_in_order", {"calendar_version": 3, "ended_at": NOON, "done": 9}),
        ("recalculation_counts_in_order", {"calendar_version": 3, "ended_at": NOON, "moved": 1}),
    ],
)
def test_a_count_that_cannot_be_is_refused(
    site: Site, administrator: User, name: str, values: dict[str, Any]
) -> None:
    usual = {"changed_at": NOON, "changed_by": administrator, "total": 1, "calendar_version": 2}
    row = Recalculation.objects.create(site=site, **usual)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Recalculation.objects.create(site=site, **(usual | values))
    with pytest.raises(IntegrityError, match="recalculation_replaced_is_over"):
        Recalculation.objects.filter(pk=row.pk).update(is_replaced=True)


def test_a_count_of_many_leads_takes_few_statements(
    study_site: StudySite,
    site: Site,
    administrator: User,
    count_queries: Callable[..., int],
) -> None:
    for _ in range(12):
        make_lead(study_site)
    _close_tuesday(site, administrator)

    # its row, its leads, their work, terms and settings once; then one for each lead that changed
    assert count_queries(_run) <= 12 + 22


def test_a_day_twice_as_long_brings_what_runs_forward(
    study_site: StudySite, site: Site, administrator: User
) -> None:
    lead = make_lead(study_site)
    longer = tuple((day, opens, closes.replace(hour=21)) for day, opens, closes in DEFAULT_HOURS)

    site_hours.set_opening_hours(site, longer, by=administrator, at=NOON)
    _run()

    assert _clock(lead, T.FIRST_RESPONSE).due_at == datetime(2026, 3, 2, 23, tzinfo=UTC)
