"""My profile: name, zone, looks and keys."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from tests.factories.accounts import UserFactory

GOOD = {
    "name": "  Priya \n Raman ",
    "time_zone": "America/Phoenix",
    "theme": "dark",
    "density": "roomy",
    "single_keys": "",
}


def test_profile_is_saved_and_shows_at_once(db: None, as_user: Callable[[User], Client]) -> None:
    user = UserFactory()

    page = as_user(user).post("/profile/", GOOD, follow=True).content.decode()

    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Priya Raman", "America/Phoenix")
    assert not user.single_keys
    assert 'data-theme="dark" data-density="roomy"' in page
    assert "Your profile is saved." in page


def test_unknown_time_zone_is_refused_by_name(db: None, as_user: Callable[[User], Client]) -> None:
    user = UserFactory()

    answer = as_user(user).post("/profile/", GOOD | {"time_zone": "America/Atlantis"})

    assert answer.status_code == 422
    assert "America/Atlantis is not a time zone of the list" in answer.content.decode()
    user.refresh_from_db()
    assert user.time_zone == "America/New_York"


def test_empty_name_is_refused_and_the_bar_keeps_the_old_one(
    db: None, as_user: Callable[[User], Client]
) -> None:
    user = UserFactory(name="Ana Lead")

    answer = as_user(user).post("/profile/", GOOD | {"name": " "})

    assert answer.status_code == 422
    assert '<span class="me__name">Ana Lead</span>' in answer.content.decode()


def test_address_of_the_account_is_not_a_field(db: None, as_user: Callable[[User], Client]) -> None:
    user = UserFactory(email="ana@example.org")

    as_user(user).post("/profile/", GOOD | {"email": "other@example.org", "is_superuser": "1"})

    user.refresh_from_db()
    assert user.email == "ana@example.org"
    assert not user.is_superuser


def test_somebody_without_a_role_is_told_whom_to_ask(
    db: None, as_user: Callable[[User], Client]
) -> None:
    page = as_user(UserFactory()).get("/").content.decode()

    assert "You have no role here yet" in page
