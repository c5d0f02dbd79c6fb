"""PostgreSQL restarted: the next request succeeds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.processes import PROJECT, web
from trialsnest.embedded.postgres import Postgres
from trialsnest.embedded.services import Services

pytestmark = pytest.mark.slow
PAGES = ("/account/login/", "/readyz")


def prepare(env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=PROJECT,
        env={**os.environ, **env},
        check=True,
    )


def restart(server: Postgres, how: str) -> None:
    if how == "in order":
        server.stop()
    else:
        assert server.child is not None
        os.kill(server.child.pid, signal.SIGKILL)
        server.child.wait()
    server.start()


def test_the_request_after_a_restart_of_postgresql_succeeds(home: Path, tmp_path: Path) -> None:
    with Services(home, redis=False) as services:
        url = services.addresses.owner_url
        env = {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": url,
            "TRIALSNEST_CONN_MAX_AGE": "60",  # a connection is kept, and dies with the server
        }
        prepare(env)
        assert services.postgres is not None
        with web(tmp_path, env) as running:
            for how in ("in order", "after a kill"):
                for _ in range(8):  # every thread of the server has a connection of its own
                    assert [running.get(page)[0] for page in PAGES] == [200, 200]

                restart(services.postgres, how)

                assert [running.get(page)[0] for page in PAGES] == [200, 200], how
            assert '"view failed"' not in running.said
