"""manage.py create_administrator: the first account, with and without a terminal."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from recruitment.management.commands import create_administrator as command
from recruitment.models import Membership, Role
from tests.factories.accounts import PASSWORD, UserFactory

GOOD = "seven quiet herons at dawn"


def run(email: str = "Ana@Example.org", name: str = "Ana  Lead") -> str:
    out = io.StringIO()
    call_command("create_administrator", email, name, stdout=out)
    return out.getvalue()


def test_password_comes_from_the_environment_without_a_terminal(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALSNEST_ADMIN_PASSWORD", GOOD)

    said = run()

    user = User.objects.get(email="ana@example.org", name="Ana Lead")
    assert user.check_password(GOOD)
    assert user.has_perm("recruitment.administer")
    assert not user.is_superuser
    assert GOOD not in said
    assert said == "The account ana@example.org is made; it administers this installation.\n"


def test_second_run_changes_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALSNEST_ADMIN_PASSWORD", GOOD)
    run()
    monkeypatch.setenv("TRIALSNEST_ADMIN_PASSWORD", "another one entirely")

    said = run()

    assert User.objects.get().check_password(GOOD)
    assert Membership.objects.filter(role=Role.ADMINISTRATOR).count() == 1
    assert "keeps its password" in said


def test_colleague_who_is_there_is_given_the_role_and_keeps_her_password(db: None) -> None:
    UserFactory(email="ana@example.org")

    run()

    user = User.objects.get()
    assert user.has_perm("recruitment.administer")
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("email", "name", "password", "sentence"),
    [
        ("ana", "Ana", GOOD, "is not an email address"),
        ("ana@example.org", " ", GOOD, "Give a name"),
        ("ana@example.org", "Ana", "short", "15 characters"),
        ("ana@example.org", "Ana", "", "Set TRIALSNEST_ADMIN_PASSWORD"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_nothing_is_made(
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
    name: str,
    password: str,
    sentence: str,
) -> None:
    monkeypatch.setenv("TRIALSNEST_ADMIN_PASSWORD", password)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(CommandError, match=sentence):
        run(email, name)

    assert not User.objects.exists()


def test_suspended_account_is_not_restored_by_the_back_door(db: None) -> None:
    UserFactory(email="ana@example.org", is_active=False)

    with pytest.raises(CommandError, match="suspended"):
        run()

    assert not Membership.objects.exists()


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    answers = iter(typed)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def ask(_: Any) -> str:
        return next(answers)

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(command, "getpass", ask)


def test_terminal_asks_twice(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, GOOD, GOOD)

    assert GOOD not in run()

    assert User.objects.get().check_password(GOOD)


def test_two_passwords_that_differ_are_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, GOOD, GOOD + "!")

    with pytest.raises(CommandError, match="differ"):
        run()


def test_empty_password_has_one_made_and_shown_once(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_a_terminal(monkeypatch, "")

    said = run()

    made = said.split("Password: ")[1].split("\n")[0]
    assert len(made) >= 24
    assert User.objects.get().check_password(made)
