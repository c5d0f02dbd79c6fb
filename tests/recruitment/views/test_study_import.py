"""Importing study records in the browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import SettingChange, Study

RECORD = Path(__file__).resolve().parents[3] / "recruitment/demo/studies/NCT05266625.json"


@pytest.fixture
def desk(administrator: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator)


def _send(desk: Client, data: bytes) -> Client:
    return desk.post(reverse("study_import"), {"file": SimpleUploadedFile("s.json", data)})  # type: ignore[return-value]


def test_a_study_is_shown_first_then_imported_then_unchanged(
    desk: Client, administrator: User
) -> None:
    url = _send(desk, RECORD.read_bytes())["Location"]  # type: ignore[index]

    shown = desk.get(url)

    assert "Will be added" in shown.content.decode()
    assert not Study.objects.exists()
    done = desk.post(url, follow=True)
    assert "Added" in done.content.decode()
    assert Study.objects.get().nct_id == "NCT05266625"
    assert SettingChange.objects.get().by == administrator
    assert "Nothing new" in desk.get(_send(desk, RECORD.read_bytes())["Location"]).content.decode()  # type: ignore[index]
    desk.post(url)
    assert Study.objects.count() == 1


def test_a_changed_record_names_what_will_change_and_broken_ones_are_told(desk: Client) -> None:
    record = RECORD.read_text(encoding="utf-8")
    desk.post(_send(desk, record.encode())["Location"])  # type: ignore[index]
    changed = record.replace('"briefTitle": "', '"briefTitle": "New: ')
    two = f'[{changed}, {{"protocolSection": {{}}}}]'

    page = desk.get(_send(desk, two.encode())["Location"])  # type: ignore[index]

    assert "Will change: title" in page.content.decode()
    assert "Record 2 has no NCT number" in page.content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.4", "The file is not JSON"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"[" * 100_000, "The file is not a study record."),
        (b"{}", "no protocolSection"),
        (b" " * (10 * 1024**2 + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_record_is_told_in_one_sentence(
    data: bytes, sentence: str, desk: Client
) -> None:
    response = _send(desk, data)

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert sentence in response.content.decode()  # type: ignore[attr-defined]
    assert not Study.objects.exists()


def test_a_post_without_a_file_asks_for_one(desk: Client) -> None:
    response = desk.post(reverse("study_import"))

    assert response.status_code == 422
    assert "Choose a file." in response.content.decode()
