"""The bar over every page: which of its items is the current one."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import StudySite
from tests.factories.recruitment import make_lead

SignIn = Callable[[User], Client]


def current(client: Client, url: str) -> dict[str, str]:
    """The items that are marked, with how."""
    items = client.get(url).context["nav_items"]
    return {item["label"]: item["current"] for item in items if item["current"]}


def test_a_page_below_an_item_of_the_bar_marks_that_item(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    desk, lead = as_user(coordinator), make_lead(study_site)

    assert current(desk, reverse("queue")) == {"Queue": "page"}
    assert current(desk, reverse("lead", args=[lead.number])) == {"Queue": "true"}
    assert current(desk, reverse("lead_add")) == {"Queue": "true"}
    assert current(desk, reverse("lead_import")) == {"Import": "page"}
    assert current(desk, reverse("profile")) == {}


@pytest.mark.parametrize("name", ["people", "study_list", "study_import", "site_add"])
def test_every_page_of_the_set_up_marks_set_up(
    name: str, administrator: User, as_user: SignIn
) -> None:
    assert current(as_user(administrator), reverse(name)) == {"Set-up": "true"}
