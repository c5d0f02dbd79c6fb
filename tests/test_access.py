"""Who may open what: every URL name has a row, and every cell of every row is tried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from recruitment.models import Lead, StudySite
from tests.access import (
    account,
    blockers,
    closing,
    contact,
    frame,
    imports,
    leads,
    owning,
    reports,
    setup,
    visits,
)
from tests.access.roles import ROLES, SIGN_IN, Row
from tests.factories.recruitment import make_lead

ROWS: dict[str, Row] = {
    **frame.ROWS,
    **account.ROWS,
    **leads.ROWS,
    **contact.ROWS,
    **closing.ROWS,
    **blockers.ROWS,
    **owning.ROWS,
    **visits.ROWS,
    **imports.ROWS,
    **setup.ROWS,
    **reports.ROWS,
}


@dataclass
class World:
    """What the rows' arguments are made from."""

    study_site: StudySite
    lead: Lead
    people: dict[str, User]


@pytest.fixture
def world(
    study_site: StudySite,
    outsider: User,
    coordinator: User,
    site_lead: User,
    reviewer: User,
    sponsor_viewer: User,
    administrator: User,
) -> World:
    people = {
        "outsider": outsider,
        "coordinator": coordinator,
        "site_lead": site_lead,
        "reviewer": reviewer,
        "sponsor_viewer": sponsor_viewer,
        "administrator": administrator,
    }
    return World(study_site, make_lead(study_site), people)


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name


def test_every_url_name_has_a_row_and_every_row_a_url() -> None:
    assert set(_names(get_resolver().url_patterns)) == set(ROWS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_role_gets_the_answer_of_the_table(
    name: str, world: World, as_user: Callable[[User], Client]
) -> None:
    row = ROWS[name]
    assert set(row.answers) == set(ROLES)
    wrong = {}
    for role, expected in row.answers.items():
        client = Client() if role == "anonymous" else as_user(world.people[role])
        url = reverse(name, kwargs=row.kwargs(world))
        response = getattr(client, row.method)(url, row.data(world))
        answer: int | str = response.status_code
        if answer == 302 and reverse("account_login") in response["Location"]:
            answer = SIGN_IN
        if answer != expected:
            wrong[role] = answer
    assert wrong == {}
