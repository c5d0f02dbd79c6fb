"""manage.py import_leads: the counts of the sample exports in the database, and hostile files."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from recruitment.models import (
    ContactPermission,
    ContactPoint,
    ImportBatch,
    Lead,
    LeadEvent,
    LeadNote,
    Person,
    Source,
    StudySite,
)
from recruitment.queries.projection import differences
from tests.factories.recruitment import SourceFactory
from tests.recruitment.rules.hostile_files import content, manifest
from tests.recruitment.rules.test_lead_files_oracle import COUNTS, KINDS, expected

FOLDER = Path(__file__).resolve().parents[2] / "data" / "leads"
IMPORT_DAY = datetime(2026, 11, 21, 15, tzinfo=UTC)
TABLES = (Person, ContactPoint, ContactPermission, Lead, LeadEvent, LeadNote, ImportBatch)


@pytest.fixture(autouse=True)
def _on_the_day_of_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample files were made for one day; the clock is the edge that is stopped."""
    monkeypatch.setattr(timezone, "now", lambda: IMPORT_DAY)


@pytest.fixture
def source(study_site: StudySite) -> Source:
    return SourceFactory(study=study_site.study)


def run(study_site: StudySite, source: Source, file: Path, *options: str) -> int:
    """The command's exit status."""
    target = ["--study", study_site.study.code, "--site", study_site.site.code]
    try:
        call_command("import_leads", *target, "--source", source.code, *options, str(file))
    except SystemExit as end:
        return int(str(end.code))
    return 0


def counted(line: str) -> Counter[str]:
    """The words of the last line with their numbers."""
    return Counter({word: int(n) for n, word in re.findall(r"(\d+) (\w+)", line) if int(n)})


def everything() -> list[list[tuple[object, ...]]]:
    return [list(model.objects.order_by("pk").values_list()) for model in TABLES]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name] != "google_forms"])
