"""The parts of `manage.py up`: children that die, requests to stop, the port, the secrets."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trialsnest.conftest import is_running
from trialsnest import local
from trialsnest.embedded import CannotStart, process
from trialsnest.lib import env
from trialsnest.up import main
from trialsnest.up.children import Family, Program, how_it_ended
from trialsnest.up.ready import readiness
from trialsnest.up.signals import Stopped, StopSignals


def _program(folder: Path, code: str, name: str = "worker", patience: float = 5) -> Program:
    return Program(
        name,
        [sys.executable, "-S", "-c", code],
        log=folder / f"{name}.log",
        env={**os.environ, "TRIALSNEST_RUN": folder.name},
        cwd=folder,
        patience=patience,
    )


def _family(pauses: list[float]) -> Family:
    return Family(pauses.append)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_child_that_dies_is_named_with_its_last_lines_and_started_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pauses: list[float] = []
    family = _family(pauses)
    family.start(_program(tmp_path, "print('out of luck'); raise SystemExit(3)"))
    first = family.children[0].child
    first.wait()

    family.watch()

    said = capsys.readouterr().out
    assert "worker ended with status 3. The end of " in said
    assert "    out of luck" in said
    assert "Starting worker again." in said
    assert family.children[0].child is not first
    assert pauses == [0.5]
    family.stop()


def test_three_deaths_within_a_minute_stop_everything(tmp_path: Path) -> None:
    pauses: list[float] = []
    family = _family(pauses)
    family.start(_program(tmp_path, "raise SystemExit(3)"))

    for _ in range(2):
        family.children[0].child.wait()
        family.watch()
    family.children[0].child.wait()
    with pytest.raises(CannotStart, match="worker died 3 times within a minute"):
        family.watch()

    assert pauses == [0.5, 2.0]


def test_children_are_stopped_in_the_opposite_order_of_their_start(tmp_path: Path) -> None:
    family = _family([])
    code = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    with open('order.txt', 'a') as order: order.write('{0} ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path('{0}.up').touch()\n"
        "time.sleep(60)"
    )
    for name in ("worker", "clock", "web"):
        family.start(_program(tmp_path, code.format(name), name))
        _until((tmp_path / f"{name}.up").exists)

    family.stop()

    assert (tmp_path / "order.txt").read_text().split() == ["web", "clock", "worker"]


def test_a_child_that_ignores_the_wish_to_end_is_killed_with_its_own_children(
    tmp_path: Path,
) -> None:
    code = (
        "import pathlib, signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "below = subprocess.Popen(['sleep', '60'])\n"
        "pathlib.Path('below').write_text(str(below.pid) + ' ')\n"
        "time.sleep(60)"
    )
    program = _program(tmp_path, code, patience=0.2)
    program.start()
    _until(lambda: (tmp_path / "below").exists() and (tmp_path / "below").read_text() != "")

    program.stop()

    assert program.child.returncode == -signal.SIGKILL
    _until(lambda: not is_running(int((tmp_path / "below").read_text())))


def test_leftovers_of_a_killed_start_are_found_by_their_mark(tmp_path: Path) -> None:
    marked = {**os.environ, "TRIALSNEST_RUN": "leftover-test"}
    with (
        subprocess.Popen(["sleep", "60"], env=marked) as leftover,
        subprocess.Popen(["sleep", "60"]) as stranger,
    ):
        found = process.end_leftovers("TRIALSNEST_RUN=leftover-test")

        assert found == 1
        assert leftover.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
        stranger.kill()


def test_how_a_child_ended_is_said_in_words() -> None:
    assert how_it_ended(1) == "ended with status 1"
    assert how_it_ended(-9) == "was killed by SIGKILL"


def test_a_request_to_stop_is_heard_at_the_next_pause_and_the_second_one_hurries() -> None:
    hurried = []
    signals = StopSignals()
    signals.hurry = lambda: hurried.append(True)
    signals.pause(0)

    signals._heard(signal.SIGINT, None)

    with pytest.raises(Stopped):
        signals.pause(60)
    assert not hurried

    signals.stopping = True
    signals._heard(signal.SIGINT, None)

    signals.pause(0)
    assert hurried


def test_a_long_log_is_set_aside_and_a_short_one_is_kept(tmp_path: Path) -> None:
    long, short = tmp_path / "long.log", tmp_path / "short.log"
    long.write_bytes(b"x" * (process.LOG_CAP + 1))
    short.write_text("one\ntwo\nthree\n")

    for log in (long, short):
        process.cap_log(log)

    assert not long.exists()
    assert (tmp_path / "long.log.1").exists()
    assert process.tail(short, 2) == "two\nthree"
    assert process.tail(long) == ""


def test_a_busy_port_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        with pytest.raises(CannotStart, match=rf"Port {port} .*in use.*: choose another"):
            main.free_port()


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_port_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(CannotStart, match="choose one between 1 and 65535"):
        main.free_port()


def test_no_answer_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert readiness(port) != "200"


def _without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in env.VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_secrets_are_made_once_and_readable_by_nobody_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _without_secrets(monkeypatch)

    first = local.secret_values(tmp_path, make=True)
    second = local.secret_values(tmp_path, make=True)

    assert first == second
    assert set(first) == {
        "TRIALSNEST_SECRET_KEY",
        "TRIALSNEST_HASH_KEY",
        "TRIALSNEST_DEMO_PASSWORD",
    }
    assert len(set(first.values())) == 3
    files = list((tmp_path / "secrets").iterdir())
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_secret_that_is_given_is_not_kept_but_the_demo_password_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _without_secrets(monkeypatch)
    local.secret_values(tmp_path, make=True)
    monkeypatch.setenv("TRIALSNEST_SECRET_KEY", "given")
    monkeypatch.setenv("TRIALSNEST_DEMO_PASSWORD", "sixteen-letters!")

    values = local.secret_values(tmp_path, make=True)
    monkeypatch.delenv("TRIALSNEST_DEMO_PASSWORD")

    assert "TRIALSNEST_SECRET_KEY" not in values
    assert values["TRIALSNEST_DEMO_PASSWORD"] == "sixteen-letters!"
    assert local.secret_values(tmp_path, make=True)["TRIALSNEST_DEMO_PASSWORD"] == (
        "sixteen-letters!"
    )


def test_nothing_is_made_for_an_installation_with_its_own_servers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _without_secrets(monkeypatch)

    assert local.secret_values(tmp_path, make=False) == {}
    assert list(tmp_path.iterdir()) == []
