"""Whether the process is up, and whether it can work. No sign-in, no detail."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

WAIT = 0.5  # seconds for the broker to answer


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "up"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker and migrations; 503 unless the database is there and up to date.

    A broker that is gone is told but does not make the answer a failure: pages go on working.
    """
    database = _database()
    checks = {
        "database": database,
        "migrations": database and _migrated(),
        "broker": _broker(),
    }
    ready = checks["database"] and checks["migrations"]
    answer = {"status": "ready" if ready else "not ready", **checks}
    return JsonResponse(answer, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker() -> bool:
    """Whether it takes commands: one that wants a password, or only local callers, does not."""
    url = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://")
    try:
        with Redis.from_url(
            url.replace("virtual_host=", "db="),
            socket_connect_timeout=WAIT,
            socket_timeout=WAIT,
            retry=Retry(NoBackoff(), 0),
        ) as broker:
            return bool(broker.ping())
    except RedisError:
        return False
