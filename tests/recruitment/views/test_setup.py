"""The set-up pages: the checklist, adding and changing, refusals, who changed what."""

from collections.abc import Callable
from datetime import date, time

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import (
    SettingChange,
    Site,
    Sponsor,
    Study,
    StudySite,
)
from recruitment.queries.settings import counts
from recruitment.views.setup.home import first_steps
from tests.factories.recruitment import (
    MONDAY,
    Role,
    SiteFactory,
    SourceFactory,
    SponsorFactory,
    StudySiteFactory,
    make_member,
)
from tests.recruitment.views.study_fields import study_fields

SITE = {
    "name": "Cedar  Hollow",
    "code": "CEDAR",
    "sponsor_label": "Site 1",
    "time_zone": "America/Phoenix",
    "country": "us",
    "region": "az",
    "is_active": "on",
}


@pytest.fixture
def client(administrator: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator)


def test_empty_installation_is_walked_through_from_sponsor_to_people(
    client: Client, administrator: User
) -> None:
    page = client.get("/setup/").content.decode()
    assert "Start here" in page

    assert client.post("/setup/sponsors/add/", {"name": "Northfield"}).status_code == 302
    sponsor = Sponsor.objects.get()
    made = client.post("/setup/sites/add/", SITE)
    site = Site.objects.get()
    assert made["Location"] == f"/setup/sites/{site.pk}/hours/"
    hours = {"opens_0_0": "09:00", "closes_0_0": "17:00"}
    assert client.post(made["Location"], hours).status_code == 302
    study_form = study_fields(sponsor)
    assert client.post("/setup/studies/add/", study_form).status_code == 302
    study = Study.objects.get()
    place_form = {
        "study": study.pk,
        "site": site.pk,
        "is_open": "on",
        "capacity_per_week": "4",
        "activated_on": "2026-03-02",
    }
    assert client.post("/setup/study-sites/add/", place_form).status_code == 302
    source_form = {
        "study": study.pk,
        "code": "RADIO-1",
        "kind": "paid",
        "name": "Radio, morning show",
        "sponsor_label": "Paid campaign, radio",
        "state": "live",
        "default_basis": "self_inquiry",
        "default_phone": "yes",
        "default_email": "unknown",
    }
    assert client.post("/setup/sources/add/", source_form).status_code == 302
    person = {
        "name": "Priya",
        "email": "priya@example.org",
        "role": f"coordinator:{StudySite.objects.get().pk}",
    }
    assert client.post("/setup/invitations/add/", person).status_code == 302

    assert "Start here" not in client.get("/setup/").content.decode()
    study.refresh_from_db()
    assert study.report_zone == "America/Phoenix"
    place = StudySite.objects.get()
    assert place.activated_at is not None
    assert place.activated_at.isoformat() == "2026-03-02T07:00:00+00:00"
    assert (site.name, site.country, site.region) == ("Cedar Hollow", "US", "AZ")
    added = SettingChange.objects.filter(field="added", by=administrator)
    assert set(added.values_list("kind", flat=True)) == {
        "sponsor",
        "site",
        "study",
        "studysite",
        "source",
    }


def test_checklist_names_the_first_step_that_is_not_done(administrator: User) -> None:
    SponsorFactory()
    SiteFactory()

    steps = first_steps(counts(at=MONDAY))

    assert [step.is_done for step in steps] == [True, False, False, False, False, False]
    assert [step.label for step in steps if step.is_next] == ["Add a site with its hours"]


def test_changed_setting_is_shown_with_who_and_when(client: Client, administrator: User) -> None:
    site = SiteFactory(name="Cedar Hollow", code="CEDAR")
    url = f"/setup/sites/{site.pk}/"
    fields = SITE | {"name": "Cedar Ridge", "seen": "0"}

    assert client.post(url, fields).status_code == 302

    page = client.get(url).content.decode()
    assert "Cedar Ridge" in page
    assert "<b>Name</b> from “Cedar Hollow” to “Cedar Ridge”" in page
    assert f'<span class="sub">{administrator.name}</span>' in page


