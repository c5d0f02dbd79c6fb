"""Importing a lead file in the browser, step by step."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import ImportBatch, ImportUpload, Lead, Person, Role, Source, StudySite
from recruitment.services.membership import end_role
from recruitment.tasks import delete_expired_uploads
from tests.factories.recruitment import (
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.rules.hostile_files import content, manifest

FOLDER = Path(__file__).resolve().parents[2] / "data" / "leads"
CSV = (
    "first name,last name,phone,e-mail,date of birth,ok to contact,blood\n"
    "Ada,Example,617-555-0101,ada@example.org,1970-01-02,yes,A\n"
    "Bob,Example,617-555-0199,,1971-01-02,yes,B\n"
    '=cmd,"Bad, row",none,,,,0\n'
)
SignIn = Callable[[User], Client]


@pytest.fixture
def source(study_site: StudySite) -> Source:
    return SourceFactory(study=study_site.study)


@pytest.fixture
def desk(coordinator: User, as_user: SignIn) -> Client:
    return as_user(coordinator)


def choose(desk: Client, study_site: StudySite, source: Source, data: bytes) -> HttpResponse:
    file = SimpleUploadedFile("leads <b>.csv", data)
    values = {"study_site": study_site.pk, "source": source.pk, "file": file}
    return desk.post(reverse("lead_import"), values)  # type: ignore[return-value]


def match(desk: Client, url: str, **values: str) -> Any:
    """Send the match form as it stands, with `values` in place."""
    form = desk.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return desk.post(url, data | values)


def uploaded(desk: Client, study_site: StudySite, source: Source, data: bytes) -> str:
    """The address of the match page of a file that was chosen."""
    response = choose(desk, study_site, source, data)
    assert response.status_code == 302
    return str(response["Location"])


def to_check(desk: Client, study_site: StudySite, source: Source, data: bytes) -> str:
    """The address of the check page of a file that was chosen and matched."""
    response = match(desk, uploaded(desk, study_site, source, data))
    assert response.status_code == 302
    return str(response["Location"])


def test_nothing_is_saved_before_the_last_step_and_then_what_is_ready(
    desk: Client, study_site: StudySite, source: Source, coordinator: User
) -> None:
    known = make_lead(study_site, enquirer=make_enquirer(phones=("+16175550199",)))

    check = to_check(desk, study_site, source, CSV.encode())
    page = desk.get(check)

    assert Lead.objects.count() == 1
    assert dict(page.context["counts"]) == {
        "ready": 1,
        "to fix": 1,
        "perhaps here already": 1,
        "imported before": 0,
    }
    assert f"lead {known.number}" in page.content.decode()
    result = desk.post(check, follow=True)
    assert dict(result.context["outcome"]) == {
        "imported": 1,
        "left for a decision": 1,
        "that cannot be used": 1,
    }
    assert set(Lead.objects.values_list("person__first_name", flat=True)) == {"Ada"}
    batch = ImportBatch.objects.get()
    assert (batch.by, batch.file_name) == (coordinator, "leads <b>.csv")


def test_a_row_to_decide_is_imported_when_it_is_ticked_and_twice_is_once(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    make_lead(study_site, enquirer=make_enquirer(phones=("+16175550199",)))
    check = to_check(desk, study_site, source, CSV.encode())

    desk.post(check, {"row": ["3"]})
    desk.post(check, {"row": ["3"]})

    assert Lead.objects.count() == 3
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize("row", ["2", "4", "999", "x"])
def test_a_row_that_is_nobody_s_to_decide_is_refused(
    row: str, desk: Client, study_site: StudySite, source: Source
) -> None:
    check = to_check(desk, study_site, source, CSV.encode())

    response = desk.post(check, {"row": [row]})

    assert response.status_code == 422
    assert not Lead.objects.exists()


def test_the_rows_left_out_come_as_a_csv_that_no_spreadsheet_runs(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    check = to_check(desk, study_site, source, CSV.encode())
    url = check.replace("rows/", "left-out.csv")
    before = desk.get(url).content
    desk.post(check)

    response = desk.get(url)

    assert response.content == before
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [
        [*CSV.splitlines()[0].split(","), "Row in the file", "Why it was left out"],
        [
            "'=cmd",
            "Bad, row",
            "none",
            *[""] * 3,
            "0",
            "4",
            "it has no phone number and no e-mail address that can be used",
        ],
    ]


def test_a_birth_date_is_left_out_and_not_shown_until_somebody_chooses_it(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    url = uploaded(desk, study_site, source, CSV.encode())

    page = desk.get(url)

    assert page.context["form"]["column_4"].value() == ""
    assert "1970-01-02" not in page.content.decode()
    assert "617-555-0101" in page.content.decode()
    desk.post(match(desk, url, column_4="birth_date")["Location"])
    assert Person.objects.get(first_name="Ada").birth_year == 1970


def test_an_encoding_that_was_guessed_must_be_confirmed(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    data = "name,phone\nJos\u00e9 \u00d1and\u00fa,617-555-0101\n".encode("cp1252")
    url = uploaded(desk, study_site, source, data)

    unsaid = match(desk, url)
    early = desk.get(url.replace("columns/", "rows/"))
    other = match(desk, url, encoding="mac-roman")
    again = desk.get(url)
    right = match(desk, url, encoding="cp1252")

    assert unsaid.status_code == 422
    assert "Say which encoding" in unsaid.content.decode()
    assert early["Location"] == other["Location"] == right["Location"] == url
    assert "Jos\u00e9" not in again.content.decode()
    said = match(desk, url, encoding="cp1252")
    assert said["Location"] == url.replace("columns/", "rows/")
    desk.post(said["Location"])
    assert Person.objects.get().display_name == "Jos\u00e9 \u00d1and\u00fa"


def test_dates_that_read_two_ways_wait_until_somebody_says_which(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    data = b"name,phone,date of birth\nAda Example,617-555-0101,03/04/1970\n"
    url = uploaded(desk, study_site, source, data)

    open_question = match(desk, url, column_2="birth_date")["Location"]

    page = desk.get(open_question)
    assert page.context["ready"] == 0
    assert "say which the file uses" in page.content.decode()
    answered = match(desk, url, date_order="day_first")["Location"]
    assert desk.get(answered).context["ready"] == 1


def test_a_field_taken_twice_is_told_at_its_column_and_the_choices_stay(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    url = uploaded(desk, study_site, source, CSV.encode())

    response = match(desk, url, column_6="first")

    assert response.status_code == 422
    assert "First name is taken from" in response.content.decode()
    assert response.context["form"]["column_6"].value() == "first"


def test_a_file_without_a_way_to_reach_anybody_cannot_be_checked(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    url = uploaded(desk, study_site, source, CSV.encode())

    response = match(desk, url, column_2="", column_3="")

    assert response.status_code == 422
    assert "Say which one does." in response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("case", manifest(), ids=lambda case: str(case["file"]))
def test_a_hostile_file_is_told_in_a_sentence_and_the_choices_stay(
    case: dict[str, Any], desk: Client, study_site: StudySite, source: Source
) -> None:
    response = choose(desk, study_site, source, content(case["file"]))

    if response.status_code == 302:
        page = desk.get(response["Location"])
        assert page.status_code == 200
        assert case["accept"] is not False or match(desk, response["Location"]).status_code
    else:
        assert (response.status_code, case["accept"] is True) == (422, False)
        form = response.context["form"]  # type: ignore[attr-defined]
        assert len(form.errors["file"]) == 1
        assert f'value="{source.pk}" selected' in response.content.decode()
        assert not ImportUpload.objects.exists()
    assert not Lead.objects.exists()


def test_a_file_over_the_cap_is_refused(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    data = b"name,phone\n" + b"Ada,6175550101\n" * 720_000

    response = choose(desk, study_site, source, data)

    assert response.status_code == 422
    assert "larger than 10 MB" in response.content.decode()


def test_a_source_of_another_study_is_refused_and_foreign_places_are_unknown(
    study_site: StudySite, source: Source, coordinator: User, as_user: SignIn
) -> None:
    second = StudySiteFactory()
    make_member(Role.COORDINATOR, second, user=coordinator)
    elsewhere = StudySiteFactory()
    other = SourceFactory(study=second.study)
    desk = as_user(coordinator)

    mixed = choose(desk, study_site, other, CSV.encode())
    foreign = choose(desk, elsewhere, source, CSV.encode())

    assert "This source belongs to" in mixed.content.decode()
    assert (mixed.status_code, foreign.status_code) == (422, 422)
    assert str(elsewhere.site) not in desk.get(reverse("lead_import")).content.decode()


def test_an_upload_is_gone_for_others_after_a_day_and_with_the_role(
    study_site: StudySite,
    source: Source,
    coordinator: User,
    site_lead: User,
    administrator: User,
    as_user: SignIn,
) -> None:
    desk = as_user(coordinator)
    url = uploaded(desk, study_site, source, CSV.encode())

    assert as_user(site_lead).get(url).status_code == 404
    end_role(membership=coordinator.memberships.get(), by=administrator, at=timezone.now())
    assert desk.get(url).status_code == 404
    make_member(Role.COORDINATOR, study_site, user=coordinator)
    assert desk.get(url).status_code == 200
    ImportUpload.objects.update(
        made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now()
    )
    assert desk.get(url).status_code == 404


@pytest.mark.slow
def test_a_real_export_goes_through_every_step(
    desk: Client, study_site: StudySite, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (FOLDER / "redcap_export_labels.csv").read_bytes()
    check = to_check(desk, study_site, source, data)

    page = desk.get(check)

    ready = page.context["ready"]
    assert ready + len(page.context["lists"]["fix"]) == 50
    desk.post(check)
    assert Lead.objects.count() == ready
    upload = ImportUpload.objects.get()
    assert b"Record ID" in bytes(upload.content)
    assert upload.imported_at is not None


def test_more_rows_than_a_page_can_wait_for_are_refused_with_what_helps(
    desk: Client, study_site: StudySite, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("recruitment.services.import_uploads", "recruitment.views.imports.pages"):
        monkeypatch.setattr(f"{module}.MOST_AT_ONCE", 1)
    check = to_check(desk, study_site, source, CSV.encode())

    page = desk.get(check)
    sent = desk.post(check)

    assert "2 rows are ready, and a page imports at most 1 at once." in page.content.decode()
    assert "Import 2 ready rows" not in page.content.decode()
    assert sent.status_code == 422
    assert not Lead.objects.exists()


def test_an_expired_upload_is_deleted_by_the_hourly_task_and_by_the_next_upload(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    for delete in (delete_expired_uploads, lambda: uploaded(desk, study_site, source, b"phone\n1")):
        uploaded(desk, study_site, source, CSV.encode())
        old = ImportUpload.objects.latest("pk")
        ImportUpload.objects.update(
            made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now()
        )
        delete()

        assert not ImportUpload.objects.filter(pk=old.pk).exists()
