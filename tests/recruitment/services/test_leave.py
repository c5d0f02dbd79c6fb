"""Leave and cover: leads move when it begins and come back, once, late or after a kill (O5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from recruitment.models import Alert, Job, Lead, Leave, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services import jobs
from recruitment.services.handoffs import offer_handoff
from recruitment.services.leave import (
    begin_leave,
    cancel_leave,
    end_leave,
    record_leave,
    shorten_leave,
)
from recruitment.services.membership import suspend_user
from recruitment.services.moves import move_lead
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.reassigning import give_lead
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member

DAY = timedelta(days=1)
FRIDAY = MONDAY + 4 * DAY


@pytest.fixture
def cover(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Tom Ode")


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return [make_lead(study_site, owner=coordinator) for _ in range(3)]


def away(
    user: User,
    covers: Mapping[StudySite, User | None],
    *,
    starts_at: datetime = MONDAY + DAY,
    ends_at: datetime = FRIDAY,
    at: datetime = MONDAY,
    by: User | None = None,
) -> Leave:
    return record_leave(
        user=user, starts_at=starts_at, ends_at=ends_at, covers=covers, by=by or user, at=at
    )


def owners(leads: list[Lead]) -> list[User | None]:
    return [lead.owner for lead in Lead.objects.filter(pk__in=[x.pk for x in leads]).order_by("pk")]


def run_jobs(at: datetime) -> None:
    for key in Job.objects.filter(kind__startswith="leave.", due_at__lte=at).order_by("due_at"):
        jobs.run_job(key.pk, at=at)


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


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [(1, 1, "last_on"), (2, 1, "last_on"), (-3, -1, "last_on"), (-3, 0, "last_on")],
)
def test_impossible_times_are_refused(
    study_site: StudySite, coordinator: User, cover: User, starts: int, ends: int, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        away(
            coordinator,
            {study_site: cover},
            starts_at=MONDAY + starts * DAY,
            ends_at=MONDAY + ends * DAY,
        )

    assert refusal.value.field == field


def test_a_cover_must_work_there_be_somebody_else_and_be_there(
    study_site: StudySite,
    coordinator: User,
    cover: User,
    outsider: User,
    reviewer: User,
    leads: list[Lead],
) -> None:
    away(cover, {study_site: coordinator})

    for wrong in (coordinator, outsider, reviewer, cover):
        with pytest.raises(InvalidInput) as refusal:
            away(coordinator, {study_site: wrong}, starts_at=FRIDAY - DAY, ends_at=FRIDAY + DAY)
        assert refusal.value.field == "covers"
    away(coordinator, {study_site: cover}, starts_at=FRIDAY, ends_at=FRIDAY + DAY)


def test_two_leaves_at_once_are_refused(
    study_site: StudySite, coordinator: User, cover: User
) -> None:
    away(coordinator, {study_site: cover})

    with pytest.raises(InvalidInput, match="in that time already"):
        away(coordinator, {study_site: cover}, starts_at=FRIDAY - DAY, ends_at=FRIDAY + DAY)


def test_nobody_gives_a_lead_to_somebody_on_leave(
    study_site: StudySite, coordinator: User, cover: User, site_lead: User
) -> None:
    away(coordinator, {study_site: cover}, starts_at=MONDAY)
    lead = make_lead(study_site, owner=cover)
    unowned = make_lead(study_site)
    sentence = "Priya Raman is on leave until Fri 6 Mar 2026. Tom Ode covers here."

    verbs: list[Any] = [
        lambda: give_lead(
            lead=lead, to=coordinator, reason="x", by=site_lead, at=MONDAY, seen=None
        ),
        lambda: assign_lead(lead=lead, to=coordinator, by=site_lead, at=MONDAY, seen=None),
        lambda: claim_lead(lead=unowned, by=coordinator, at=MONDAY),
        lambda: offer_handoff(
            lead=lead, to=coordinator, context="x", by=cover, at=MONDAY, seen=lead.version
        ),
    ]
    for verb in verbs:
        with pytest.raises(InvalidInput) as refusal:
            verb()
        assert str(refusal.value) == sentence

    claim_lead(lead=unowned, by=coordinator, at=FRIDAY)


def test_shortening_ends_it_earlier_and_calling_off_before_it_begins_moves_nothing(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover})
    with pytest.raises(InvalidInput):
        shorten_leave(leave=leave, ends_at=FRIDAY + DAY, by=coordinator, at=MONDAY)
    with pytest.raises(InvalidInput):
        shorten_leave(leave=leave, ends_at=leave.starts_at, by=coordinator, at=MONDAY)
    shorten_leave(leave=leave, ends_at=FRIDAY - DAY, by=coordinator, at=MONDAY)
    begin_leave(leave=leave, by=None, at=leave.starts_at)
    run_jobs(FRIDAY - DAY)
    assert owners(leads) == [coordinator] * 3
    with pytest.raises(Refusal):
        shorten_leave(leave=leave, ends_at=FRIDAY - 2 * DAY, by=coordinator, at=FRIDAY)

    later = away(
        coordinator, {study_site: cover}, starts_at=FRIDAY, ends_at=FRIDAY + DAY, at=FRIDAY - DAY
    )
    cancel_leave(leave=later, by=coordinator, at=FRIDAY - DAY)
    run_jobs(FRIDAY + 2 * DAY)

    assert owners(leads) == [coordinator] * 3
    later.refresh_from_db()
    assert later.begun_at is None


def test_ending_a_leave_early_gives_the_leads_back(
    study_site: StudySite, coordinator: User, cover: User, leads: list[Lead]
) -> None:
    leave = away(coordinator, {study_site: cover}, starts_at=MONDAY)

    assert cancel_leave(leave=leave, by=coordinator, at=MONDAY + DAY) == 3
    assert cancel_leave(leave=leave, by=coordinator, at=MONDAY + DAY) == 0

    assert owners(leads) == [coordinator] * 3


def test_suspension_moves_leads_to_who_covers_a_leave_that_stands(
    study_site: StudySite,
    coordinator: User,
    cover: User,
    administrator: User,
    site_lead: User,
    leads: list[Lead],
) -> None:
    away(coordinator, {study_site: cover})

    freed = suspend_user(user=coordinator, by=administrator, at=MONDAY)

    assert (freed.unowned, freed.covered) == (0, 3)
    assert owners(leads) == [cover] * 3
    assert not Alert.objects.exists()


def test_suspension_without_cover_tells_the_site_leads_by_alert_and_by_mail_without_names(
    study_site: StudySite,
    coordinator: User,
    administrator: User,
    site_lead: User,
    leads: list[Lead],
) -> None:
    study_site.owner = coordinator
    study_site.save(update_fields=["owner"])

    suspend_user(user=coordinator, by=administrator, at=MONDAY)
    for job in Job.objects.filter(kind="mail.alert"):
        jobs.run_job(job.pk, at=timezone.now())

    study_site.refresh_from_db()
    assert study_site.owner is None
    alert = Alert.objects.get()
    assert (alert.kind, alert.leads, alert.study_site) == ("suspended", 3, study_site)
    letter = mail.outbox[0]
    assert letter.to == [site_lead.email]
    assert f"3 open leads of {study_site.study.code}" in letter.body
    for lead in leads:
        assert lead.number not in letter.body
        assert lead.person.last_name not in letter.body
    assert coordinator.name not in letter.body + letter.subject


def test_a_lead_reopened_while_its_owner_is_away_goes_to_who_covers(
    study_site: StudySite, coordinator: User, cover: User, site_lead: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        by=coordinator,
        at=MONDAY,
        seen=lead.version,
        reason=CloseCode.PT_NOT_INTERESTED,
    )
    away(coordinator, {study_site: cover}, starts_at=MONDAY)
    lead.refresh_from_db()

    move_lead(
        lead=lead,
        to=Stage.NEW_INQUIRY,
        by=site_lead,
        at=MONDAY + DAY,
        seen=lead.version,
        plan=Plan(ActionType.CALL, MONDAY + 2 * DAY),
    )

    lead.refresh_from_db()
    assert lead.owner == cover
