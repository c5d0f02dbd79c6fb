"""What a browser import refuses or cannot know, told at its column; uploads that end."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import ImportUpload, Lead, Person, Role, Source, StudySite
from recruitment.services.membership import end_role
from recruitment.tasks import delete_expired_uploads
from tests.factories.recruitment import (
    SourceFactory,
    StudySiteFactory,
    make_member,
)
from tests.recruitment.rules.hostile_files import content, manifest
from tests.recruitment.views.uploads import CSV, SignIn, choose, match, to_check, uploaded


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
