"""Read the environment, or stop with one sentence that says how to set a variable.

Every variable the project reads is listed in `VARIABLES`; reading one that is not listed is a
mistake in the code. An empty value counts as unset, because that is what compose files make of
a variable nobody gave.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

VARIABLES: Mapping[str, str] = {
    "DATABASE_URL": "the database, as the role the pages use: postgresql://user:password@host:5432/trialsnest",
    "DATABASE_OWNER_URL": "the same database as the role that owns the tables; migrations use it",
    "REDIS_URL": "the broker: redis://host:6379/0, rediss://host:6379/0 or redis+socket:///path",
    "TRIALSNEST_HOME": "the folder for data, secrets, logs and mail: var",
    "PORT": "the port of the web server: 8000",
    "TRIALSNEST_SECRET_KEY": "at least 32 random characters; signs sessions and links",
    "TRIALSNEST_HASH_KEY": "at least 32 random characters, never changed; keys stored hashes",
    "TRIALSNEST_ALLOWED_HOSTS": "the host names that are answered, with commas: nest.example.org",
    "TRIALSNEST_PUBLIC_URL": "the address people type, used in mail: https://nest.example.org",
    "TRIALSNEST_HTTPS": "1 behind a proxy that speaks HTTPS: secure cookies, redirect, HSTS",
    "TRIALSNEST_ADMIN_PASSWORD": "the password create_administrator gives without a terminal",
    "TRIALSNEST_DEMO_PASSWORD": "the password of every demo sign-in; otherwise one is made",
    "TRIALSNEST_FROM_EMAIL": "the sender of mail: nest@example.org",
    "TRIALSNEST_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "TRIALSNEST_DB_ROLE": "owner to work as the owner of the tables for one command",
    "TRIALSNEST_CONN_MAX_AGE": "seconds a database connection is kept: 3600",
    "TRIALSNEST_STATIC": "manifest once collectstatic has run, else finders",
    "TRIALSNEST_STATIC_ROOT": "the folder collectstatic fills: staticfiles",
    "EMAIL_URL": "the mail server: smtp://user:password@host:587?tls=1 or smtps://user:password@host",
}

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class BadEnvironment(SystemExit):
    """A variable is missing or cannot be read. Ends the process with its sentence, status 1."""


def given(name: str) -> str | None:
    """The value without surrounding space, or None when unset or empty. KeyError if not listed."""
    if name not in VARIABLES:
        raise KeyError(f"{name} is not listed in trialsnest.lib.env.VARIABLES")
    return os.environ.get(name, "").strip() or None


def is_set(name: str) -> bool:
    return given(name) is not None


def text(name: str, default: str | None = None) -> str:
    """The value, or `default`; with no default the variable must be set."""
    value = given(name)
    if value is not None:
        return value
    if default is None:
        raise BadEnvironment(f"Set {name} ({VARIABLES[name]}).")
    return default


def flag(name: str, default: bool) -> bool:
    """1, true, yes, on or 0, false, no, off; anything else stops rather than counting as no."""
    value = given(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise _unreadable(name, "write 1 or 0")


def number(name: str, default: int) -> int:
    """A whole number that is not negative."""
    value = given(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()):
        raise _unreadable(name, "write a whole number")
    return int(value)


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """The parts of a list with commas, without space and without empty parts."""
    value = given(name)
    if value is None:
        return list(default)
    return [word for part in value.split(",") if (word := part.strip())]


def path(name: str, default: str | Path) -> Path:
    """An absolute path; a relative one is taken from the working directory."""
    return Path(given(name) or default).expanduser().absolute()


def database(name: str) -> dict[str, Any]:
    """Django's DATABASES["default"] from a postgresql:// URL or a libpq conninfo string.

    libpq's own parser reads it, so percent-encoded passwords, socket folders as host and every
    connection option mean what they mean to psql. Its complaint is not repeated: it may quote
    the password.
    """
    try:
        parts = conninfo_to_dict(text(name))
    except ProgrammingError:
        raise _unreadable(name, f"write {VARIABLES[name]}") from None
    if not parts.get("dbname") and not parts.get("service"):
        raise _unreadable(name, "name the database at its end, as in postgresql://host/trialsnest")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


def redis(name: str) -> str:
    """The broker's URL for Celery. `unix://` is taken as the same as `redis+socket://`."""
    value = text(name)
    if value.startswith("unix://"):
        value = value.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
    parts = _split(name, value)
    complete = parts.path if parts.scheme == "redis+socket" else parts.hostname
    if parts.scheme not in {"redis", "rediss", "redis+socket"} or not complete:
        raise _unreadable(name, f"write {VARIABLES[name]}")
    return value


def email(name: str) -> dict[str, Any] | None:
    """Django's EMAIL_* settings, or None when no mail server is given."""
    value = given(name)
    if value is None:
        return None
    parts = _split(name, value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise _unreadable(name, f"write {VARIABLES[name]}")
    wanted = parse_qs(parts.query).get("tls", ["0"])[-1].lower()
    if wanted not in TRUE | FALSE or (wanted in TRUE and parts.scheme == "smtps"):
        raise _unreadable(name, "use smtp:// with ?tls=1 for STARTTLS, or smtps:// for TLS at once")
    over_tls = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if over_tls else 587 if wanted in TRUE else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": wanted in TRUE,
        "EMAIL_USE_SSL": over_tls,
        "EMAIL_TIMEOUT": 10,
    }


def _split(name: str, value: str) -> Any:
    try:
        parts = urlsplit(value)
        _ = parts.port  # a port that is no number raises only when it is asked for
    except ValueError:
        raise _unreadable(name, f"write {VARIABLES[name]}") from None
    return parts


def _unreadable(name: str, advice: str) -> BadEnvironment:
    # The value is never shown: half of these hold a password.
    return BadEnvironment(f"{name} cannot be read: {advice}.")
