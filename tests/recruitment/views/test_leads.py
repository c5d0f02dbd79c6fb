"""One lead over HTTP: its scenarios and its cost."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import Stage
from tests.factories.recruitment import StudyStaffFactory, make_lead
from tests.recruitment.views.lead_steps import HOUR, PANEL, log, post, words_of

SignIn = Callable[[User], Client]


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry of the coordinator, two hours old."""
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def test_s07_a_stage_change_without_a_next_action_is_refused_over_http_and_nothing_is_saved(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    before = lead.version

    response = post(as_user(coordinator), "lead_move", lead, to="contacted", note="Kept words")

    assert response.status_code == 422
    assert "Say what happens next and by when." in words_of(response)
    assert "Kept words" in response.content.decode()
    assert (lead.stage, lead.version) == (Stage.NEW_INQUIRY, before)


@pytest.mark.parametrize("missing", ["due_date", "due_time"])
def test_a_stage_change_without_a_due_date_or_time_is_refused_at_its_field(
    missing: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    given = {"due_date": "2027-01-04", "due_time": "09:00"} | {missing: ""}

    response = post(as_user(coordinator), "lead_move", lead, to="contacted", due="pick", **given)

    assert response.status_code == 422
    assert "Choose the day and the time." in words_of(response)
    assert f'href="#move-{missing}"' in response.content.decode()
    assert lead.stage == Stage.NEW_INQUIRY


def test_s08_new_inquiry_to_scheduled_is_refused_and_the_allowed_moves_are_named(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    response = post(as_user(coordinator), "lead_move", lead, to="scheduled", due="proposed")

    assert response.status_code == 422
    assert "New inquiry cannot become Scheduled." in words_of(response)
    assert "Allowed from here: Awaiting prescreen" in words_of(response)
    assert lead.stage == Stage.NEW_INQUIRY


def test_s09_closing_on_criteria_waits_for_a_prescreen_or_a_review(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    decider = StudyStaffFactory(study_site=study_site)
    client = as_user(coordinator)
    close = {"reason": "crit_medication", "decided_by": decider.pk}
    at_once = post(client, "lead_close", lead, **close)
    log(client, lead, "reached")
    too_early = post(client, "lead_close", lead, **close)
    post(client, "lead_prescreen", lead, state="complete", due="keep")

    closed = post(client, "lead_close", lead, **close)

    assert at_once.status_code == 422
    assert "needs a completed prescreen or a study-team review first" in words_of(too_early)
    assert closed.status_code == 302
    assert lead.stage == Stage.NOT_QUALIFIED
    page = words_of(client.get(reverse("lead", args=[lead.number])))
    assert f"decided by {decider}" in page
    assert "recorded by Priya Raman" in page


def test_s10_no_answer_renews_the_last_action_and_plans_the_next_step_at_another_hour(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    moved = lead.last_movement_at

    response = log(as_user(coordinator), lead, "no_answer")

    assert response.status_code == 302
    assert lead.attempts == 1
    assert lead.last_action_at is not None
    assert lead.last_movement_at == moved
    action = lead.next_actions.get(ended_at=None)
    there = action.due_at.astimezone(ZoneInfo(lead.person.time_zone))
    assert (there.hour, there.minute) == (17, 30)


def test_s11_reached_and_prescreen_started_in_one_form_set_two_milestones_and_are_movement(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    log(as_user(coordinator), lead, "reached", prescreen="started")

    codes = set(lead.milestones.values_list("code", flat=True))
    assert {"first_two_way_contact", "prescreen_started"} <= codes
    assert lead.last_movement_at is not None
    assert lead.stage == Stage.CONTACTED


def test_s12_context_stands_above_the_form(lead: Lead, coordinator: User, as_user: SignIn) -> None:
    html = (
        as_user(coordinator)
        .get(reverse("lead", args=[lead.number]), headers=PANEL)
        .content.decode()
    )

    form = html.index('class="log"')
    for part in ("Phone: agreed", "Asked about", "Prescreen", "Records", "Lives"):
        assert 0 <= html.index(part) < form


def test_s14_a_lead_of_another_study_does_not_exist(
    lead: Lead, outsider: User, as_user: SignIn
) -> None:
    client = as_user(outsider)

    assert client.get(reverse("lead", args=[lead.number])).status_code == 404
    assert client.get(reverse("lead", args=["ZZZZZZZZ"])).status_code == 404
    assert log(client, lead, "no_answer").status_code == 404
    assert lead.attempts == 0


def test_s15_closing_needs_a_reason_and_offers_none_that_judges_the_person(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    page = client.get(reverse("lead", args=[lead.number])).content.decode()
    response = post(client, "lead_close", lead)

    assert not [code for code in CloseCode if "eligible" in code.label.lower()]
    assert "Not eligible" not in page
    assert response.status_code == 422
    assert "Choose the main reason for closing." in words_of(response)
    assert lead.stage == Stage.NEW_INQUIRY


def test_s36_a_text_is_not_offered_without_a_yes(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    whole = client.get(reverse("lead", args=[lead.number])).content.decode()
    page = whole.split('id="log"')[1].split("</form>")[0]

    response = log(client, lead, "sent", channel="text")

    assert '<option value="text"' not in page
    assert "A text message needs a recorded yes" in page
    assert response.status_code == 422
    assert "A text message needs a recorded yes, and there is none." in words_of(response)
    assert lead.attempts == 0


@pytest.mark.slow
def test_the_lead_page_costs_at_most_thirty_statements_however_long_its_history(
    lead: Lead, coordinator: User, as_user: SignIn, count_queries: Callable[..., int]
) -> None:
    client, url = as_user(coordinator), reverse("lead", args=[lead.number])
    client.get(url)
    short = count_queries(client.get, url)
    for n in range(15):
        post(client, "lead_note", lead, note="Again.", once=str(n))
    client.get(url)

    long = count_queries(client.get, url)

    assert short == long
    assert long <= 30


UNDO_OFFER = 2  # statements after the step: is it mine, and may all of it be taken back


@pytest.mark.slow
def test_logging_a_contact_costs_at_most_twelve_statements_besides_door_and_undo(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    log(client, lead, "no_answer")
    values = {
        "seen": lead.version,
        "outcome": "no_answer",
        "channel": "phone",
        "due": "proposed",
    }

    with CaptureQueriesContext(connection) as captured:
        client.post(reverse("lead_outreach", args=[lead.number]), values)

    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    door = ("django_session", "studysiteuserpermission", "contactpermission", "accounts_user")
    work = [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(frame)
        and not any(table in query["sql"].split("WHERE")[0] for table in door)
    ]
    assert len(work) <= 12 + UNDO_OFFER, "\n".join(work)
