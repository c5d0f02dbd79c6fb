"""Search over HTTP: who finds whom, by what, at which cost, and where a name must not stand."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries import find as queries
from recruitment.rules.closing import CloseCode
from recruitment.services.closing import close_lead
from recruitment.views import find as views
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead
from trialsnest.lib.throttle import Throttle

SignIn = Callable[[User], Client]
PART = {"HX-Request": "true", "HX-Target": "found"}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SEARCHES", Throttle(120, 60))


def lead_of(place: StudySite, first: str, last: str, phone: str = "", **given: object) -> Lead:
    """A lead of somebody with this name."""
    enquirer = make_enquirer(
        first_name=first,
        last_name=last,
        phones=(phone,) if phone else (),
        emails=(f"{abs(hash((first, last)))}@example.org",),
    )
    return make_lead(place, enquirer=enquirer, **given)


def numbers(client: Client, text: str) -> list[str]:
    """The numbers of the leads found, in the order of the list under the box."""
    response = client.post(reverse("find"), {"q": text}, headers=PART)
    assert response.status_code == 200
    return re.findall(r'href="/leads/(\w{8})/"', response.content.decode())


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return lead_of(study_site, "Łukasz", "O'Brien-Żółć", "+16175550142")


@pytest.mark.parametrize(
    "text", ["lukasz", "obrien luk", "zolc", "o'brien", "0142", "(617) 555-0142", "+1 617 555 0142"]
)
def test_a_lead_is_found_by_what_staff_remember(
    text: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    assert numbers(as_user(coordinator), text) == [lead.number]
    assert numbers(as_user(coordinator), f"{text} nobody") == []


def test_a_lead_is_found_by_its_number_and_by_an_address(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    enquirer = make_enquirer(first_name="Ana", last_name="Ruiz", emails=("ana.ruiz@example.org",))
    lead, client = make_lead(study_site, enquirer=enquirer), as_user(coordinator)

    for text in (lead.number, lead.number.lower(), f"{lead.number[:4]}-{lead.number[4:]}"):
        assert numbers(client, text) == [lead.number]
    for text in ("ana.ruiz@example.org", "ANA.RUIZ@EX", "ana.ru"):
        assert numbers(client, text) == [lead.number]


def test_a_page_without_scripts_leads_on_to_the_one_that_is_meant(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    one = client.post(reverse("find"), {"q": "0142"})
    assert (one.status_code, one["Location"]) == (302, reverse("lead", args=[lead.number]))

    lead_of(study_site, "Łukasz", "Second", "+16175559142")
    several = client.post(reverse("find"), {"q": "lukasz"})
    page = several.content.decode()
    assert several.status_code == 200
    assert "2 leads found." in page
    assert 'value="lukasz"' in page
    assert "Łukasz" not in re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]  # type: ignore[index]


def test_nobody_finds_a_lead_that_she_may_not_see(
    lead: Lead, outsider: User, sponsor_viewer: User, administrator: User, as_user: SignIn
) -> None:
    for text in ("lukasz", "0142", lead.number):
        assert numbers(as_user(outsider), text) == []
    for user in (sponsor_viewer, administrator):
        for headers in (PART, {}):
            answer = as_user(user).post(reverse("find"), {"q": "lukasz"}, headers=headers)
            assert answer.status_code == 404


def test_only_a_post_searches(lead: Lead, coordinator: User, as_user: SignIn) -> None:
    assert as_user(coordinator).get(reverse("find"), {"q": "lukasz"}).status_code == 405


def test_mine_stand_first_then_open_ones_then_the_latest(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    closed = lead_of(study_site, "Ana", "Kim", received_at=now - DAY)
    close_lead(
        lead=closed, code=CloseCode.PT_NOT_INTERESTED, by=coordinator, at=now, seen=closed.version
    )
    old = lead_of(study_site, "Ana", "Lee", received_at=now - 3 * DAY)
    new = lead_of(study_site, "Ana", "Ito", received_at=now - 2 * DAY)
    mine = lead_of(study_site, "Ana", "Roy", owner=coordinator, received_at=now - 9 * DAY)

    found = numbers(as_user(coordinator), "ana")
    assert found == [mine.number, new.number, old.number, closed.number]


def test_a_row_says_study_stage_owner_and_what_comes_next(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = lead_of(study_site, "<b>Ana</b>", "Kim", owner=coordinator)
    page = as_user(coordinator).post(reverse("find"), {"q": "kim"}, headers=PART).content.decode()

    for words in (study_site.study.code, lead.number, "New inquiry", "You", "Call"):
        assert words in page
    assert "&lt;b&gt;Ana&lt;/b&gt;" in page
    assert "1 lead found." in page
    assert "Not in my queue" not in page


def test_a_row_says_why_it_does_not_stand_in_ones_own_queue(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead_of(study_site, "Ana", "Kim", owner=coordinator)
    lead_of(study_site, "Ana", "Lee")
    page = as_user(site_lead).post(reverse("find"), {"q": "ana"}, headers=PART).content.decode()

    assert f"Not in my queue: {coordinator.name} owns it." in page
    assert "Not in my queue: Nobody owns it yet." in page


@pytest.mark.parametrize("text", ["", " ", "1", "12", "%", "_%", "\u200b", "🙂", "x\x00"])
def test_too_little_is_told_and_finds_nobody(
    text: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    response = as_user(coordinator).post(reverse("find"), {"q": text}, headers=PART)
    assert response.status_code == 200
    said = response.content.decode()
    assert "found__go" not in said
    assert "Type two letters" in said or "No lead found" in said


def test_many_are_cut_and_said_to_be(
    study_site: StudySite, coordinator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHOWN", 2)
    for n in range(4):
        lead_of(study_site, "Ana", f"Kim{n}")
    response = as_user(coordinator).post(reverse("find"), {"q": "ana"}, headers=PART)
    page = response.content.decode()

    assert page.count("found__go") == 2
    assert "More than 2 leads found." in page


def test_who_sees_many_places_finds_the_same(
    lead: Lead, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = lead_of(StudySiteFactory(), "Łukasz", "Elsewhere", "+16175550142")
    now, texts = timezone.now(), ("lukasz", "obrien lukasz", "0142", "lukasz 0142", "lukasz kim")
    few = {text: queries.find_leads(coordinator, text, now=now) for text in texts}
    monkeypatch.setattr(queries, "FEW_PLACES", 0)
    many = {text: queries.find_leads(coordinator, text, now=now) for text in texts}

    assert few == many
    assert other.number not in str(few)
    assert [len(found.rows) for found in few.values() if found] == [1, 1, 1, 1, 0]


def test_a_search_costs_the_same_few_statements_for_one_lead_and_for_many(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            client.post(reverse("find"), {"q": "lukasz"}, headers=PART)
        return len([each for each in made if "SAVEPOINT" not in each["sql"]])

    numbers(client, "lukasz")
    one = statements()
    for n in range(8):
        lead_of(study_site, "Łukasz", f"Kim{n}")
    assert statements() == one
    assert one <= 6, "session, person, places, keys, leads"


def test_whoever_searches_without_end_is_slowed_down(
    lead: Lead, coordinator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 2.0, 61.0])
    monkeypatch.setattr(views, "SEARCHES", Throttle(2, 60, clock=lambda: next(clock)))
    client = as_user(coordinator)
    answers = [client.post(reverse("find"), {"q": "0142"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 429, 302]
    assert "Wait a minute" in answers[2].content.decode()


def test_the_box_keeps_what_is_typed_out_of_addresses_and_of_the_browser(
    lead: Lead, coordinator: User, sponsor_viewer: User, as_user: SignIn
) -> None:
    page = as_user(coordinator).get(reverse("queue")).content.decode()
    (box,) = re.findall(r'<input id="find"[^>]*>', page)

    assert 'hx-post="/queue/find/"' in box
    assert 'autocomplete="off"' in box
    assert "hx-push-url" not in page
    assert 'id="find"' not in as_user(sponsor_viewer).get(reverse("reports")).content.decode()
