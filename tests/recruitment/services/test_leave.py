"""Leave and cover: leads move when it begins and come back, once, late or after a kill (O5)."""

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import Alert, Job, Lead, Leave, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.refusals import InvalidInput
from recruitment.services.leave import (
    begin_leave,
    end_leave,
)
from recruitment.services.membership import suspend_user
from recruitment.services.reassigning import give_lead
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member
from tests.recruitment.services.leaves import DAY, away, owners, run_jobs


def test_leads_go_to_the_cover_when_it_begins_and_come_back_when_it_ends(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover})
    assert owners(leads) == [coordinator] * 3

    run_jobs(leave.starts_at)
    assert owners(leads) == [cover] * 3
    events = leads[0].events.filter(kind="owner_set").order_by("seq")
    assert (events.last().code, events.last().action_id) == ("cover", leave.action_id)  # type: ignore[union-attr]

    run_jobs(leave.ends_at)
    assert owners(leads) == [coordinator] * 3
    assert list(events.values_list("code", flat=True)) == ["route", "cover", "return"]
    assert list(differences(leads)) == []


def test_a_leave_that_begins_today_takes_effect_at_once(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover}, starts_at=MONDAY - DAY)

    leave.refresh_from_db()
    assert leave.begun_at == MONDAY
    assert owners(leads) == [cover] * 3


def test_both_ends_may_run_twice_and_before_their_time(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover})
    for at in (MONDAY, leave.starts_at, leave.starts_at, leave.starts_at + DAY):
        begin_leave(leave=leave, by=None, at=at)
    count = leads[0].events.count()
    assert owners(leads) == [cover] * 3

    assert end_leave(leave=leave, by=None, at=leave.ends_at) == 3
    assert end_leave(leave=leave, by=None, at=leave.ends_at) == 0
    begin_leave(leave=leave, by=None, at=leave.ends_at)

    assert owners(leads) == [coordinator] * 3
    assert leads[0].events.count() == count + 1


def test_a_beginning_that_is_killed_leaves_nothing_behind_and_runs_again(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover})

    class Killed(Exception):
        pass

    def begin_and_die() -> None:
        with transaction.atomic():
            begin_leave(leave=leave, by=None, at=leave.starts_at)
            raise Killed

    with pytest.raises(Killed):
        begin_and_die()
    assert owners(leads) == [coordinator] * 3

    begin_leave(leave=leave, by=None, at=leave.starts_at)
    assert owners(leads) == [cover] * 3


def test_jobs_that_come_after_the_whole_leave_move_nothing(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover})

    run_jobs(leave.ends_at + DAY)

    leave.refresh_from_db()
    assert leave.ended_at is not None
    assert owners(leads) == [coordinator] * 3


def test_a_lead_that_went_on_meanwhile_does_not_come_back(
    study_site: StudySite, coordinator: User, cover: User, site_lead: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover})
    begin_leave(leave=leave, by=None, at=leave.starts_at)
    give_lead(
        lead=leads[0], to=site_lead, reason="Load", by=site_lead, at=leave.starts_at, seen=None
    )

    assert end_leave(leave=leave, by=None, at=leave.ends_at) == 2

    assert owners(leads) == [site_lead, coordinator, coordinator]


def test_study_sites_without_cover_are_named_and_nothing_is_recorded(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    other = StudySiteFactory(site=study_site.site)
    make_member(Role.COORDINATOR, other, user=coordinator)
    make_lead(other, owner=coordinator)

    with pytest.raises(InvalidInput) as refusal:
        away(coordinator, {study_site: cover})

    assert str(other) in str(refusal.value)
    assert str(study_site) not in str(refusal.value)
    assert not Leave.objects.exists()
    assert not Job.objects.exists()


def test_leads_without_cover_become_unowned_and_the_site_lead_is_told(
    study_site: StudySite, coordinator: User, site_lead: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: None})

    begin_leave(leave=leave, by=None, at=leave.starts_at)

    assert owners(leads) == [None] * 3
    alert = Alert.objects.get()
    assert (alert.kind, alert.leads, alert.about) == ("leave", 3, coordinator)
    assert Job.objects.filter(kind="mail.alert", ids__to=site_lead.pk).count() == 1


def test_a_cover_who_is_gone_when_it_begins_leaves_the_leads_unowned(
    study_site: StudySite,
    coordinator: User,
    cover: User,
    administrator: User,
    leads: list[Lead],
) -> None:
    leave = away(coordinator, {study_site: cover})
    suspend_user(user=cover, by=administrator, at=MONDAY)

    begin_leave(leave=leave, by=None, at=leave.starts_at)

    assert owners(leads) == [None] * 3
    assert Alert.objects.filter(kind="leave", leads=3).exists()
