"""Embedded servers really started, killed and started again."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from tests.plugin.soak import Soak
from tests.trialsnest.conftest import Held, is_running, kill
from trialsnest.embedded import CannotStart
from trialsnest.embedded.account import SYSTEM_FOLDER
from trialsnest.embedded.folders import Folders
from trialsnest.embedded.services import Addresses, Services, addresses

pytestmark = pytest.mark.slow


def write(servers: Addresses, word: str) -> None:
    with psycopg.connect(servers.owner_url) as connection:
        connection.execute("create table if not exists kept (word text primary key)")
        connection.execute("insert into kept values (%s)", (word,))
    broker(servers).rpush("kept", word)


def words(servers: Addresses) -> tuple[list[str], list[bytes]]:
    """What PostgreSQL and Valkey have kept."""
    with psycopg.connect(servers.owner_url) as connection:
        rows = connection.execute("select word from kept order by word").fetchall()
    return [row[0] for row in rows], broker(servers).lrange("kept", 0, -1)


def broker(servers: Addresses) -> redis.Redis:
    path = servers.redis_url.removeprefix("redis+socket://").partition("?")[0]
    return redis.Redis(unix_socket_path=path)


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_data_survive_a_stop_and_nothing_is_left_running(home: Path) -> None:
    with Services(home) as services:
        write(services.addresses, "first")
        children = [services.postgres.child.pid, services.valkey.child.pid]
    assert not any(is_running(pid) for pid in children)
    assert not services.folders.run.exists()

    with Services(home) as services:
        assert words(services.addresses) == (["first"], [b"first"])


def test_a_second_start_for_the_same_home_is_refused(made_home: Path) -> None:
    with Services(made_home, redis=False):
        with pytest.raises(CannotStart, match="already running for"):
            Services(made_home).start()

        assert Folders(made_home).is_running()
    assert not Folders(made_home).is_running()


def test_servers_end_with_their_holder_and_the_next_start_recovers(
    made_home: Path, hold: Callable[[Path], Held]
) -> None:
    held = hold(made_home)
    write(addresses(Folders(made_home)), "before the kill")

    kill(held.process.pid)

    wait_for(lambda: not any(is_running(pid) for pid in held.children), 5)
    with Services(made_home) as services:
        assert words(services.addresses) == (["before the kill"], [b"before the kill"])


def test_everything_killed_at_once_recovers(made_home: Path, hold: Callable[[Path], Held]) -> None:
    held = hold(made_home)
    write(addresses(Folders(made_home)), "before the kill")

    for pid in (held.process.pid, *held.children):
        kill(pid)

    with Services(made_home) as services:
        assert words(services.addresses) == (["before the kill"], [b"before the kill"])


def test_a_killed_server_can_be_started_again_by_its_holder(made_home: Path) -> None:
    with Services(made_home) as services:
        write(services.addresses, "kept")
        for server in (services.postgres, services.valkey):
            kill(server.child.pid)
            server.child.wait()
            server.start()

        assert words(services.addresses) == (["kept"], [b"kept"])


def test_a_server_that_outlived_its_holder_is_ended_first(made_home: Path) -> None:
    lost = Services(made_home).start()
    write(lost.addresses, "kept")
    lost._locks.pop().close()  # as if the holder had died without taking its servers along

    with Services(made_home) as services:
        assert words(services.addresses) == (["kept"], [b"kept"])
        assert lost.postgres.child.wait(5) == 0
        assert lost.valkey.child.wait(5) == 0


@pytest.mark.parametrize("broken", ["", "12", "not a number\n", "reused"])
def test_a_stale_pid_file_is_no_hindrance(made_home: Path, broken: str) -> None:
    with Services(made_home, redis=False) as services:
        data = services.postgres.data
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pid_file = data / "postmaster.pid"
        text = broken if broken != "reused" else f"{stranger.pid}\n{data}\n1\n5432\n"
        pid_file.write_text(text)
        shutil.chown(pid_file, data.stat().st_uid, data.stat().st_gid)

        with Services(made_home, redis=False) as again:
            assert is_running(again.postgres.child.pid)
            assert stranger.poll() is None
        stranger.kill()


def test_a_long_path_with_a_space_and_quotes_is_no_hindrance(home: Path) -> None:
    deep = home / ("a long name " * 10) / 'it\'s "quoted", 100%'
    deep.parent.mkdir()

    with Services(deep) as services:
        write(services.addresses, "kept")
        assert words(services.addresses) == (["kept"], [b"kept"])
        assert len(str(services.folders.run)) < 60


def test_a_home_closed_to_other_accounts_stays_closed(home: Path) -> None:
    home.chmod(0o700)

    with Services(home, redis=False) as services:
        data = services.postgres.data

    assert home.stat().st_mode & 0o777 == 0o700
    outside = SYSTEM_FOLDER / services.folders.key / "postgres"
    assert data == (outside if os.geteuid() == 0 else home / "postgres")
    moved = home.rename(home.with_name(f"{home.name}-moved"))
    try:
        assert Folders(moved).data("postgres") == (
            outside if os.geteuid() == 0 else moved / "postgres"
        )
    finally:
        moved.rename(home)


def test_data_of_another_version_are_refused_with_both_versions_named(home: Path) -> None:
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("12\n")

    with pytest.raises(CannotStart, match=r"made by PostgreSQL 12, but only .*1[5-9].* is here"):
        Services(home).start()
    assert not Folders(home).is_running()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_folder_of_sockets_that_is_not_ours_is_refused(home: Path, kind: str) -> None:
    run = Folders(home).run
    if kind == "file":
        run.write_text("")
    else:
        run.symlink_to(home)
    try:
        with pytest.raises(CannotStart, match="belongs to someone else"):
            Services(home).start()
    finally:
        run.unlink()


def test_a_damaged_broker_log_is_set_aside(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Services(home, postgres=False) as services:
        broker(services.addresses).rpush("kept", *range(100))
        data = services.valkey.data
    log = next((data / "appendonlydir").glob("*.incr.aof"))
    log.write_bytes(b"*3\r\n$nonsense" + log.read_bytes())

    with Services(home, postgres=False) as services:
        assert broker(services.addresses).ping()

    assert "set aside in" in capfd.readouterr().err
    assert list(data.glob("unreadable-*/appendonlydir"))


def test_an_error_is_logged_without_the_value_that_offended(made_home: Path) -> None:
    with (
        Services(made_home, redis=False) as services,
        psycopg.connect(services.addresses.owner_url) as c,
    ):
        c.autocommit = True
        c.execute("create table people (email text unique)")
        c.execute("insert into people values ('ada@canary.example')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            c.execute("insert into people values ('ada@canary.example')")

    logged = services.postgres.log.read_text()
    assert "duplicate key" in logged
    assert "canary" not in logged


def test_sorting_and_case_follow_unicode(made_home: Path) -> None:
    with (
        Services(made_home, redis=False) as services,
        psycopg.connect(services.addresses.owner_url) as c,
    ):
        row = c.execute("select 'É' ilike 'é', 'a' > 'B', upper('é')").fetchone()

    assert row == (True, True, "É")


@pytest.mark.soak
def test_kills_at_any_moment_lose_nothing_that_was_written(
    made_home: Path, hold: Callable[[Path], Held], soak: Soak
) -> None:
    written = []
    for turn in range(40):
        held = hold(made_home)
        write(addresses(Folders(made_home)), f"{turn:03}")
        written.append(f"{turn:03}")
        time.sleep(soak.chance.random() * 0.3)
        victims = [held.process.pid, *held.children]
        soak.chance.shuffle(victims)
        for pid in victims[: soak.chance.randint(1, 3)]:
            kill(pid)
        if is_running(held.process.pid):
            held.process.send_signal(signal.SIGTERM)
        held.process.wait(30)
    soak.record("starts killed", len(written))

    with Services(made_home) as services:
        rows, items = words(services.addresses)
    assert rows == written
    assert len(items) == len(written)
