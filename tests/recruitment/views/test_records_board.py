"""The records board: what to ask for, chase and review, today's chases first (S5)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, RecordsItem, Role, StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import RecordsState, RecordsType
from recruitment.services.records_lists import NamedRecord, set_records_list
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.factories.stages import bring_to
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]
R = RecordsState
NOW = timezone.now


def needing(study_site: StudySite, owner: User, by: User) -> Lead:
    """A lead in Records needed with one record, which nobody has asked for."""
    if not study_site.study.records_lists.exists():
        usual = [NamedRecord(RecordsType.LABS, why="So that nothing is measured twice.")]
        set_records_list(study_site.study, usual, by=by, at=NOW())
    lead = make_lead(study_site, owner=owner, received_at=NOW() - timedelta(days=20))
    return bring_to(Stage.RECORDS_NEEDED, lead, owner).lead


def put(lead: Lead, state: RecordsState, **values: Any) -> RecordsItem:
    """The lead's record as a service leaves it, on a day that the test chooses."""
    item = lead.records_items.get()
    for name, value in {"state": state, **values}.items():
        setattr(item, name, value)
    item.save()
    return item


def requested(lead: Lead, chase_at: datetime) -> RecordsItem:
    at = NOW() - timedelta(days=6)
    return put(lead, R.REQUESTED, requested_at=at, changed_at=at, how="fax", chase_at=chase_at)


def press(client: Client, lead: Lead, code: str, **data: object) -> Any:
    lead.refresh_from_db()
    values = {
        "seen": lead.version,
        "step": f"{lead.records_items.get().pk}:{code}",
        "due": "keep",
        "back": "records_board",
        "back_query": "owner=me",
    }
    return client.post(reverse("lead_records", args=[lead.number]), values | data)


def test_todays_chases_stand_first_and_every_list_names_who_holds_it_up(
    study_site: StudySite, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    due, later, here, open_one = (needing(study_site, coordinator, administrator) for _ in range(4))
    requested(due, NOW() - timedelta(hours=1))
    put(due, R.REQUESTED, provider="Saguaro Clinic")
    requested(later, NOW() + timedelta(days=4))
    put(here, R.RECEIVED, received_at=NOW() - timedelta(days=1))

    said = words_of(as_user(coordinator).get(reverse("records_board")))

    lists = [said.index(f"{label} 1 ") for label in ("Ask again today", "Received, to review")]
    assert lists == sorted(lists)
    assert said.index(due.number) < said.index(here.number) < said.index(open_one.number)
    assert said.index(open_one.number) < said.index(later.number)
    assert "Provider: Saguaro Clinic" in said
    assert "Priya Raman" in said


def test_one_press_chases_and_comes_back_to_the_board_as_it_was_filtered(
    study_site: StudySite, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    lead = needing(study_site, coordinator, administrator)
    requested(lead, NOW() - timedelta(hours=1))
    client = as_user(coordinator)

    saved = press(client, lead, "chase", channel="phone")

    assert saved.status_code == 302
    assert saved["Location"] == f"{reverse('records_board')}?owner=me"
    item = lead.records_items.get()
    assert (item.chases, item.state) == (1, R.REQUESTED)
    assert item.chase_at is not None
    assert item.chase_at > NOW()
    page = words_of(client.get(saved["Location"]))
    assert "Records updated." in page
    assert "Requested, waiting 1" in page


def test_each_press_of_the_board_is_one_the_form_takes(
    study_site: StudySite, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    lead, client = needing(study_site, coordinator, administrator), as_user(coordinator)
    steps = [
        ("signed", {}, R.NEEDED),
        ("request", {"how": "fax"}, R.REQUESTED),
        ("chase", {"channel": "phone"}, R.REQUESTED),
        ("receive", {"due": "proposed"}, R.RECEIVED),
        ("sufficient", {"due": "proposed"}, R.REVIEWED),
    ]
    put(lead, R.NEEDED, authorization="asked")
    for code, data, state in steps:
        item = lead.records_items.get()
        html = client.get(reverse("records_board")).content.decode()
        assert f'value="{item.pk}:{code}"' in html, code
        assert press(client, lead, code, **data).status_code == 302, code
        assert lead.records_items.get().state == state


def test_a_press_without_how_is_refused_on_the_leads_page_and_nothing_is_written(
    study_site: StudySite, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    lead = needing(study_site, coordinator, administrator)

    refused = press(as_user(coordinator), lead, "request", how="")

    assert refused.status_code == 422
    assert "Say how it was asked for." in words_of(refused)
    assert lead.records_items.get().state == R.NEEDED


def test_a_list_of_its_own_is_paged_and_the_filters_stand_in_the_address(
    study_site: StudySite, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    lead = needing(study_site, coordinator, administrator)
    other = StudySiteFactory(site=study_site.site)
    make_member(Role.COORDINATOR, other, user=coordinator)
    elsewhere = needing(other, coordinator, administrator)
    client, board = as_user(coordinator), reverse("records_board")

    asked = words_of(client.get(f"{board}?list=request&study={other.study_id}&owner=me"))
    nobodys = words_of(client.get(f"{board}?owner=nobody"))
    junk = client.get(f"{board}?list=x&study=²&owner=9999999999999999999&page=0")

    assert elsewhere.number in asked
    assert lead.number not in asked
    assert "No records here" in nobodys
    assert junk.status_code == 200


def test_the_board_says_when_no_record_is_needed_and_does_not_exist_for_others(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    said = words_of(as_user(coordinator).get(reverse("records_board")))

    assert "No open lead needs records" in said
    assert as_user(reviewer).get(reverse("records_board")).status_code == 404


def test_leads_of_another_place_never_stand_on_the_board(
    study_site: StudySite,
    coordinator: User,
    outsider: User,
    administrator: User,
    as_user: SignIn,
) -> None:
    lead = needing(study_site, coordinator, administrator)

    said = words_of(as_user(outsider).get(f"{reverse('records_board')}?owner={coordinator.pk}"))

    assert lead.number not in said


@pytest.mark.parametrize("rows", [1, 12])
def test_the_board_takes_a_few_statements_whatever_it_holds(
    rows: int,
    study_site: StudySite,
    coordinator: User,
    administrator: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    for _ in range(rows):
        needing(study_site, coordinator, administrator)
    client = as_user(coordinator)
    client.get(reverse("records_board"))

    assert count_queries(client.get, reverse("records_board")) <= 10
