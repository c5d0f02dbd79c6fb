"""Leaves that cannot be, that are cut short, and what a suspension does meanwhile (O5)."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from recruitment.models import Alert, Job, Lead, StudySite
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
    shorten_leave,
)
from recruitment.services.membership import suspend_user
from recruitment.services.moves import move_lead
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.reassigning import give_lead
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.services.leaves import DAY, FRIDAY, away, owners, run_jobs


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
