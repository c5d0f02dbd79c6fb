"""The close of the day: what is listed, in her own day, and the rest moved in one press."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Draft, Lead, NextAction, StudySite
from recruitment.queries.close_out import CloseOut, close_out, end_of_day
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services.calendars import calendar_of
from recruitment.services.next_actions import set_next_action
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import bring_to

SignIn = Callable[[User], Client]
A = ActionType


@pytest.fixture
def coordinator(coordinator: User) -> User:
    coordinator.time_zone = "America/New_York"
    coordinator.save(update_fields=["time_zone"])
    return coordinator


def due(study_site: StudySite, owner: User, plan: Plan, *, at: datetime = MONDAY) -> Lead:
    lead = make_lead(study_site, owner=owner, received_at=at)
    asked = {"push_back": PushBack.ASKED, "reason": "as agreed"}
    set_next_action(lead=lead, plan=plan, by=owner, at=at, seen=lead.version, **asked)
    lead.refresh_from_db()
    return lead


def left_of(user: User, study_site: StudySite, *, now: datetime) -> CloseOut:
    calendars = {study_site.pk: calendar_of(study_site.site)}
    return close_out(user, [study_site], calendars, now=now)


def numbers(rows: object) -> list[str]:
    return [row.lead.number for row in rows]  # type: ignore[attr-defined]


def test_promises_stand_apart_from_what_is_due(study_site: StudySite, coordinator: User) -> None:
    at = MONDAY + timedelta(hours=5)
    promised = due(study_site, coordinator, Plan(A.CALL, at, is_promised=True))
    plain = due(study_site, coordinator, Plan(A.REVIEW_PRESCREEN, at))
    due(study_site, coordinator, Plan(A.REVIEW_PRESCREEN, MONDAY + timedelta(days=1)))

    left = left_of(coordinator, study_site, now=MONDAY + timedelta(hours=6))

    assert (numbers(left.promises), numbers(left.due)) == ([promised.number], [plain.number])
    assert left.total == 1


def test_the_day_ends_on_her_own_clock(study_site: StudySite, coordinator: User) -> None:
    late = MONDAY.replace(hour=4, minute=30) + timedelta(days=1)  # 23:30 in New York
    lead = due(study_site, coordinator, Plan(A.REVIEW_PRESCREEN, late))
    now = MONDAY + timedelta(hours=6)

    assert numbers(left_of(coordinator, study_site, now=now).due) == [lead.number]
    coordinator.time_zone = "UTC"
    assert numbers(left_of(coordinator, study_site, now=now).due) == []
    assert end_of_day(coordinator, now=now) == late.replace(hour=0, minute=0)


def test_what_is_on_a_list_is_not_left(study_site: StudySite, coordinator: User) -> None:
    lead = due(study_site, coordinator, Plan(A.REVIEW_PRESCREEN, MONDAY + timedelta(hours=5)))
    Lead.objects.filter(pk=lead.pk).update(is_held=True)

    assert left_of(coordinator, study_site, now=MONDAY + timedelta(hours=6)).is_clear


def test_visits_of_the_next_open_day_are_listed_until_they_are_confirmed(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    bring_to(Stage.SCHEDULED, lead, coordinator)
    lead.refresh_from_db()
    visit_at = lead.visit_at
    assert visit_at is not None
    day_before = visit_at - timedelta(days=1)

    assert numbers(left_of(coordinator, study_site, now=day_before).visits) == [lead.number]
    assert numbers(left_of(coordinator, study_site, now=visit_at).visits) == []
    lead.visits.update(confirmed_at=day_before)
    assert numbers(left_of(coordinator, study_site, now=day_before).visits) == []


def test_my_drafts_are_listed_and_nobody_elses(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead, now = make_lead(study_site, owner=coordinator), timezone.now()
    for user in (coordinator, site_lead):
        Draft.objects.create(
            user=user, lead=lead, form="note", words={"note": "Half a w"}, seen=1, saved_at=now
        )

    page = as_user(coordinator).get(reverse("close_out"))

    assert [draft.user for draft in page.context["left"].drafts] == [coordinator]
    assert "Half a w" not in page.content.decode()


def soon() -> datetime:
    """A time later today that lies ahead, whatever the hour is."""
    return timezone.now() + timedelta(seconds=30)


def test_the_rest_is_looked_at_then_moved_and_promises_stay(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    promised = due(
        study_site, coordinator, Plan(A.REVIEW_RECORDS, soon(), is_promised=True), at=now
    )
    rest = due(study_site, coordinator, Plan(A.REVIEW_PRESCREEN, soon()), at=now)
    client, url = as_user(coordinator), reverse("close_out_move")
    page = client.get(reverse("close_out"))
    (box,) = [box for box, _ in page.context["due"]]
    assert box.startswith(rest.number)
    values = {"leads": [box], "reason": "No time left"}

    look = client.post(url, values | {"step": "look"})
    assert look.context["is_done"] is False
    assert action_of(rest).due_at < now + timedelta(hours=1)

    boxes = [box, f"{promised.number}:{promised.version}"]
    done = client.post(url, values | {"step": "save", "leads": boxes})

    assert numbers_of(done.context["done"]) == [rest.number]
    assert numbers_of(done.context["left"]) == [promised.number]
    assert action_of(rest).due_at >= end_of_day(coordinator, now=now)
    assert action_of(rest).push_backs == done.context["done"][0].row.times
    assert action_of(promised).due_at < now + timedelta(hours=1)
    (told,) = done.context["messages"]
    assert (str(told), told.extra_tags != "") == ("1 lead moved.", True)
    again = client.post(url, values | {"step": "save"})
    assert numbers_of(again.context["left"]) == [rest.number]


def action_of(lead: Lead) -> NextAction:
    return NextAction.objects.get(lead=lead, ended_at__isnull=True)


def numbers_of(results: object) -> list[str]:
    return [each.number for each in results]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "values",
    [
        {"leads": [], "reason": "No time"},
        {"leads": ["ABCDEFGH:1"], "reason": ""},
        {"leads": ["ABCDEFGH"], "reason": "No time"},
        {"leads": ["ABCDEFGH:1"], "reason": "x" * 201},
        {"leads": ["ABCDEFGH:1"], "reason": "nul\x00"},
    ],
)
def test_bad_input_is_told_on_the_page(
    values: dict[str, object], coordinator: User, as_user: SignIn
) -> None:
    page = as_user(coordinator).post(reverse("close_out_move"), values)

    assert page.status_code == 422


def test_somebody_elses_leads_cannot_be_moved(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = due(study_site, site_lead, Plan(A.REVIEW_PRESCREEN, soon()), at=timezone.now())
    values = {"leads": [f"{lead.number}:{lead.version}"], "reason": "No time", "step": "save"}

    page = as_user(coordinator).post(reverse("close_out_move"), values)

    assert numbers_of(page.context["left"]) == [lead.number]
    assert lead.person.last_name not in page.content.decode()
