"""Pages of docs/ that are partly made from the code: each says what the code says."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from recruitment.rules import glossary
from reporting.figures import definitions
from trialsnest.lib.generated import renewed

PAGES = [
    ("describe_domain", "domain.md", glossary.parts),
    ("describe_figures", "figures.md", definitions.parts),
]
DOCS = Path(settings.BASE_DIR) / "docs"
every_page = pytest.mark.parametrize(("command", "name", "parts"), PAGES, ids=[p[0] for p in PAGES])


@every_page
def test_the_command_checks_the_page_and_changes_nothing(
    command: str, name: str, parts: object
) -> None:
    said, before = StringIO(), (DOCS / name).read_text()

    call_command(command, "--check", stdout=said)

    assert said.getvalue() == f"docs/{name} says what the code says.\n"
    assert (DOCS / name).read_text() == before


@every_page
def test_a_page_that_is_behind_is_named_and_then_written(
    command: str, name: str, parts: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "docs" / name
    page.parent.mkdir()
    right = (DOCS / name).read_text()
    begins, _, rest = right.partition(" -->\n")
    page.write_text(f"{begins} -->\nOld words.\n{rest}")
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)

    with pytest.raises(CommandError, match=f"docs/{name} is behind: run manage.py {command}"):
        call_command(command, "--check")
    call_command(command, stdout=StringIO())

    assert page.read_text() == right


@pytest.mark.parametrize(
    ("name", "mark"), [(name, mark) for _, name, parts in PAGES for mark in parts()]
)
def test_a_page_without_a_mark_is_refused(name: str, mark: str) -> None:
    page = (DOCS / name).read_text().replace(f"<!-- end of {mark} -->", "")

    with pytest.raises(ValueError, match=f"no marks for {mark}"):
        renewed(page, {mark: ""})


def test_what_stands_outside_the_marks_stays() -> None:
    page = "Mine.\n<!-- generated: a -->\nold\n<!-- end of a -->\nMine too.\n"

    assert renewed(page, {"a": "new\n"}) == page.replace("old", "new")
