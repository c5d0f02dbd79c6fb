"""What else a contact may have moved: a blocker, a visit, a close; one request each (OA4)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Blocker, Lead, NextAction, OutreachAttempt, Role, StudySite, Visit
from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory, ContactResult
from recruitment.rules.work_codes import MovementResult
from tests.factories.recruitment import make_member
from tests.recruitment.views.lead_steps import PANEL, at_stage, log, post, words_of

SignIn = Callable[[User], Client]


@pytest.fixture
def client(coordinator: User, as_user: SignIn) -> Client:
    return as_user(coordinator)


def moved(lead: Lead) -> str:
    """What the latest contact of the lead moved."""
    return str(OutreachAttempt.objects.filter(lead=lead).latest("id").movement)


def panel(client: Client, lead: Lead) -> str:
    return client.get(reverse("lead", args=[lead.number]), headers=PANEL).content.decode()


def test_every_movement_of_oa4_can_be_said_with_a_contact(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    found = set()

    def logged(stage: Stage, **data: object) -> None:
        lead, _ = at_stage(study_site, coordinator, stage)
        answer = log(client, lead, "reached", **data)
        assert answer.status_code == 302, words_of(answer)
        found.add(moved(lead))

    logged(Stage.CONTACTED)
    logged(Stage.CONTACTED, prescreen="started")
    logged(Stage.CONTACTED, prescreen="complete")
    asked, steps = at_stage(study_site, coordinator, Stage.CONTACTED)
    steps.prescreen()
    assert log(client, asked, "reached", to="coordinator_review").status_code == 302
    found.add(moved(asked))
    logged(Stage.COORDINATOR_REVIEW, to="records_needed")
    logged(Stage.CONTACTED, waits_on="travel")
    ready, _ = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE)
    assert book(client, ready, contact="reached").status_code == 302
    found.add(moved(ready))
    ended, _ = at_stage(study_site, coordinator, Stage.CONTACTED)
    reason = CloseCode.PT_NOT_INTERESTED
    assert post(client, "lead_close", ended, reason=reason, contact="reached").status_code == 302
    found.add(moved(ended))

    assert found == {*MovementResult.values}


def book(client: Client, lead: Lead, **data: object) -> Any:
    html = panel(client, lead)
    slot = re.search(r'name="slot" value="([^"]+)"', html)
    assert slot is not None, "no free time is proposed"
    place = re.search(r'name="place" value="([^"]+)"', html)
    assert place is not None, "no place is proposed"
    values = {"slot": slot[1], "place": place[1], "type": "screening", "preparation_sent": "on"}
    return post(client, "lead_visit_book", lead, **(values | data))


def test_a_blocker_is_opened_with_the_outcome_and_undone_with_it(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.CONTACTED)
    before = NextAction.objects.get(lead=lead, ended_at=None)

    answer = post(
        client,
        "lead_outreach",
        lead,
        PANEL,
        outcome="reached",
        channel="phone",
        due="proposed",
        waits_on="travel",
        waits_detail="No car until Friday",
    )

    assert answer.status_code == 200, words_of(answer)
    blocker = Blocker.objects.get(lead=lead, resolved_at=None)
    assert (blocker.category, blocker.detail) == (BlockerCategory.TRAVEL, "No car until Friday")
    assert blocker.review_by is not None
    action = NextAction.objects.get(lead=lead, ended_at=None)
    assert action.due_at >= blocker.review_by  # to be looked at again, within the hours for a call
    undo = re.search(r'hx-post="(/actions/[^"]+)"', answer.content.decode())
    assert undo is not None
    client.post(undo[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert not Blocker.objects.filter(lead=lead, resolved_at=None).exists()
    assert NextAction.objects.get(lead=lead, ended_at=None) == before


def test_the_pad_offers_what_does_not_stop_the_lead_yet_with_the_day_to_look_again(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.CONTACTED)
    assert log(client, lead, "reached", waits_on="travel").status_code == 302

    waits = panel(client, lead).split('name="waits_on"')[1].split("</select>")[0]

    assert re.search(r"Cost or reimbursement \(look again \w{3} \d+ \w{3}", waits)
    assert 'value="travel"' not in waits
    assert 'value="study_paused"' not in waits
    answer = log(client, lead, "reached", waits_on="travel")
    assert answer.status_code == 422
    assert Blocker.objects.filter(lead=lead).count() == 1


@pytest.mark.parametrize(
    ("waits", "sentence"),
    [
        ({"waits_on": "none"}, "Select a valid choice"),
        ({"waits_on": "travel", "waits_until": "2001-01-01"}, "past|passed|ahead"),
        ({"waits_on": "travel", "waits_until": "soon"}, "Write the day as"),
        ({"waits_on": "travel", "waits_detail": "x" * 201}, "At most 200 characters"),
    ],
)
def test_a_blocker_that_cannot_be_is_refused_with_the_contact_and_nothing_is_written(
    study_site: StudySite,
    coordinator: User,
    client: Client,
    waits: dict[str, str],
    sentence: str,
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.CONTACTED)

    answer = log(client, lead, "reached", **waits)

    assert answer.status_code == 422
    assert re.search(sentence, words_of(answer))
    assert not Blocker.objects.filter(lead=lead).exists()
    assert not OutreachAttempt.objects.filter(lead=lead).exists()


def test_a_visit_is_booked_with_the_contact_in_one_request(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE)

    answer = book(client, lead, contact="reached", contact_note="Comes by train")

    assert answer.status_code == 302, words_of(answer)
    visit = Visit.objects.get(lead=lead)
    assert visit.place == study_site.site.name  # nothing better was known
    attempt = OutreachAttempt.objects.get(lead=lead)
    assert (attempt.result, attempt.channel) == (ContactResult.REACHED, "phone")
    assert lead.stage == Stage.SCHEDULED
    assert "Comes by train" in words_of(client.get(reverse("lead", args=[lead.number])))


def test_the_booking_form_proposes_the_place_of_other_visits_here_and_the_lead_s_own(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    other, _ = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE)
    book(client, other, place="Wing B, room 4")
    lead, _ = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE)

    assert 'value="Wing B, room 4"' in panel(client, lead)


def test_a_time_that_is_written_leads_over_the_free_ones_and_half_a_time_is_asked_for(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE)
    on = (timezone.now() + timedelta(days=9)).date()

    half = book(client, lead, starts_on=on.isoformat())
    neither = book(client, lead, slot="")
    nonsense = book(client, lead, slot="<soon>")
    written = book(client, lead, starts_on=on.isoformat(), starts_time="11:15")

    assert [half.status_code, neither.status_code, nonsense.status_code] == [422, 422, 422]
    assert "Choose a free time, or write both day and time." in words_of(half)
    assert written.status_code == 302, words_of(written)
    assert Visit.objects.get(lead=lead).starts_at.minute == 15


def test_place_and_preparation_are_never_called_optional(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE)

    form = panel(client, lead).split('id="do-book"')[1].split("</details>")[0]

    assert re.search(r">Place</label>", re.sub(r"\s+", " ", form)), form
    assert "Needed before a visit is booked." in form


def test_only_a_site_lead_is_told_of_the_override(
    study_site: StudySite, coordinator: User, client: Client, as_user: SignIn
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE)
    leader = make_member(Role.SITE_LEAD, study_site.site)
    make_member(Role.COORDINATOR, study_site, user=leader)

    refused = book(client, lead, preparation_sent="")
    hers = book(as_user(leader), lead, preparation_sent="")

    assert refused.status_code == hers.status_code == 422
    form = refused.content.decode().split('id="do-book"')[1].split("</details>")[0]
    assert "may override" not in words_of(refused)
    assert 'name="override"' not in form
    assert "A site lead may override it with a reason." in words_of(hers)
    assert not Visit.objects.filter(lead=lead).exists()


@pytest.mark.parametrize("result", ["no_answer", "nonsense", "opted_out"])
def test_a_close_takes_only_a_contact_in_which_the_person_answered(
    study_site: StudySite, coordinator: User, client: Client, result: str
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.CONTACTED)

    answer = post(client, "lead_close", lead, reason=CloseCode.PT_NOT_INTERESTED, contact=result)

    assert answer.status_code == 422
    assert lead.stage == Stage.CONTACTED


def test_a_screened_lead_says_which_visit_there_was(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.SCREENED)

    said = words_of(client.get(reverse("lead", args=[lead.number])))

    assert "None booked" not in said
    assert re.search(r"Attended: screening\w* ?\w*, \w{3} \d+ \w{3}", said), said
