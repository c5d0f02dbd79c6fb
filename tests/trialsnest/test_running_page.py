"""docs/running.md names every variable and command there is, and no other."""

import re
from pathlib import Path

from django.core.management import get_commands

from trialsnest import healthcheck
from trialsnest.lib import env

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "running.md").read_text()
COMPOSE = (PROJECT / "docker-compose.yml").read_text()
# Read by name outside trialsnest.lib.env: by what finds binaries, and by the tests.
OTHERS = {"PG_BIN", "REDIS_BIN", "CI", "TRIALSNEST_SHOTS", "TRIALSNEST_OPERATOR_COST"}
STANDARD = {"PATH", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}

# What one program of ours gives another that it starts; nobody sets them.
BETWEEN_PROGRAMS = {"PYTEST_XDIST_WORKER", "TRIALSNEST_PICTURES_LATE"}


def _table() -> list[str]:
    return re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)


def _of_compose() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", COMPOSE))


def test_every_variable_stands_in_the_table_once_and_no_other_does() -> None:
    assert sorted(_table()) == sorted({*env.VARIABLES, *_of_compose(), *OTHERS})


def test_what_the_code_reads_by_itself_is_in_the_table() -> None:
    folders = (
        "trialsnest",
        "accounts",
        "recruitment",
        "reporting",
        "tests/browser",
        "tests/plugin",
    )
    files = [file for folder in folders for file in (PROJECT / folder).rglob("*.py")]
    read = re.compile(r"(?:environ(?:\.\w+\(|\[)|getenv\()\s*[\"']([A-Z_]+)[\"']")
    names = {name for file in files for name in read.findall(file.read_text())}

    assert names - STANDARD - BETWEEN_PROGRAMS <= set(_table())
    assert names >= OTHERS


def test_every_secret_that_compose_wants_is_in_its_example() -> None:
    wanted = set(re.findall(r"\$\{(\w+):\?", COMPOSE))
    example = set(re.findall(r"^([A-Z_]+)=", PAGE, re.MULTILINE))

    assert wanted <= example


def test_every_command_on_the_page_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z]\w+)", PAGE))

    assert named
    assert named <= set(get_commands())


def test_the_page_names_every_health_check() -> None:
    assert f"trialsnest.healthcheck {'|'.join(healthcheck.CHECKS)}" in PAGE
