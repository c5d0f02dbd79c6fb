"""What set-up pages do with a colleague who was first, and with values no page sends."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from recruitment.models import Site, Study, StudySite
from recruitment.queries.settings import latest_change
from tests.factories.recruitment import SiteFactory, SponsorFactory
from tests.recruitment.views.study_fields import study_fields
from tests.recruitment.views.test_setup import SITE


@pytest.fixture
def client(administrator: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator)


@pytest.fixture
def site(db: None) -> Site:
    return SiteFactory(name="Cedar Hollow", code="CEDAR")


def test_who_came_second_reads_what_changed_and_saves_again(client: Client, site: Site) -> None:
    url = f"/setup/sites/{site.pk}/"
    client.post(url, SITE | {"name": "Cedar Ridge", "seen": "0"})

    refused = client.post(url, SITE | {"name": "Cedar Bay", "seen": "0"})

    assert refused.status_code == 409
    page, form = refused.content.decode(), refused.context["form"]
    assert "Name: from “Cedar Hollow” to “Cedar Ridge”" in page
    assert (form["name"].value(), form["seen"].value()) == ("Cedar Bay", str(latest_change(site)))
    typed = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url, typed | {"is_active": "on"}).status_code == 302
    site.refresh_from_db()
    assert site.name == "Cedar Bay"


@pytest.mark.parametrize("seen", ["9" * 25, str(2**63 - 1), "-1", "1.5", "newest"])
def test_a_change_that_nobody_made_was_seen_by_nobody(
    client: Client, site: Site, seen: str
) -> None:
    url = f"/setup/sites/{site.pk}/"
    client.post(url, SITE | {"name": "Cedar Ridge", "seen": "0"})

    answer = client.post(url, SITE | {"name": "Cedar Bay", "seen": seen})

    assert answer.status_code == 422
    assert "The page is incomplete; load it again." in answer.content.decode()
    site.refresh_from_db()
    assert site.name == "Cedar Ridge"


@pytest.mark.parametrize("fields", [{}, {"add": ""}, {"add": "day"}, {"add": "form"}])
def test_closed_days_of_no_known_kind_are_a_bad_request(
    client: Client, site: Site, fields: dict[str, str]
) -> None:
    assert client.post(f"/setup/sites/{site.pk}/days/", fields).status_code == 400


@pytest.mark.parametrize("add", ["holiday", "closure"])
def test_the_two_forms_of_closed_days_share_no_id(client: Client, site: Site, add: str) -> None:
    answer = client.post(f"/setup/sites/{site.pk}/days/", {"add": add})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="holiday_on"' in page
    assert 'id="closure_first_on"' in page
    assert 'id="id_' not in page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sleep\x00 apnea\r\n\x00\r\n Restless  legs ", ["Sleep apnea", "Restless legs"]),
        ("\n\n", []),
    ],
)
def test_conditions_are_cleaned_line_by_line(client: Client, typed: str, kept: list[str]) -> None:
    assert add_study(client, typed).status_code == 302

    assert Study.objects.get().conditions == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("a\n" * 51, "At most 50 lines; these are 51."),
        ("a" * 201, "At most 200 characters to a line."),
    ],
)
def test_too_many_or_too_long_conditions_are_refused(
    client: Client, typed: str, sentence: str
) -> None:
    answer = add_study(client, typed)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Study.objects.exists()


def add_study(client: Client, conditions: str) -> HttpResponse:
    fields = study_fields(SponsorFactory(), code="WREN-9", conditions=conditions)
    return client.post("/setup/studies/add/", fields)  # type: ignore[return-value]


FAR = ("9999-12-31", "0001-01-01", "1999-12-31")
BAD_DAY = "Choose a day from 2000 on, at most five years ahead."


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize(
    "fields",
    [
        {"add": "holiday", "on": "", "name": "Founders"},
        {"add": "closure", "first_on": "", "last_on": "2026-12-31", "reason": "Moving"},
        {"add": "closure", "first_on": "2026-12-24", "last_on": "", "reason": "Moving"},
    ],
    ids=["holiday", "first day", "last day"],
)
def test_a_closed_day_outside_every_sense_is_refused(
    client: Client, site: Site, fields: dict[str, str], day: str
) -> None:
    answer = client.post(
        f"/setup/sites/{site.pk}/days/", {name: value or day for name, value in fields.items()}
    )

    assert answer.status_code == 422
    assert BAD_DAY in answer.content.decode()
    assert not site.holidays.exists()
    assert not site.closures.exists()


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize("field", ["activated_on", "target_on"])
def test_a_day_of_a_study_at_a_site_outside_every_sense_is_refused(
    client: Client, study_site: StudySite, field: str, day: str
) -> None:
    url = f"/setup/study-sites/{study_site.pk}/"
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}

    answer = client.post(url, typed | {field: day})

    assert answer.status_code == 422
    assert BAD_DAY in answer.content.decode()
    before = study_site.activated_at
    study_site.refresh_from_db()
    assert (study_site.activated_at, study_site.target_on) == (before, None)
