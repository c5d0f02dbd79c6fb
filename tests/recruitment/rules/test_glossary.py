"""docs/domain.md says what the code says: its diagram, its moves and its every code."""

import importlib
import pkgutil
import re

import pytest
from django.db.models import TextChoices

from recruitment import rules
from recruitment.rules.glossary import parts
from recruitment.rules.stages import CLOSED, OPEN, RETURNS, Stage, allowed_moves


def all_codes() -> list[type[TextChoices]]:
    """Every set of codes that the rules define."""
    found = {}
    for module in pkgutil.walk_packages(rules.__path__, "recruitment.rules."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, TextChoices) and list(value):
                found[value.__qualname__] = value
    return list(found.values())


@pytest.mark.parametrize("codes", all_codes(), ids=lambda codes: codes.__name__)
def test_every_code_of_the_rules_is_in_the_glossary(codes: type[TextChoices]) -> None:
    glossary = parts()["glossary"]

    missing = [code.value for code in codes if code.value and f"`{code.value}`" not in glossary]

    assert missing == []


@pytest.mark.parametrize("stage", list(Stage))
def test_the_table_of_moves_has_each_move_once(stage: Stage) -> None:
    row = re.search(rf"^\| `{stage}` \|(.*)$", parts()["moves"], re.MULTILINE)
    assert row is not None

    told = re.findall(r"`(\w+)`", row.group(1))

    assert sorted(told) == sorted(allowed_moves(stage))
    assert ("where it came from" in row.group(1)) == (stage in RETURNS)


def test_the_diagram_leads_from_the_first_stage_to_the_last_through_every_open_one() -> None:
    arrows = re.findall(r"^ {4}(\S+) --> (\S+)$", parts()["moves"], re.MULTILINE)

    assert arrows[0] == ("[*]", "new_inquiry")
    assert arrows[-1] == ("enrolled", "[*]")
    assert {to for _, to in arrows} - {"[*]"} == set(OPEN - {Stage.NO_RESPONSE}) | {"enrolled"}
    assert not {start for start, _ in arrows[1:-1]} & set(CLOSED)
