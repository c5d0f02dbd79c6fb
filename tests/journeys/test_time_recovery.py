"""Scenarios 26 to 30 through the pages: stale leads, their review, and what no job ever does."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, LeadEvent, NextAction, Role, StaleReview, StudySite
from recruitment.rules.calendars import add_business_days
from recruitment.rules.events import EventKind
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from recruitment.services.blockers import open_blocker
from recruitment.services.calendars import calendar_of
from recruitment.tasks import count_the_day, flag_stale_leads, propose_closing
from tests.factories.recruitment import make_lead, make_member
from tests.factories.stages import bring_to
from tests.recruitment.views.lead_steps import log, post, words_of

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RECONTACT = {
    "patient_reason": "no_response",
    "process_reason": "slow_follow_up",
    "outcome": "recontact",
    "due": "proposed",
}


def rested(study_site: StudySite, owner: User | None, *, days: int, by: User) -> Lead:
    """A lead that came to Contacted so many business days ago, and nothing since."""
    moved_at = add_business_days(timezone.now(), -days, calendar_of(study_site.site))
    lead = make_lead(study_site, owner=owner, received_at=moved_at - 2 * HOUR)
    bring_to(Stage.CONTACTED, lead, by, at=moved_at - HOUR)
    lead.refresh_from_db()
    return lead


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return rested(study_site, coordinator, days=7, by=coordinator)


def tile(client: Client, bucket: str) -> int:
    """How many leads of the signed-in user a tile of the queue counts."""
    context: Any = client.get(reverse("queue"), {"tab": "team"}).context
    return next(each["count"] for each in context["tiles"] if each["code"] == bucket)


def review(client: Client, lead: Lead, **values: Any) -> Any:
    fields = {name: value for name, value in (RECONTACT | values).items() if value is not None}
    return post(client, "lead_stale_review", lead, **fields)


def test_s26_a_contacted_lead_without_movement_is_in_stale_and_still_shows_contacted(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    hers = as_user(coordinator)
    assert (tile(hers, "stale"), tile(hers, "contacted")) == (1, 0)

    page = words_of(hers.get(reverse("recovery")))
    assert lead.number in page
    assert f"{lead.number} · Contacted" in page
    assert "Stale since" in page
    assert "Proposed from the log" in page
    assert "was due" in page  # and it says why
    assert "Contacted" in words_of(hers.get(reverse("lead", args=[lead.number])))


def test_s27_the_same_lead_with_a_blocker_to_be_looked_at_next_week_is_not_stale(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    hers = as_user(coordinator)
    next_week = add_business_days(timezone.now(), 4, calendar_of(lead.study_site.site)).date()
    blocked = post(
        hers,
        "lead_blocker_open",
        lead,
        category="patient_deciding",
        review_by=next_week.isoformat(),
        due="keep",
    )
    assert blocked.status_code == 302
    assert (tile(hers, "stale"), tile(hers, "contacted")) == (0, 1)
    page = words_of(hers.get(reverse("recovery")))
    assert "Nothing is stale" in page
    refused = review(hers, lead)
    assert refused.status_code == 422
    assert "The lead is not stale" in words_of(refused)


@pytest.mark.parametrize("missing", ["patient_reason", "process_reason"])
def test_s28_a_stale_review_without_both_reasons_is_refused(
    lead: Lead, coordinator: User, as_user: SignIn, missing: str
) -> None:
    hers = as_user(coordinator)
    refused = review(hers, lead, **{missing: None})
    assert refused.status_code == 422
    said = {
        "patient_reason": "Say where the person stands.",
        "process_reason": "Say what in our process let it stall.",
    }
    assert said[missing] in words_of(refused)
    assert not StaleReview.objects.exists()
    assert tile(hers, "stale") == 1


def test_s29_choosing_to_contact_again_sets_owner_and_date_and_movement_in_time_recovers(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = rested(study_site, None, days=7, by=coordinator)
    hers = as_user(coordinator)
    assert review(hers, lead).status_code == 302

    action = NextAction.objects.get(lead=lead, ended_at__isnull=True)
    assert (action.type, action.owner) == (ActionType.CALL, coordinator)
    assert action.due_at > timezone.now()
    assert lead.owner == coordinator
    assert tile(hers, "stale") == 0  # on plan
    assert "0 of 1, 0%" in words_of(hers.get(reverse("recovery")))

    reached = log(hers, lead, "reached")
    assert reached.status_code == 302
    assert LeadEvent.objects.filter(lead=lead, kind=EventKind.RECOVERED).count() == 1
    assert lead.recover_by is None
    page = words_of(hers.get(reverse("recovery")))
    assert "1 of 1, 100%" in page
    assert "Recovered this week 1 lead" in page
    timeline = words_of(hers.get(reverse("lead", args=[lead.number])))
    assert "Stale: No response. Contact again" in timeline
    assert "Recovered" in timeline


def test_s30_no_job_closes_a_lead_and_after_the_call_back_window_closing_is_proposed(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    quiet = make_lead(study_site, owner=coordinator, received_at=timezone.now() - 20 * DAY)
    bring_to(Stage.NO_RESPONSE, quiet, coordinator, at=timezone.now() - 19 * DAY)
    waiting = make_lead(study_site, owner=coordinator, received_at=timezone.now() - 9 * DAY)
    bring_to(Stage.NO_RESPONSE, waiting, coordinator, at=timezone.now() - 8 * DAY)

    for _ in range(2):
        flag_stale_leads()
        propose_closing()
        count_the_day()

    proposed = LeadEvent.objects.filter(kind=EventKind.CLOSE_PROPOSED)
    assert [event.lead for event in proposed] == [quiet]
    assert proposed.get().actor is None
    action = NextAction.objects.get(lead=quiet, ended_at__isnull=True)
    assert action.type == ActionType.DECIDE_CLOSE
    for each, stage in ((lead, Stage.CONTACTED), (quiet, Stage.NO_RESPONSE)):
        each.refresh_from_db()
        assert each.stage == stage
    assert Lead.objects.filter(stage__in=OPEN).count() == 3
    page = words_of(as_user(coordinator).get(reverse("recovery")))
    window = page.split("In the call-back window", 1)[1].split("Past visits", 1)[0]
    assert waiting.number in window
    assert quiet.number not in window
    assert quiet.number in page.split("In the call-back window", 1)[0]


def boxes(client: Client) -> list[str]:
    html = client.get(reverse("recovery")).content.decode()
    return re.findall(r'name="leads" value="([^"]+)"', html)


def test_several_leads_are_looked_at_first_and_then_reviewed_each_by_itself(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    leads = [rested(study_site, coordinator, days=7 + n, by=coordinator) for n in range(3)]
    hers = as_user(coordinator)
    sent = {"leads": boxes(hers), "outcome": "recontact", "patient_reason": "no_response"}
    assert len(sent["leads"]) == 3
    colleague = make_member(Role.COORDINATOR, study_site, name="Tom Ode")
    assert log(as_user(colleague), leads[0], "no_answer").status_code == 302

    url = reverse("recovery_several")
    look = hers.post(url, sent | {"step": "look"})
    assert look.status_code == 200
    assert not StaleReview.objects.exists()
    words = words_of(look)
    assert "2 leads to review" in words
    assert f"{leads[0].number} : It is not among the stale leads any more." in words

    done = hers.post(url, sent | {"step": "save"})
    assert "2 leads reviewed" in words_of(done)
    assert set(StaleReview.objects.values_list("lead", flat=True)) == {
        leads[1].pk,
        leads[2].pk,
    }
    again = hers.post(url, sent | {"step": "save"})
    assert "3 leads left as they are" in words_of(again)
    assert StaleReview.objects.count() == 2
    assert hers.get(reverse("recovery")).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"leads": "nonsense", "outcome": "recontact"},
        {"leads": "A:1:buried:x", "outcome": "recontact"},
        {"leads": "AAAAAAAA:1:tired", "outcome": "recontact"},
        {"leads": "AAAAAAAA:1:buried", "outcome": "close"},
        {"leads": "AAAAAAAA:1:buried", "outcome": "recontact", "due_date": "2026-11-30"},
    ],
)
def test_what_several_cannot_be_given_is_refused_with_a_sentence(
    study_site: StudySite, coordinator: User, as_user: SignIn, sent: dict[str, str]
) -> None:
    refused = as_user(coordinator).post(reverse("recovery_several"), sent)
    assert refused.status_code == 422


def test_a_blocked_lead_past_the_day_to_look_again_stands_in_the_third_lane(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    lead = make_lead(study_site, owner=coordinator, received_at=now - 3 * DAY)
    bring_to(Stage.CONTACTED, lead, coordinator, at=now - 3 * DAY)
    lead.refresh_from_db()
    open_blocker(
        lead=lead,
        category=BlockerCategory.TRAVEL,
        review_by=now - HOUR,
        by=coordinator,
        at=now - 2 * DAY,
        seen=lead.version,
    )
    page = words_of(as_user(coordinator).get(reverse("recovery")))
    assert lead.number in page
    assert "Look again was due" in page


def test_a_visit_of_more_than_thirty_days_ago_without_an_outcome_is_listed(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    received: datetime = timezone.now() - 60 * DAY
    lead = make_lead(study_site, owner=coordinator, received_at=received)
    bring_to(Stage.SCREENED, lead, coordinator, at=received)
    fresh = make_lead(study_site, owner=coordinator, received_at=timezone.now() - 20 * DAY)
    bring_to(Stage.SCREENED, fresh, coordinator, at=timezone.now() - 20 * DAY)
    page = words_of(as_user(coordinator).get(reverse("recovery")))
    late = page.split("Past visits without an outcome", 1)[1].split("For the weekly review")[0]
    assert lead.number in late
    assert fresh.number not in late


def test_an_empty_recovery_page_says_so(coordinator: User, as_user: SignIn) -> None:
    page = words_of(as_user(coordinator).get(reverse("recovery")))
    for said in (
        "Nothing is stale",
        "No lead comes near its limit.",
        "Nobody is waited for.",
        "No decisions in 8 weeks",
    ):
        assert said in page