def test_each_sample_export_is_stored_with_the_counts_of_the_oracle_and_once(
    name: str, study_site: StudySite, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = COUNTS[KINDS[name]]["accept"]

    assert run(study_site, source, FOLDER / name) == 0

    line = capsys.readouterr().out.splitlines()[-1]
    counts = counted(line)
    assert (counts.pop("rows"), counts.pop("stored")) == (len(expected(name)), accepted)
    assert counts == COUNTS[KINDS[name]]
    assert Lead.objects.filter(study_site=study_site, source=source).count() == accepted
    assert not list(differences())
    before = everything()

    assert run(study_site, source, FOLDER / name) == 0

    assert f"{accepted} accept (0 stored, {accepted} already here)" in capsys.readouterr().out
    assert everything() == before


@pytest.mark.slow
def test_people_of_the_file_before_are_suspected_in_the_next_one(
    study_site: StudySite, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    other = SourceFactory(study=study_site.study)
    run(study_site, source, FOLDER / "meta_lead_ads_export.tsv.csv")
    capsys.readouterr()

    run(study_site, other, FOLDER / "google_forms_responses.csv")

    printed = capsys.readouterr()
    counts = counted(printed.out)
    assert {k: v for k, v in counts.items() if k not in ("rows", "stored")} == COUNTS[
        "google_forms"
    ]
    assert re.search(r"Row 6: the same person as lead [0-9A-Z]{8}: same phone", printed.err)
    assert re.search(r"Row 8: may be the person of lead [0-9A-Z]{8}: same phone", printed.err)
    assert Person.objects.count() == 148 + 57


@pytest.mark.slow
def test_what_stands_in_the_table_is_what_the_oracle_says(
    study_site: StudySite, source: Source
) -> None:
    name = "meta_lead_ads_export.tsv.csv"
    run(study_site, source, FOLDER / name)

    stored = {
        str(lead.once_key).rpartition(f"{source.pk}:")[2]: (
            lead.person.first_name,
            lead.person.last_name,
            sorted(point.value for point in lead.person.contact_points.all()),
            f"{lead.received_at:%Y-%m-%dT%H:%M:%SZ}",
            lead.basis == "missing",
        )
        for lead in Lead.objects.select_related("person")
    }

    assert stored == {
        line["external_id"]: (
            line["first"],
            line["last"],
            sorted(value for value in (line["email"], line["phone_e164"]) if value),
            line["created_utc"],
            line["consent_contact"] == "no",
        )
        for line in expected(name)
        if line["action"] == "accept"
    }


@pytest.mark.slow
def test_a_dry_run_tells_the_counts_and_stores_nothing(
    study_site: StudySite, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(study_site, source, FOLDER / "typeform_responses.csv", "--dry-run") == 0

    assert "35 accept (35 to store, 0 already here)" in capsys.readouterr().out
    assert not Person.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("case", manifest(), ids=lambda case: str(case["file"]))
def test_a_hostile_file_is_read_or_refused_in_sentences(
    case: dict[str, object],
    study_site: StudySite,
    source: Source,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "leads.csv"
    file.write_bytes(content(str(case["file"])))

    status = run(study_site, source, file)

    printed = capsys.readouterr()
    leads = Lead.objects.count()
    assert "Traceback" not in printed.err
    assert counted(printed.out.splitlines()[-1])["stored"] == leads
    if case["accept"] is True:
        assert status == 0
    if case["accept"] is False:
        assert (status, leads) == (1, 0)
    if status:
        assert printed.err.strip()
        assert not Person.objects.exists()


def test_a_mapping_reads_columns_that_say_nothing(
    study_site: StudySite,
    source: Source,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Wer,Womit,Wann\nAda Example,617-555-0101,2026-11-20\n")
    (tmp_path / "map.json").write_text('{"Wer": "name", "Womit": "phone"}')

    assert run(study_site, source, file) == 1
    assert "Say which one does." in capsys.readouterr().err
    mapping = ["--mapping", str(tmp_path / "map.json"), "--mapping", "Wann=received_at"]
    assert run(study_site, source, file, *mapping) == 0

    lead = Lead.objects.get()
    assert lead.person.display_name == "Ada Example"
    assert lead.received_at == datetime(2026, 11, 20, 5, tzinfo=UTC)  # midnight in New York


@pytest.mark.parametrize(("mapping", "year"), [("", None), ("Date of birth=birth_date", 1970)])
def test_a_minor_is_held_back_and_a_birth_year_is_kept_only_where_it_is_asked_for(
    mapping: str,
    year: int | None,
    study_site: StudySite,
    source: Source,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(
        "name,phone,Date of birth\n"
        "Ada Example,617-555-0101,1970-01-02\n"
        "Cyd Young,617-555-0102,2012-03-04\n"
    )

    assert run(study_site, source, file, *(["--mapping", mapping] if mapping else [])) == 0

    printed = capsys.readouterr()
    assert "Row 3: the person may be under 18." in printed.err
    assert ("is read for the age check and is not kept." in printed.err) == (not mapping)
    assert counted(printed.out)["minor"] == 1
    person = Person.objects.get()
    assert (person.display_name, person.birth_year) == ("Ada Example", year)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--study", "NONE"], "There is no study NONE at a site"),
        (["--site", "NONE"], "at a site NONE."),
        (["--source", "NONE"], "has no source NONE."),
        (["--mapping", "nowhere.json"], "There is no such file."),
        (["--mapping", "Wer=horoscope"], "no column named"),
    ],
)
def test_what_does_not_exist_is_named_in_one_sentence(
    options: list[str],
    sentence: str,
    study_site: StudySite,
    source: Source,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(study_site, source, FOLDER / "typeform_responses.csv", *options) == 1

    printed = capsys.readouterr()
    assert sentence in printed.err
    assert len(printed.err.splitlines()) == 1
    assert printed.out.startswith("0 rows: 0 accept (0 stored")


def test_a_file_that_is_not_there_and_one_that_is_too_large_are_refused(
    study_site: StudySite,
    source: Source,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"name,phone\n" + b"Ada,6175550101\n" * 750_000)

    assert run(study_site, source, tmp_path / "gone.csv") == 1
    assert "There is no such file." in capsys.readouterr().err
    assert run(study_site, source, large) == 1
    assert "The file is larger than 10 MB." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("received", "problem"),
    [
        ("0001-01-01", "lies too far back and is left empty"),
        ("0001-01-01 00:00", "lies too far back and is left empty"),
        ("9999-12-31 23:59", "lies in the future and is left empty"),
        ("9999-12-31", "lies in the future and is left empty"),
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Phoenix"])
def test_a_day_at_the_end_of_the_calendar_is_a_sentence_about_its_row(
    study_site: StudySite,
    source: Source,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    received: str,
    problem: str,
    zone: str,
) -> None:
    study_site.site.time_zone = zone
    study_site.site.save(update_fields=["time_zone"])
    file = tmp_path / "leads.csv"
    file.write_text(f"name,phone,received at\nAda Example,617-555-0101,{received}\n")

    assert run(study_site, source, file, "--mapping", "received at=received_at") == 0

    assert problem in capsys.readouterr().err
    assert Lead.objects.get().received_at == IMPORT_DAY
