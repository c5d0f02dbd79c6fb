"""Set-up pages of studies, studies at sites, who decides, and sources."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import SettingChange, Source, StudySite, StudyStaff
from tests.factories.recruitment import SourceFactory, StudyFactory, StudyStaffFactory


@pytest.fixture
def client(administrator: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator)


def test_imported_study_shows_what_the_record_says_and_keeps_it(client: Client) -> None:
    study = StudyFactory(registry_record_sha256="ab" * 32, title="From the record")

    page = client.get(f"/setup/studies/{study.pk}/").content.decode()
    fields = {
        "code": study.code,
        "title": "By hand",
        "report_zone": "America/Denver",
        "report_cadence": "monthly",
        "report_weekday": "4",
        "report_time": "07:30",
        "small_cell_floor": "11",
        "is_strict": "on",
        "contact_opens": "08:30",
        "contact_closes": "20:00",
        "ctms_handoff_on": "attended",
        "released_a_day": "15",
        "seen": "0",
    }
    assert client.post(f"/setup/studies/{study.pk}/", fields).status_code == 302

    study.refresh_from_db()
    assert "From the registry record" in page
    assert study.title == "From the record"
    assert (study.report_zone, study.small_cell_floor, study.is_strict) == (
        "America/Denver",
        11,
        True,
    )
    assert study.settings_version == 2


def test_source_whose_code_is_taken_in_its_study_is_refused(client: Client) -> None:
    other = SourceFactory(code="RADIO-1")
    taken = {
        "study": other.study.pk,
        "code": "RADIO-1",
        "kind": "paid",
        "name": "Radio",
        "sponsor_label": "Radio",
        "state": "live",
        "default_basis": "missing",
        "default_phone": "unknown",
        "default_email": "unknown",
    }

    answer = client.post("/setup/sources/add/", taken)

    assert answer.status_code == 422
    assert Source.objects.count() == 1


def test_owner_of_a_study_at_a_site_is_somebody_who_works_there(
    client: Client, study_site: StudySite, coordinator: User, outsider: User
) -> None:
    url = f"/setup/study-sites/{study_site.pk}/"
    fields = {"is_open": "on", "capacity_per_week": "6", "seen": "0"}

    assert client.post(url, fields | {"owner": outsider.pk}).status_code == 422
    assert client.post(url, fields | {"owner": coordinator.pk}).status_code == 302

    study_site.refresh_from_db()
    assert (study_site.owner, study_site.capacity_per_week) == (coordinator, 6)


def test_day_of_activation_keeps_its_hour_when_nothing_else_changes(
    client: Client, study_site: StudySite
) -> None:
    before = study_site.activated_at
    assert before is not None
    page = client.get(f"/setup/study-sites/{study_site.pk}/").content.decode()
    shown = f'value="{before.date().isoformat()}"'
    assert shown in page
    fields = {"is_open": "on", "capacity_per_week": "4", "seen": "0"}

    client.post(
        f"/setup/study-sites/{study_site.pk}/", fields | {"activated_on": before.date().isoformat()}
    )

    study_site.refresh_from_db()
    assert study_site.activated_at == before
    assert not SettingChange.objects.exists()


def test_who_decides_is_named_for_a_study_at_a_site(
    client: Client, study_site: StudySite, reviewer: User
) -> None:
    url = f"/setup/study-sites/{study_site.pk}/staff/"
    fields = {
        "name": "Dr. Rivera",
        "role": "Investigator",
        "user": reviewer.pk,
        "decides": "study_team",
        "is_active": "on",
    }

    assert client.post(f"{url}add/", fields).status_code == 302
    twice = client.post(f"{url}add/", fields)

    assert twice.status_code == 409
    assert StudyStaff.objects.get().user == reviewer
    assert "Dr. Rivera" in client.get(url).content.decode()


@pytest.mark.parametrize(
    "label", ["Dr Rivera's patients", "Letters from DR. BANKS", "Ms. Sample", "Banks referral"]
)
def test_sponsor_label_that_names_a_person_is_refused(client: Client, label: str) -> None:
    StudyStaffFactory(name="Dr. Ina Banks")
    source = SourceFactory()
    fields = {
        "code": source.code,
        "kind": "referral",
        "name": "Dr. Banks",
        "sponsor_label": label,
        "state": "live",
        "default_basis": "missing",
        "default_phone": "unknown",
        "default_email": "unknown",
        "seen": "0",
    }

    answer = client.post(f"/setup/sources/{source.pk}/", fields)

    assert answer.status_code == 422
    assert "names no person" in answer.content.decode()
    good = client.post(
        f"/setup/sources/{source.pk}/", fields | {"sponsor_label": "Clinician referral, spring"}
    )
    assert good.status_code == 302
