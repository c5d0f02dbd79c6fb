"""What lies outside every sense is refused with a sentence: days, addresses, characters."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.stages import Stage
from tests.factories.recruitment import (
    SiteFactory,
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
)
from tests.recruitment.views.lead_steps import HOUR, post, words_of

SignIn = Callable[[User], Client]
ENCODED = "application/x-www-form-urlencoded"
PICKED = {"due": "pick", "due_time": "09:00"}
DAYS = [
    ("lead_action", "due_date", {"action": "escalate", "due_time": "09:00", "reason": "Asked"}),
    ("lead_outreach", "due_date", {"outcome": "reached", "channel": "phone", **PICKED}),
    ("lead_move", "due_date", {"to": "contacted", **PICKED}),
    (
        "lead_visit_book",
        "starts_on",
        {"starts_time": "09:00", "type": "screening", "place": "Room 2"},
    ),
    ("lead_blocker_open", "review_by", {"category": "interpreter", "due": "keep"}),
]
ODD = ["a\x00b", b"\xed\xa0\x80", "\u202e\ufeff", "9" * 25, "x" * 1_000_000]
# What each form takes when nothing is odd, and the fields that are made odd one by one.
SENT: dict[str, dict[str, Any]] = {
    "lead_outreach": {
        "outcome": "reached",
        "channel": "phone",
        "due": "proposed",
        "due_date": "",
        "due_time": "",
        "prescreen": "",
        "to": "",
        "action": "",
        "note": "",
        "detail": "",
    },
    "lead_move": {"to": "contacted", "due": "proposed", "decided_by": "", "note": "", "detail": ""},
    "lead_close": {
        "reason": "src_duplicate",
        "sub_reason": "",
        "contributing_1": "",
        "contributing_2": "",
        "until": "",
        "override": "",
        "note": "",
    },
    "lead_knock_out": {
        "reason": "crit_medication",
        "channel": "",
        "result": "",
        "decided_by": "",
        "note": "",
    },
    "lead_enroll": {"decided_by": "", "note": ""},
    "lead_reopen": {
        "to": "coordinator_review",
        "came_back": "",
        "renewed": "",
        "due": "proposed",
        "note": "",
        "detail": "",
    },
    "lead_action": {
        "action": "call",
        "due_date": "2026-11-30",
        "due_time": "09:00",
        "push_back": "",
        "reason": "Asked",
        "detail": "",
    },
    "lead_note": {"note": "Words", "once": "one", "back": "queue"},
    "lead_action_done": {"result": "Words", "due": "proposed", "detail": ""},
    "lead_blocker_open": {
        "category": "interpreter",
        "waiting_on": "",
        "owner": "",
        "review_by": "",
        "decision_from": "",
        "about": "",
        "due": "keep",
        "detail": "",
    },
    "lead_blocker_resolve": {"blocker": "1", "resolution": "Words"},
    "lead_blocker_redate": {"blocker": "1", "review_by": "2026-11-30", "reason": "Words"},
    "lead_blocker_turn": {
        "blocker": "1",
        "waiting_on": "patient",
        "review_by": "",
        "reason": "Words",
    },
    "lead_prescreen": {"state": "sent", "to": "", "due": "proposed", "detail": ""},
    "lead_records": {"step": "1:request", "due": "keep", "how": "", "reason": "", "provider": ""},
    "lead_records_name": {"type": "labs", "why": ""},
    "lead_readiness": {"item_travel": "clear", "owner": ""},
    "lead_dates_offer": {"due": "proposed", "detail": "", "day_1": "", "time_1": ""},
    "lead_visit_book": {
        "starts_on": "2026-11-30",
        "starts_time": "09:00",
        "type": "screening",
        "place": "Room 2",
        "override": "",
    },
    "lead_visit_reschedule": {"starts_on": "2026-11-30", "starts_time": "09:00", "place": ""},
    "lead_ctms_send": {"needs": ""},
    "lead_ctms_acknowledge": {"number": "S-1"},
    "lead_ctms_correct": {"number": "S-1", "reason": "Typing"},
    "lead_visit_confirm": {"seen": "1"},
    "lead_visit_end": {"result": "no_show", "no_show_reason": "", "decided_by": ""},
    "lead_review_request": {"due": "proposed", "detail": ""},
    "lead_review_decide": {"decision": "go_on", "decided_by": "", "to": "", "reason": ""},
    "lead_claim": {"back": "queue"},
}


@pytest.fixture
def study_site(db: None) -> StudySite:
    """East of UTC, where the first day of the calendar begins before it."""
    return StudySiteFactory(site=SiteFactory(time_zone="Asia/Tokyo"))


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(
        study_site,
        owner=coordinator,
        received_at=timezone.now() - 2 * HOUR,
        enquirer=make_enquirer(time_zone="Asia/Tokyo"),
    )


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31"])
@pytest.mark.parametrize(("name", "field", "values"), DAYS)
def test_a_day_outside_the_calendar_of_the_work_is_refused_at_its_field(
    name: str,
    field: str,
    values: dict[str, str],
    day: str,
    lead: Lead,
    coordinator: User,
    as_user: SignIn,
) -> None:
    before = lead.version

    response = post(as_user(coordinator), name, lead, **values | {field: day})

    assert response.status_code == 422
    assert "Choose a day from 2000 on, at most five years ahead." in words_of(response)
    assert lead.version == before


@pytest.mark.parametrize(
    ("name", "field", "values", "ahead", "said"),
    [
        (*DAYS[4], 400, "The review date is more than a year ahead."),
        (*DAYS[3], 750, "The visit is more than two years ahead."),
        (*DAYS[0], 400, "The due time is more than a year ahead."),
    ],
)
def test_a_day_too_far_ahead_for_what_it_is_about_is_refused(
    name: str,
    field: str,
    values: dict[str, str],
    ahead: int,
    said: str,
    lead: Lead,
    coordinator: User,
    as_user: SignIn,
) -> None:
    client = as_user(coordinator)
    post(client, "lead_move", lead, to="contacted", due="proposed")
    day = (timezone.now() + timedelta(days=ahead)).date().isoformat()

    response = post(client, name, lead, **values | {field: day})

    assert response.status_code == 422
    assert said in words_of(response)
    assert lead.stage == Stage.CONTACTED


@pytest.mark.parametrize("number", ["%00", "A%00BCDEFG", "abcdefgh", "ILOUILOU", "A" * 9, "%F0%9F"])
@pytest.mark.parametrize("rest", ["", "note/", "claim/", "visit/end/"])
def test_an_address_that_no_lead_can_have_is_not_found(
    number: str, rest: str, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    url = f"/leads/{number}/{rest}"

    response = client.post(url) if rest else client.get(url)

    assert response.status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SENT))
def test_odd_characters_and_sizes_are_cleaned_or_refused_and_never_break_a_form(
    name: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client, url, broken = as_user(coordinator), reverse(name, args=[lead.number]), []

    for field, odd in product(["seen", *SENT[name]], ODD):
        lead.refresh_from_db()
        body = urlencode({"seen": lead.version} | SENT[name] | {field: odd})
        status = client.post(url, body, content_type=ENCODED).status_code
        if status not in {302, 409, 422}:
            broken.append((field, odd[:8], status))

    assert broken == []


@pytest.mark.slow
def test_odd_characters_and_sizes_never_break_adding_a_lead(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    source = SourceFactory(study=study_site.study)
    sent = {
        "study_site": study_site.pk,
        "source": source.pk,
        "first_name": "Ada",
        "last_name": "",
        "phone": "",
        "email": "ada@example.org",
        "birth_year": "",
        "basis": "",
        "may_phone": "",
        "may_text": "unknown",
        "best_time": "",
        "language": "",
        "location_band": "",
        "stated_interest": "",
        "once": "one",
        "confirmed": "1",
    }
    client, broken = as_user(coordinator), []

    for field, odd in product(sent, ODD):
        body = urlencode(sent | {field: odd})
        status = client.post(reverse("lead_add"), body, content_type=ENCODED).status_code
        if status not in {200, 302, 422}:
            broken.append((field, odd[:8], status))

    assert broken == []
