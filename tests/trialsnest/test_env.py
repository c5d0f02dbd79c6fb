"""Variables are read strictly, and a bad one is answered with one sentence without its value."""

from pathlib import Path

import pytest

from trialsnest.lib import env


def test_a_required_variable_that_is_missing_stops_with_a_sentence_that_says_how_to_set_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    with pytest.raises(SystemExit) as stop:
        env.text("DATABASE_URL")

    assert str(stop.value).startswith("Set DATABASE_URL (")
    assert "postgresql://" in str(stop.value)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALSNEST_FROM_EMAIL", "  ")

    assert not env.is_set("TRIALSNEST_FROM_EMAIL")
    assert env.text("TRIALSNEST_FROM_EMAIL", "nest@example.org") == "nest@example.org"


def test_a_variable_that_nobody_documented_cannot_be_read() -> None:
    with pytest.raises(KeyError, match="TRIALSNEST_SURPRISE is not listed"):
        env.text("TRIALSNEST_SURPRISE", "x")


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("1", True), ("true", True), ("YES", True), ("on", True), ("0", False), ("off", False)],
)
def test_a_flag_reads_the_usual_words(
    monkeypatch: pytest.MonkeyPatch, value: str, meaning: bool
) -> None:
    monkeypatch.setenv("TRIALSNEST_HTTPS", value)

    assert env.flag("TRIALSNEST_HTTPS", not meaning) is meaning


@pytest.mark.parametrize("value", ["maybe", "2", "yes please", "-1"])
def test_a_flag_refuses_what_is_neither_yes_nor_no(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TRIALSNEST_HTTPS", value)

    with pytest.raises(SystemExit, match="TRIALSNEST_HTTPS cannot be read: write 1 or 0"):
        env.flag("TRIALSNEST_HTTPS", False)


@pytest.mark.parametrize("value", ["80a", "-1", "8.5", "٣"])
def test_a_number_refuses_what_is_not_whole(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)

    with pytest.raises(SystemExit, match="PORT cannot be read: write a whole number"):
        env.number("PORT", 8000)


def test_words_are_split_at_commas_and_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALSNEST_ALLOWED_HOSTS", " a.example , ,b.example,")

    assert env.words("TRIALSNEST_ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_a_path_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIALSNEST_HOME", raising=False)

    assert env.path("TRIALSNEST_HOME", "var") == tmp_path / "var"


def _database(monkeypatch: pytest.MonkeyPatch, value: str) -> dict[str, object]:
    monkeypatch.setenv("DATABASE_URL", value)
    return env.database("DATABASE_URL")


def test_a_database_url_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _database(
        monkeypatch, "postgresql://nest%40site:p%23a%2Fs%40s@db.example:5433/trials?sslmode=require"
    )

    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "trials",
        "USER": "nest@site",
        "PASSWORD": "p#a/s@s",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://owner@%2Ftmp%2Fnest%20run/trials",
        "postgresql:///trials?host=/tmp/nest%20run&user=owner",
        "host='/tmp/nest run' user=owner dbname=trials",
    ],
)
def test_a_socket_folder_may_be_the_host(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    settings = _database(monkeypatch, value)

    assert (settings["HOST"], settings["USER"], settings["NAME"], settings["PORT"]) == (
        "/tmp/nest run",
        "owner",
        "trials",
        "",
    )


@pytest.mark.parametrize(
    "value", ["mysql://h/d", "postgresql://u:secret%zz@h/d", "trials", "postgresql://u:secret@h"]
)
def test_a_database_url_that_cannot_be_read_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with pytest.raises(SystemExit, match="DATABASE_URL cannot be read") as stop:
        _database(monkeypatch, value)

    assert "secret" not in str(stop.value)


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("rediss://:pw@h/1?ssl_cert_reqs=required", "rediss://:pw@h/1?ssl_cert_reqs=required"),
        ("redis+socket:///run/r.sock?virtual_host=1", "redis+socket:///run/r.sock?virtual_host=1"),
        ("unix:///run/r.sock?db=1", "redis+socket:///run/r.sock?virtual_host=1"),
    ],
)
def test_a_broker_url_may_be_tcp_tls_or_a_socket(
    monkeypatch: pytest.MonkeyPatch, value: str, url: str
) -> None:
    monkeypatch.setenv("REDIS_URL", value)

    assert env.redis("REDIS_URL") == url


@pytest.mark.parametrize("value", ["amqp://h", "redis://", "redis+socket://", "redis://h:port/0"])
def test_another_broker_or_half_a_url_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("REDIS_URL", value)

    with pytest.raises(SystemExit, match="REDIS_URL cannot be read"):
        env.redis("REDIS_URL")


def test_no_mail_server_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)

    assert env.email("EMAIL_URL") is None


@pytest.mark.parametrize(
    ("value", "port", "starttls", "tls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp://u%40x:p%3Aw@mail.example?tls=1", 587, True, False),
        ("smtps://u:p@mail.example:2465", 2465, False, True),
    ],
)
def test_a_mail_server_is_read_with_its_kind_of_tls(
    monkeypatch: pytest.MonkeyPatch, value: str, port: int, starttls: bool, tls: bool
) -> None:
    monkeypatch.setenv("EMAIL_URL", value)

    settings = env.email("EMAIL_URL")

    assert settings is not None
    assert settings["EMAIL_HOST"] == "mail.example"
    assert settings["EMAIL_PORT"] == port
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (starttls, tls)
    if starttls:
        assert settings["EMAIL_HOST_USER"] == "u@x"
        assert settings["EMAIL_HOST_PASSWORD"] == "p:w"


@pytest.mark.parametrize(
    "value", ["mail.example", "imap://mail.example", "smtp://h?tls=perhaps", "smtps://h?tls=1"]
)
def test_a_mail_server_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("EMAIL_URL", value)

    with pytest.raises(SystemExit, match="EMAIL_URL cannot be read"):
        env.email("EMAIL_URL")
