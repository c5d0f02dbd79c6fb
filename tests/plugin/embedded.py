"""Start a throw-away PostgreSQL and Valkey before settings are read, unless servers are given.

Named in pyproject's addopts, because pytest-django reads the settings before any conftest.
"""

import os
import secrets
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from trialsnest.embedded.services import Services

pytest_plugins = ["tests.plugin.needs", "tests.plugin.soak", "tests.plugin.working_morning"]

HEADER = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    # Below /tmp and open to all, so that root's service account can reach its data.
    folder = tempfile.TemporaryDirectory(prefix="trialsnest-test-", dir="/tmp")
    early_config.add_cleanup(folder.cleanup)
    home = Path(folder.name)
    home.chmod(0o755)
    os.environ["TRIALSNEST_HOME"] = str(home)
    os.environ["TRIALSNEST_SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["TRIALSNEST_HASH_KEY"] = secrets.token_urlsafe(48)
    os.environ.setdefault("TRIALSNEST_CONN_MAX_AGE", "0")

    given = {name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] = broker_of(os.environ["REDIS_URL"], worker)
    early_config.stash[HEADER] = f"servers: {' and '.join(sorted(given))} as given"
    if len(given) == 2:
        return
    began = time.monotonic()
    services = Services(
        home,
        durable=False,
        postgres="DATABASE_URL" not in given,
        redis="REDIS_URL" not in given,
    )
    early_config.add_cleanup(services.stop)
    services.start()
    if services.postgres is not None:
        os.environ["DATABASE_URL"] = services.addresses.owner_url
        os.environ["DATABASE_OWNER_URL"] = services.addresses.owner_url
    if services.valkey is not None:
        os.environ["REDIS_URL"] = services.addresses.redis_url
    early_config.stash[HEADER] = (
        f"servers: own, throw-away, up in {time.monotonic() - began:.1f} s"
        + "".join(f"; {name} as given" for name in sorted(given))
    )


def broker_of(url: str, worker: str) -> str:
    """The broker of one of several test processes, which share a server but no queue.

    PostgreSQL needs no such care: pytest-django names a database after each process.
    """
    number = int(worker.removeprefix("gw")) + 1
    if "virtual_host=" in url:
        return f"{url.partition('virtual_host=')[0]}virtual_host={number}"
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{number}"))


def pytest_report_header(config: pytest.Config) -> str:
    return config.stash[HEADER]
