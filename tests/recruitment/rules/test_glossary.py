"""docs/domain.md says what the code says: its diagram, its moves and its every code."""

import importlib
import pkgutil
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import TextChoices

from recruitment import rules
from recruitment.rules.glossary import PARTS, part, renewed
from recruitment.rules.stages import CLOSED, OPEN, RETURNS, Stage, allowed_moves

PAGE = Path(settings.BASE_DIR) / "docs" / "domain.md"


def all_codes() -> list[type[TextChoices]]:
    """Every set of codes that the rules define."""
    found = {}
    for module in pkgutil.walk_packages(rules.__path__, "recruitment.rules."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, TextChoices) and list(value):
                found[value.__qualname__] = value
    return list(found.values())


def test_the_page_is_not_behind_the_code() -> None:
    assert renewed(PAGE.read_text()) == PAGE.read_text(), "run manage.py describe_domain"


def test_the_command_checks_the_page_and_changes_nothing() -> None:
    said, before = StringIO(), PAGE.read_text()

    call_command("describe_domain", "--check", stdout=said)

    assert said.getvalue() == "docs/domain.md says what the code says.\n"
    assert PAGE.read_text() == before


def test_a_page_that_is_behind_is_named_and_then_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "docs" / "domain.md"
    page.parent.mkdir()
    page.write_text(PAGE.read_text().replace("`new_inquiry` | New inquiry |", "`new` | Fresh |"))
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)

    with pytest.raises(CommandError, match="is behind"):
        call_command("describe_domain", "--check")
    call_command("describe_domain", stdout=StringIO())

    assert page.read_text() == PAGE.read_text()


@pytest.mark.parametrize("name", PARTS)
def test_a_page_without_a_mark_is_refused(name: str) -> None:
    page = PAGE.read_text().replace(f"<!-- end of {name} -->", "")

    with pytest.raises(ValueError, match=f"no marks for {name}"):
        renewed(page)


def test_what_stands_outside_the_marks_stays() -> None:
    page = f"Mine.\n{PAGE.read_text()}\nMine too."

    assert renewed(page) == page


@pytest.mark.parametrize("codes", all_codes(), ids=lambda codes: codes.__name__)
def test_every_code_of_the_rules_is_in_the_glossary(codes: type[TextChoices]) -> None:
    glossary = part("glossary")

    missing = [code.value for code in codes if code.value and f"`{code.value}`" not in glossary]

    assert missing == []


@pytest.mark.parametrize("stage", list(Stage))
def test_the_table_of_moves_has_each_move_once(stage: Stage) -> None:
    row = re.search(rf"^\| `{stage}` \|(.*)$", part("moves"), re.MULTILINE)
    assert row is not None

    told = re.findall(r"`(\w+)`", row.group(1))

    assert sorted(told) == sorted(allowed_moves(stage))
    assert ("where it came from" in row.group(1)) == (stage in RETURNS)


def test_the_diagram_leads_from_the_first_stage_to_the_last_through_every_open_one() -> None:
    arrows = re.findall(r"^ {4}(\S+) --> (\S+)$", part("moves"), re.MULTILINE)

    assert arrows[0] == ("[*]", "new_inquiry")
    assert arrows[-1] == ("enrolled", "[*]")
    assert {to for _, to in arrows} - {"[*]"} == set(OPEN - {Stage.NO_RESPONSE}) | {"enrolled"}
    assert not {start for start, _ in arrows[1:-1]} & set(CLOSED)
