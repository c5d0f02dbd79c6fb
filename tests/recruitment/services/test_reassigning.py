"""Giving leads away with a reason, one or many (O4, O7, D22); removing somebody for good (D22)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import LeadNote, Membership, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.queries.team import workload
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.services.handoffs import offer_handoff
from recruitment.services.leave import record_leave
from recruitment.services.membership import grant_role, restore_user
from recruitment.services.moves import move_lead
from recruitment.services.reassigning import give_lead, reassign_leads
from recruitment.services.removal import remove_user
from tests.factories.recruitment import MONDAY, make_lead, make_member

HOUR = timedelta(hours=1)


def test_giving_a_lead_needs_a_reason_that_stands_on_its_timeline(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    for reason in ("", " \n ", "x" * 201):
        with pytest.raises(InvalidInput) as refusal:
            give_lead(
                lead=lead, to=site_lead, reason=reason, by=site_lead, at=MONDAY, seen=lead.version
            )
        assert refusal.value.field == "reason"

    give_lead(
        lead=lead, to=site_lead, reason="On training", by=site_lead, at=MONDAY, seen=lead.version
    )

    assert LeadNote.objects.get(event__lead=lead, event__kind="owner_set").text == "On training"


def test_many_leads_move_under_one_action_and_those_that_cannot_are_named(
    study_site: StudySite, coordinator: User, site_lead: User, outsider: User
) -> None:
    colleague = make_member(Role.COORDINATOR, study_site)
    leads = [make_lead(study_site, owner=coordinator) for _ in range(3)]
    hers = make_lead(study_site, owner=colleague)
    closed = make_lead(study_site, owner=coordinator)
    elsewhere = make_lead(owner=None)
    move_lead(
        lead=closed,
        to=Stage.CLOSED_OTHER,
        by=coordinator,
        at=MONDAY,
        seen=closed.version,
        reason=CloseCode.PT_NOT_INTERESTED,
    )

    done = reassign_leads(
        leads=[elsewhere, closed, hers, *leads],
        to=colleague,
        reason="Evenly spread",
        by=site_lead,
        at=MONDAY + HOUR,
    )

    assert {lead.pk for lead in done.moved} == {lead.pk for lead in leads}
    why = {lead.pk: sentence for lead, sentence in done.left}
    assert "owns this lead already" in why[hers.pk]
    assert "closed" in why[closed.pk]
    assert "does not work on this study here" in why[elsewhere.pk]
    for lead in leads:
        lead.refresh_from_db()
        assert lead.owner == colleague
        events = lead.events.filter(action_id=done.action_id)
        assert [event.code for event in events] == ["assign"]
    assert list(differences([*leads, hers, closed, elsewhere])) == []


def test_reassigning_to_nobody_is_the_unowned_tray_and_to_somebody_away_moves_nothing(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(2)]
    cover = make_member(Role.COORDINATOR, study_site)
    gone = make_member(Role.COORDINATOR, study_site)
    record_leave(
        user=gone,
        starts_at=MONDAY,
        ends_at=MONDAY + timedelta(days=3),
        covers={study_site: cover},
        by=gone,
        at=MONDAY,
    )

    refused = reassign_leads(leads=leads, to=gone, reason="x", by=site_lead, at=MONDAY + HOUR)
    freed = reassign_leads(leads=leads, to=None, reason="x", by=site_lead, at=MONDAY + HOUR)

    assert not refused.moved
    assert all("on leave until" in why for _, why in refused.left)
    assert len(freed.moved) == 2
    with pytest.raises(InvalidInput):
        reassign_leads(leads=[], to=cover, reason="x", by=site_lead, at=MONDAY)


def test_workload_counts_what_each_has_in_hand_and_what_nobody_owns(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    colleague = make_member(Role.COORDINATOR, study_site, name="Tom Ode")
    leads = [make_lead(study_site, owner=coordinator) for _ in range(3)]
    make_lead(study_site)
    offer_handoff(
        lead=leads[0],
        to=colleague,
        context="Evenings",
        by=coordinator,
        at=MONDAY,
        seen=leads[0].version,
    )

    loads = workload([study_site], now=MONDAY + timedelta(days=20))

    by_name = {load.user.name if load.user else "": load for load in loads}
    assert by_name["Priya Raman"].open == 3
    assert by_name["Priya Raman"].overdue == 3
    assert by_name["Tom Ode"].handoffs == 1
    assert by_name["Ana Lead"].open == 0
    assert (loads[-1].user, loads[-1].open) == (None, 1)


def test_removal_waits_for_leads_places_and_hand_offs_and_counts_them(
    study_site: StudySite, coordinator: User, administrator: User
) -> None:
    colleague = make_member(Role.COORDINATOR, study_site)
    leads = [make_lead(study_site, owner=coordinator) for _ in range(2)]
    study_site.owner = coordinator
    study_site.save(update_fields=["owner"])
    offer_handoff(
        lead=leads[0],
        to=colleague,
        context="Evenings",
        by=coordinator,
        at=MONDAY,
        seen=leads[0].version,
    )

    with pytest.raises(Refusal) as refusal:
        remove_user(user=coordinator, by=administrator, at=MONDAY)

    for words in ("2 open leads", "1 study at a site", "1 open hand-off"):
        assert words in str(refusal.value)
    coordinator.refresh_from_db()
    assert coordinator.is_active


def test_removal_ends_sessions_and_roles_and_cannot_be_taken_back(
    study_site: StudySite,
    coordinator: User,
    administrator: User,
    as_user: Callable[[User], Client],
) -> None:
    client, email = as_user(coordinator), coordinator.email

    remove_user(user=coordinator, by=administrator, at=MONDAY)
    remove_user(user=coordinator, by=administrator, at=MONDAY)

    assert client.get("/profile/").status_code == 302
    assert not Membership.objects.filter(user=coordinator, ended_at__isnull=True).exists()
    assert not User.objects.filter(email=email).exists()
    with pytest.raises(Refusal, match="for good"):
        restore_user(user=coordinator, by=administrator, at=MONDAY)
    with pytest.raises(Refusal, match="for good"):
        grant_role(
            user=coordinator, role=Role.COORDINATOR, scope=study_site, by=administrator, at=MONDAY
        )
    with pytest.raises(Refusal, match="yourself"):
        remove_user(user=administrator, by=administrator, at=MONDAY)
