"""Scenarios 16 to 18 through the pages: hand-offs, bulk reassigning, removal, leave and alerts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Alert, Handoff, Lead, LeadEvent, Leave, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.services.handoffs import offer_handoff
from recruitment.services.membership import suspend_user
from tests.factories.recruitment import MONDAY, make_lead, make_member
from tests.recruitment.views.lead_steps import post, words_of

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def colleague(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Tom Ode")


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - DAY)


def hand_over(client: Client, lead: Lead, to: User, **values: Any) -> Any:
    fields = {"receiver": str(to.pk), "context": "Wants evenings."} | values
    return post(client, "lead_handoff", lead, **fields)


def test_s16_a_hand_off_needs_context_and_the_sender_stays_accountable_until_it_is_accepted(
    lead: Lead, coordinator: User, colleague: User, as_user: SignIn
) -> None:
    hers, his = as_user(coordinator), as_user(colleague)
    assert reverse("lead_handoff", args=[lead.number]) in words_and_links(
        hers.get(reverse("lead", args=[lead.number]))
    )
    blank = hand_over(hers, lead, colleague, context=" \n ")
    assert blank.status_code == 422
    assert "Write what your colleague needs to know." in words_of(blank)
    assert not Handoff.objects.exists()

    offered = hand_over(hers, lead, colleague, promised="A call on Friday")
    assert offered.status_code == 302
    assert lead.owner == coordinator
    for client, section in ((hers, "From me"), (his, "To me")):
        words = words_of(client.get(reverse("handoffs")))
        assert lead.number in words.split(section, 1)[1]
        assert "Wants evenings." in words
        assert "A call on Friday" in words
    assert "1 to answer" in words_of(his.get(reverse("queue")))
    assert "Priya Raman offers you this lead" in words_of(
        his.get(reverse("lead", args=[lead.number]))
    )

    taken = post(his, "lead_handoff_accept", lead)
    assert taken.status_code == 302
    assert lead.owner == colleague
    assert lead.next_actions.get(ended_at__isnull=True).owner == colleague
    timeline = words_of(his.get(reverse("lead", args=[lead.number])))
    assert "Hand-off offered" in timeline
    assert "Hand-off accepted" in timeline
    assert post(his, "lead_handoff_accept", lead).status_code == 409


def words_and_links(response: Any) -> str:
    html: str = response.content.decode()
    return html


def test_a_declined_lead_stays_and_several_are_accepted_at_once(
    study_site: StudySite, coordinator: User, colleague: User, as_user: SignIn
) -> None:
    leads = [
        make_lead(study_site, owner=coordinator, received_at=timezone.now() - DAY) for _ in range(3)
    ]
    hers, his = as_user(coordinator), as_user(colleague)
    for lead in leads:
        hand_over(hers, lead, colleague)
    bare = post(his, "lead_handoff_decline", leads[0])
    assert bare.status_code == 422
    assert post(his, "lead_handoff_decline", leads[0], reason="On visits").status_code == 302
    rows = list(Handoff.objects.order_by("pk"))

    assert his.post(reverse("handoffs_accept")).status_code == 422
    done = his.post(reverse("handoffs_accept"), {"handoff": [row.pk for row in rows]})

    assert done.status_code == 409  # the declined one is named
    assert f"{leads[0].number}: This hand-off is declined already." in words_of(done)
    owners = [Lead.objects.get(pk=lead.pk).owner for lead in leads]
    assert owners == [coordinator, colleague, colleague]
    assert "On visits" in words_of(hers.get(reverse("handoffs")))


def test_s17_what_nobody_took_in_four_business_hours_is_on_the_site_leads_list(
    study_site: StudySite, coordinator: User, colleague: User, site_lead: User, as_user: SignIn
) -> None:
    now = timezone.now()
    old = make_lead(study_site, owner=coordinator, received_at=now - 20 * DAY)
    fresh = make_lead(study_site, owner=coordinator, received_at=now - DAY)
    for lead, at in ((old, now - 10 * DAY), (fresh, now)):
        offer_handoff(
            lead=lead, to=colleague, context="Evenings", by=coordinator, at=at, seen=lead.version
        )

    def late(user: User) -> str:
        page = words_of(as_user(user).get(reverse("handoffs")))
        return page.partition("To me")[0]

    assert old.number in late(site_lead)
    assert "Not answered in time" in late(site_lead)
    assert fresh.number not in late(site_lead)
    assert old.number not in late(coordinator)
    old.refresh_from_db()
    assert old.owner == coordinator  # still accountable


def test_s18_removing_somebody_with_twelve_open_leads_waits_until_they_are_reassigned(
    study_site: StudySite,
    coordinator: User,
    colleague: User,
    site_lead: User,
    administrator: User,
    as_user: SignIn,
) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(12)]
    admin, boss = as_user(administrator), as_user(site_lead)
    url = reverse("person_remove", args=[coordinator.pk])
    assert "12 open leads" in words_of(admin.get(url))
    refused = admin.post(url)
    assert refused.status_code == 409
    assert "12 open leads must be reassigned first" in words_of(refused)
    page = reverse("team_person", args=[coordinator.pk])
    keys = [lead.pk for lead in leads]
    bare = boss.post(page, {"leads": keys, "to": colleague.pk, "reason": " "})
    assert bare.status_code == 422
    assert Lead.objects.filter(owner=coordinator).count() == 12

    moved = boss.post(page, {"leads": keys, "to": colleague.pk, "reason": "Leaves on Friday"})

    assert "12 leads from Priya Raman to Tom Ode" in words_of(moved)
    assert Lead.objects.filter(owner=colleague).count() == 12
    lines = LeadEvent.objects.filter(kind="owner_set", code="assign", to_owner=colleague)
    assert lines.count() == 12
    assert lines.values("action_id").distinct().count() == 1
    assert admin.post(url).status_code == 302
    coordinator.refresh_from_db()
    assert coordinator.removed_at is not None
    assert not coordinator.is_active
    assert "Removed" in words_of(admin.get(reverse("people")))
    assert list(differences(leads)) == []


def test_suspending_such_a_person_is_at_once_and_the_site_lead_is_told_until_she_saw_it(
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    administrator: User,
    as_user: SignIn,
) -> None:
    for _ in range(12):
        make_lead(study_site, owner=coordinator)
    theirs, boss = as_user(coordinator), as_user(site_lead)

    page = as_user(administrator).post(
        reverse("person_suspend", args=[coordinator.pk]), follow=True
    )

    assert "12 leads without an owner now" in words_of(page)
    assert theirs.get(reverse("queue")).status_code == 302
    queue = words_of(boss.get(reverse("queue")))
    assert f"12 leads of {study_site} became unowned" in queue
    assert "Priya Raman was suspended" in queue
    boss.post(reverse("alert_seen", args=[Alert.objects.get().pk]))
    assert "became unowned" not in words_of(boss.get(reverse("queue")))
    assert Alert.objects.get().seen_by == site_lead


def test_a_coordinator_sees_no_alert_and_no_team(
    study_site: StudySite, coordinator: User, colleague: User, administrator: User, as_user: SignIn
) -> None:
    make_lead(study_site, owner=colleague)
    suspend_user(user=colleague, by=administrator, at=MONDAY)
    client = as_user(coordinator)

    assert "became unowned" not in words_of(client.get(reverse("queue")))
    assert client.get(reverse("team")).status_code == 404


def test_a_site_lead_changes_the_owner_with_a_reason_and_a_coordinator_gives_hers_up(
    lead: Lead, coordinator: User, colleague: User, site_lead: User, as_user: SignIn
) -> None:
    boss, hers = as_user(site_lead), as_user(coordinator)
    assert post(boss, "lead_assign", lead, owner=colleague.pk).status_code == 422
    assert post(hers, "lead_assign", lead, owner=colleague.pk, reason="x").status_code == 403

    given = post(boss, "lead_assign", lead, owner=colleague.pk, reason="Knows the family")
    assert given.status_code == 302
    assert lead.owner == colleague
    assert "Knows the family" in words_of(boss.get(reverse("lead", args=[lead.number])))
    assert post(hers, "lead_release", lead, reason="Not mine").status_code == 409
    post(boss, "lead_assign", lead, owner=coordinator.pk, reason="Back")
    assert post(hers, "lead_release", lead, reason="On training").status_code == 302
    assert lead.owner is None


def test_leave_is_recorded_with_its_cover_shown_and_ended(
    lead: Lead, coordinator: User, colleague: User, site_lead: User, as_user: SignIn
) -> None:
    hers = as_user(coordinator)
    url, today = reverse("leave_add", args=[coordinator.pk]), timezone.now().date()
    days = {"first_on": today - DAY, "last_on": today + 5 * DAY}
    field = f"cover_{lead.study_site_id}"
    bare = hers.post(url, days)
    assert bare.status_code == 422
    assert "Choose who covers, or Unowned." in words_of(bare)
    assert not Leave.objects.exists()

    assert hers.post(url, days | {field: colleague.pk}).status_code == 302

    lead.refresh_from_db()
    assert lead.owner == colleague
    assert "Tom Ode" in words_of(hers.get(reverse("profile"))).partition("Leave")[2]
    team = words_of(as_user(site_lead).get(reverse("team")))
    assert "On leave until" in team
    leave = Leave.objects.get()
    changed = reverse("leave_change", args=[leave.pk])
    later = hers.post(changed, {"last_on": today + 9 * DAY})
    assert later.status_code == 422
    assert "Choose an earlier last day." in words_of(later)
    assert hers.post(changed, {"last_on": today + 3 * DAY}).status_code == 302
    assert hers.post(reverse("leave_cancel", args=[leave.pk])).status_code == 302
    lead.refresh_from_db()
    assert lead.owner == coordinator


def test_workload_is_the_site_leads_and_lists_everybody_and_the_tray(
    study_site: StudySite, coordinator: User, lead: Lead, site_lead: User, as_user: SignIn
) -> None:
    make_lead(study_site)
    client = as_user(site_lead)

    page = client.get(reverse("team"))

    words = words_of(page)
    for name in ("Priya Raman", "Ana Lead", "Unowned"):
        assert name in words
    assert lead.number in words_of(client.get(reverse("team_person", args=[coordinator.pk])))
