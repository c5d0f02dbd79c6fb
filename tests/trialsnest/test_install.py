"""Installing happens once per lock file, and missing system parts are said in one sentence."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from trialsnest import install, system_parts


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with three lock files and an environment that seems to have pip."""
    (tmp_path / "requirements").mkdir()
    for part in install.PARTS:
        (tmp_path / "requirements" / f"{part}.lock").write_text(f"# {part}\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "pip").touch()
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that would have been run; all of them succeed."""
    seen: list[list[str]] = []

    def run(command: list[Any], **_: Any) -> subprocess.CompletedProcess[str]:
        seen.append([str(word) for word in command])
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(subprocess, "run", run)
    return seen


def test_a_lock_file_is_installed_once_with_hashes(
    project: Path, commands: list[list[str]]
) -> None:
    install.main(["runtime", "embedded"], project=project)
    install.main(["runtime", "embedded"], project=project)

    assert [command[-1] for command in commands] == [
        str(project / "requirements" / "runtime.lock"),
        str(project / "requirements" / "embedded.lock"),
    ]
    assert all("--require-hashes" in command for command in commands)


def test_a_changed_lock_file_is_installed_again(project: Path, commands: list[list[str]]) -> None:
    install.main(["runtime"], project=project)
    (project / "requirements" / "runtime.lock").write_text("# newer\n")

    install.main(["runtime"], project=project)

    assert len(commands) == 2


def test_dev_holds_the_other_two(project: Path, commands: list[list[str]]) -> None:
    install.main(["dev"], project=project)
    install.main(["runtime", "embedded"], project=project)

    assert len(commands) == 1


def test_a_failed_install_is_tried_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1)
    )

    with pytest.raises(SystemExit, match=r"runtime.lock could not be installed"):
        install.main(["runtime"], project=project)

    assert not install.is_installed(project / ".venv", project, "runtime")


def test_root_on_debian_gets_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]
) -> None:
    answers = iter([["chromium"], []])
    monkeypatch.setattr(system_parts, "may_install", lambda: True)
    monkeypatch.setitem(
        system_parts.PARTS,
        "chromium",
        system_parts.Part("Chromium", lambda: next(answers), "no browser tests"),
    )

    assert system_parts.main(["chromium"]) == 0

    assert [command[:2] for command in commands] == [["apt-get", "update"], ["apt-get", "install"]]
    assert commands[1][-1] == "chromium"


def test_anyone_else_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    commands: list[list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(system_parts, "may_install", lambda: False)
    monkeypatch.setitem(system_parts.PANGO, "libpango-1.0-0", ("libnot-here.so.7", "not-here"))

    assert system_parts.main(["pango"]) == 0

    assert commands == []
    assert capsys.readouterr().out == (
        "Pango is missing: until `apt-get install libpango-1.0-0` (or its like) "
        "is run, no PDF can be made.\n"
    )


def test_the_parts_that_the_image_installs_are_the_parts_that_are_looked_for() -> None:
    dockerfile = (install.PROJECT / "Dockerfile").read_text()

    assert all(package in dockerfile for package in system_parts.PANGO)
