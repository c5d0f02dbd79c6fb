"""Blockers, next actions and whose turn it was, over the running pages (4.2, 7.1, D18-D23)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Blocker, Lead, StudyBlocker, StudySite, SubReason
from recruitment.queries.projection import differences
from recruitment.queries.waiting import waiting_at
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party
from recruitment.rules.work_codes import PushBack
from recruitment.services.blockers import open_blocker
from recruitment.services.calendars import calendar_of
from recruitment.services.next_actions import set_next_action
from tests.factories.recruitment import make_enquirer, make_lead
from trialsnest.lib.zones import local_time

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def _text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def _send(client: Client, lead: Lead, name: str, **data: Any) -> HttpResponse:
    lead.refresh_from_db()
    return client.post(reverse(name, args=[lead.number]), {"seen": lead.version, **data})


def _day(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def _block(lead: Lead, by: User, category: BlockerCategory) -> None:
    lead.refresh_from_db()
    open_blocker(
        lead=lead,
        category=category,
        review_by=timezone.now() + 3 * DAY,
        by=by,
        at=timezone.now(),
        seen=lead.version,
    )


def test_s60_a_records_blocker_on_four_leads_is_listed_as_repeating(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    page = reverse("study_site_blockers", args=[study_site.pk])
    client = as_user(coordinator)
    leads = [make_lead(study_site, owner=coordinator) for _ in range(4)]
    for lead in leads:
        lead.records_items.create(type="imaging", state="requested", changed_at=lead.received_at)
    for lead in leads[:2]:
        _block(lead, coordinator, BlockerCategory.MISSING_RECORDS)
    assert "Repeating" not in _text(client.get(page))

    for lead in leads[2:]:
        _block(lead, coordinator, BlockerCategory.MISSING_RECORDS)

    text = _text(client.get(page))
    assert "Repeating: for the weekly review" in text
    assert "4 leads blocked now, 4 opened in the last 4 weeks" in text
    assert "Missing: imaging (4 leads)" in text
    assert not [lead for lead in leads if lead.person.last_name in text], "counts, no names (B4)"


def test_a_blocker_is_named_looked_at_again_turned_and_resolved_from_the_lead_s_page(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    study = lead.study_site.study
    sub = SubReason.objects.create(
        study=study,
        under="blocker",
        code="missing_records",
        label="Old scan",
        set_at=timezone.now(),
    )
    client = as_user(coordinator)
    refused = _send(client, lead, "lead_blocker_open", category="missing_records", due="keep")
    assert refused.status_code == 422
    assert "Say when to look at it again, within 10 working days." in _text(refused)

    opened = _send(
        client,
        lead,
        "lead_blocker_open",
        category="missing_records",
        sub_reason=sub.pk,
        owner=site_lead.pk,
        review_by=_day(3),
        decision_from="study_team",
        about="The clinic moved",
        due="proposed",
    )

    assert opened.status_code == 302
    row = Blocker.objects.get(lead=lead)
    assert lead.next_actions.get(ended_at=None).type == ActionType.CHASE_RECORDS
    text = _text(client.get(reverse("lead", args=[lead.number])))
    assert "Missing records: Old scan" in text
    assert "Ana Lead sees to it. Decision needed from the study team. The clinic moved" in text
    assert "Look at again: missing records" in text
    assert "Waits on: records provider" in text
    again = {"blocker": row.pk, "review_by": _day(5), "reason": "The clinic is closed"}
    assert _send(client, lead, "lead_blocker_redate", **again).status_code == 302
    turned = {"blocker": row.pk, "waiting_on": "patient", "review_by": _day(4), "reason": "Signs"}
    assert _send(client, lead, "lead_blocker_turn", **turned).status_code == 302
    second = Blocker.objects.get(lead=lead, resolved_at=None)
    empty = _send(client, lead, "lead_blocker_resolve", blocker=second.pk, resolution="")
    assert "Say how it was resolved." in _text(empty)
    ended = _send(client, lead, "lead_blocker_resolve", blocker=second.pk, resolution="It came")
    assert ended.status_code == 302
    assert not Blocker.objects.filter(lead=lead, resolved_at=None).exists()
    assert list(differences([lead])) == []


def test_a_study_s_blocker_is_opened_once_linked_and_resolved_once_in_the_browser(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    first = [make_lead(study_site, owner=coordinator) for _ in range(2)]
    client, reader = as_user(site_lead), as_user(coordinator)
    url = reverse("study_blocker_open", args=[study_site.pk])
    assert "at most 10 working days" in _text(client.get(url)).lower()
    assert "Choose what stops it." in _text(client.post(url, {}))

    values = {"category": "sponsor_decision", "review_by": _day(3), "decision_from": "sponsor"}
    opened = client.post(url, values, follow=True)

    blocker = StudyBlocker.objects.get()
    assert "Leads linked: 2." in _text(opened)
    assert "Decision needed</dt><dd>From: sponsor" in _text(opened)
    late = make_lead(study_site, owner=coordinator)
    page = reverse("study_blocker", args=[blocker.pk])
    assert late.number in _text(client.get(page))
    assert "Resolve for all leads" not in _text(reader.get(page))
    linked = client.post(reverse("study_blocker_link", args=[blocker.pk]), {"leads": late.number})
    assert linked.status_code == 302
    redated = {"review_by": _day(5), "reason": "No answer yet"}
    again = client.post(reverse("study_blocker_redate", args=[blocker.pk]), redated)
    assert again.status_code == 302
    assert Blocker.objects.filter(study_blocker=blocker, resolved_at=None).count() == 3
    text = _text(reader.get(reverse("study_site_blockers", args=[study_site.pk])))
    assert "Sponsor decision" in text
    assert late.person.last_name not in text
    resolve = reverse("study_blocker_resolve", args=[blocker.pk])
    assert "Say how it was resolved." in _text(client.post(resolve, {"resolution": " "}))
    done = client.post(resolve, {"resolution": "The sponsor agreed"}, follow=True)
    assert "Leads freed: 3." in _text(done)
    assert "resolved already" in _text(client.post(resolve, {"resolution": "Again"}))
    for lead in [*first, late]:
        lead.refresh_from_db()
        assert lead.waiting_on == Party.COORDINATOR
    assert list(differences([*first, late])) == []


def _later(lead: Lead, by: User, hours: int) -> None:
    lead.refresh_from_db()
    set_next_action(
        lead=lead,
        plan=Plan(ActionType.ESCALATE, timezone.now() + hours * HOUR),
        push_back=PushBack.POSTPONED,
        reason="The day is full",
        by=by,
        at=timezone.now(),
        seen=lead.version,
    )


def test_the_third_push_back_is_saved_and_the_page_says_it_is_for_the_review(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    for times in (1, 2):
        _later(lead, coordinator, 200 * times)
    client = as_user(coordinator)
    there = local_time(timezone.now() + 30 * DAY, study_site.site.time_zone)
    values = {"action": "escalate", "due_date": there.date().isoformat(), "due_time": "10:00"}
    refused = _send(client, lead, "lead_action", **values)
    assert "Say why it is put off." in _text(refused)

    saved = _send(client, lead, "lead_action", push_back="postponed", reason="Full", **values)

    assert saved.status_code == 302
    text = _text(client.get(reverse("lead", args=[lead.number])))
    assert "Put off 3 times: for the weekly review." in text
    page = _text(client.get(reverse("study_site_blockers", args=[study_site.pk])))
    assert "put off 3 times" in page


def test_a_time_the_person_asked_for_is_typed_and_shown_on_their_own_clock(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    far = "America/Los_Angeles"
    lead = make_lead(
        study_site,
        owner=coordinator,
        received_at=timezone.now() - 2 * HOUR,
        enquirer=make_enquirer(7, time_zone=far),
    )
    client = as_user(coordinator)
    page = _text(client.get(reverse("lead", args=[lead.number])))
    assert "on their own clock: Los Angeles time (as stated)" in page

    values = {"action": "call", "due_date": _day(2), "due_time": "10:30", "is_promised": "on"}
    assert _send(client, lead, "lead_action", **values).status_code == 302

    row = lead.next_actions.get(ended_at=None)
    assert local_time(row.due_at, far).strftime("%H:%M") == "10:30"
    text = _text(client.get(reverse("lead", args=[lead.number])))
    assert "10:30 Los Angeles time (as stated)." in text


def test_an_action_is_completed_with_its_result_and_the_next_one_in_one_form(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    assert "Complete the next action" not in _text(client.get(reverse("lead", args=[lead.number])))
    due_at: datetime = timezone.now() + HOUR
    set_next_action(
        lead=lead,
        plan=Plan(ActionType.ESCALATE, due_at),
        by=coordinator,
        at=timezone.now(),
        seen=lead.version,
    )
    empty = _send(client, lead, "lead_action_done", result="", due="proposed")
    assert "Say what came of it." in _text(empty)

    done = _send(client, lead, "lead_action_done", result="They will call back", due="next_day")

    assert done.status_code == 302
    text = _text(client.get(reverse("lead", args=[lead.number])))
    assert "Done: Escalate" in text
    assert "They will call back" in text
    assert "Last action" in text


def test_waiting_is_shown_on_the_lead_and_summed_for_a_study_at_a_site(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    leads = [make_lead(study_site, owner=coordinator, received_at=now - 3 * DAY) for _ in range(2)]
    open_blocker(
        lead=leads[0],
        category=BlockerCategory.SPONSOR_DECISION,
        review_by=now + DAY,
        by=coordinator,
        at=now - 2 * DAY,
        seen=leads[0].version,
    )

    text = _text(as_user(coordinator).get(reverse("lead", args=[leads[0].number])))
    totals = waiting_at(
        study_site, start=now - 3 * DAY, end=now, calendar=calendar_of(study_site.site)
    )

    assert "Waited so far" in text
    assert "Sponsor <b>2 d</b>" in text
    assert "Coordinator <b>1 d</b>" in text
    assert {party: waited.elapsed for party, waited in totals.items()} == {
        Party.COORDINATOR: 4 * DAY,
        Party.SPONSOR: 2 * DAY,
    }
