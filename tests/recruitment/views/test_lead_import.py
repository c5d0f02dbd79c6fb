"""Importing a lead file in the browser, step by step."""

import csv
import io
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import ImportBatch, ImportUpload, Lead, Person, Source, StudySite
from tests.factories.recruitment import (
    make_enquirer,
    make_lead,
)
from tests.recruitment.views.uploads import CSV, match, to_check, uploaded

FOLDER = Path(__file__).resolve().parents[2] / "data" / "leads"


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
