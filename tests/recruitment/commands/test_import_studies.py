"""manage.py import_studies: what is printed, what is stored, and the exit status."""

from pathlib import Path

import pytest
from django.core.management import call_command

from recruitment.models import SettingChange, Sponsor, Study, StudyLocation
from tests.plugin.needs import SHARED

DEMO = Path(__file__).resolve().parents[3] / "recruitment" / "demo" / "studies"


@pytest.mark.django_db
def test_the_demo_studies_go_in_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_studies", str(DEMO))
    first = capsys.readouterr()
    before = _all()
    call_command("import_studies", str(DEMO))

    assert first.out == "8 studies read: 8 made, 0 updated, 0 unchanged; 0 refused\n"
    assert capsys.readouterr().out == (
        "8 studies read: 0 made, 0 updated, 8 unchanged; 0 refused\n"
    )
    assert _all() == before


@pytest.mark.django_db
def test_a_broken_file_is_named_with_its_reason_and_the_rest_go_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = DEMO / "NCT05266625.json"
    (tmp_path / "b.json").write_bytes(good.read_bytes())
    (tmp_path / "a.json").write_text('{"protocolSection": {')
    (tmp_path / "c.json").write_bytes(b"\x00\xff\xfe")
    text = good.read_text(encoding="utf-8").replace("NCT05266625", "NCT09999999")
    status = text[text.index('"overallStatus"') :].split('"')[3]
    (tmp_path / "d.json").write_text(text.replace(f'"{status}"', '"PAUSED"'), encoding="utf-8")

    call_command("import_studies", str(tmp_path))

    printed = capsys.readouterr()
    assert [line.partition(":")[0] for line in printed.err.splitlines()] == [
        "a.json",
        "c.json",
        "d.json",
    ]
    assert 'NCT09999999: the status "PAUSED" is not known here.' in printed.err
    assert printed.out == "1 study read: 1 made, 0 updated, 0 unchanged; 3 refused\n"
    assert list(Study.objects.values_list("nct_id", flat=True)) == ["NCT05266625"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["missing.json", ".", "empty.json"])
def test_when_nothing_can_be_read_the_exit_status_is_1(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "empty.json":
        (tmp_path / name).touch()

    with pytest.raises(SystemExit) as end:
        call_command("import_studies", str(tmp_path / name))

    printed = capsys.readouterr()
    assert end.value.code == 1
    assert len(printed.err.splitlines()) == 1
    assert printed.out == "0 studies read: 0 made, 0 updated, 0 unchanged; 1 refused\n"


@pytest.mark.django_db
@pytest.mark.large_data
def test_every_shared_record_goes_in_and_a_second_run_changes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = str(SHARED / "data" / "ctgov" / "studies")

    call_command("import_studies", folder)
    assert capsys.readouterr().out == (
        "100 studies read: 100 made, 0 updated, 0 unchanged; 0 refused\n"
    )
    before = _all()
    call_command("import_studies", folder)

    assert capsys.readouterr().out.startswith("100 studies read: 0 made, 0 updated, 100 unchanged")
    assert _all() == before
    assert StudyLocation.objects.count() == 301


def _all() -> list[list[tuple[object, ...]]]:
    return [list(model.objects.order_by("pk").values_list()) for model in TABLES]


TABLES = (Sponsor, Study, StudyLocation, SettingChange)