def test_page_opened_before_a_colleague_saved_is_refused(client: Client) -> None:
    site = SiteFactory(name="Cedar Hollow", code="CEDAR")
    url = f"/setup/sites/{site.pk}/"
    client.post(url, SITE | {"name": "Cedar Ridge", "seen": "0"})

    answer = client.post(url, SITE | {"name": "Cedar Bay", "seen": "0"})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "after you opened it" in page
    assert 'value="Cedar Bay"' in page
    site.refresh_from_db()
    assert site.name == "Cedar Ridge"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("time_zone", "America/Atlantis", "America/Atlantis is not a time zone of the list"),
        ("country", "U1", "two letters"),
        ("code", "cedar hollow", "capital letters, digits and hyphens"),
        ("sponsor_label", "Clinic of Dr. Rivera", "names no person"),
        ("name", "", "This field is required"),
    ],
)
def test_bad_site_is_refused_at_its_field(
    client: Client, field: str, value: str, sentence: str
) -> None:
    answer = client.post("/setup/sites/add/", SITE | {field: value})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert f'id="id_{field}_error"' in page
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (
            {"opens_1_0": "08:00", "closes_1_0": "13:00",
             "opens_1_1": "12:00", "closes_1_1": "17:00"},
            "Tuesday 08:00 to 13:00 and Tuesday 12:00 to 17:00 overlap.",
        ),
        ({"opens_1_0": "17:00", "closes_1_0": "09:00"}, "Closing time must be after opening time."),
        ({"opens_1_0": "09:00"}, "Give both times, or leave both empty."),
        ({"opens_1_0": "soon", "closes_1_0": "17:00"}, "Write a time such as 09:00."),
        ({}, "Give at least one day its opening hours."),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_with_a_sentence(
    client: Client, hours: dict[str, str], sentence: str
) -> None:
    site = SiteFactory()

    answer = client.post(f"/setup/sites/{site.pk}/hours/", hours)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not site.opening_intervals.exists()


def test_hours_with_a_break_are_kept(client: Client) -> None:
    site = SiteFactory()
    day = {"opens_2_0": "08:00", "closes_2_0": "12:00", "opens_2_1": "13:00", "closes_2_1": "17:00"}

    client.post(f"/setup/sites/{site.pk}/hours/", day)

    rows = site.opening_intervals.values_list("weekday", "opens", "closes")
    assert list(rows) == [(2, time(8), time(12)), (2, time(13), time(17))]
    page = client.get(f"/setup/sites/{site.pk}/hours/").content.decode()
    assert 'value="13:00"' in page
    assert "Wed 08:00 to 12:00; Wed 13:00 to 17:00" in page


def test_closed_days_are_added_and_removed(client: Client) -> None:
    site = SiteFactory(country="US", region="AZ")
    url = f"/setup/sites/{site.pk}/days/"
    year = date.today().year + 1  # noqa: DTZ011  (any year that the page shows)

    client.post(url, {"add": "public"})
    client.post(url, {"add": "holiday", "on": f"{year}-03-03", "name": "Founders"})
    closure = {"add": "closure", "first_on": f"{year}-08-03", "last_on": f"{year}-08-05"}
    client.post(url, closure | {"reason": "Moving"})
    page = client.get(url).content.decode()

    assert "Christmas Day" in page
    assert "Founders" in page
    assert "Moving" in page
    client.post(f"/setup/holidays/{site.holidays.get(name='Founders').pk}/remove/")
    client.post(f"/setup/closures/{site.closures.get().pk}/remove/")
    assert not site.holidays.filter(name="Founders").exists()
    assert not site.closures.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"add": "closure", "first_on": "2027-08-05", "last_on": "2027-08-03", "reason": "x"},
         "before the first"),
        ({"add": "holiday", "on": "someday", "name": "x"}, "Write the day as"),
        ({"add": "holiday", "on": "2027-01-04", "name": ""}, "required"),
    ],
)  # fmt: skip
def test_bad_closed_day_is_refused(client: Client, fields: dict[str, str], sentence: str) -> None:
    site = SiteFactory()

    answer = client.post(f"/setup/sites/{site.pk}/days/", fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_country_without_a_holiday_list_is_told(client: Client) -> None:
    site = SiteFactory(country="QQ")

    page = client.post(f"/setup/sites/{site.pk}/days/", {"add": "public"}, follow=True)

    assert "There is no holiday list for the country" in page.content.decode()


def test_lists_cost_the_same_for_one_row_and_for_ten(
    client: Client, count_queries: Callable[..., int]
) -> None:
    paths = ["sponsors", "sites", "studies", "study-sites", "sources", "people"]
    make_member(Role.COORDINATOR, places_with_sources(1)[0])
    one = [count_queries(client.get, f"/setup/{path}/") for path in paths]
    for place in places_with_sources(9):
        make_member(Role.COORDINATOR, place)

    assert [count_queries(client.get, f"/setup/{path}/") for path in paths] == one


def places_with_sources(n: int) -> list[StudySite]:
    places = StudySiteFactory.create_batch(n)
    for place in places:
        SourceFactory(study=place.study)
    return places
