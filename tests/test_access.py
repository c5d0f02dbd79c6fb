"""Who may open what: every URL name has a row, and every cell of every row is tried."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from recruitment.models import Lead, StudySite
from tests.access import (
    account,
    blockers,
    boards,
    closing,
    contact,
    days,
    escalations,
    finding,
    frame,
    imports,
    keeping,
    leads,
    owning,
    queue_parts,
    recovery,
    reports,
    setup,
    visits,
    weekly,
    what_if,
    working,
)
from tests.access.roles import ROLES, SIGN_IN, Row
from tests.factories.recruitment import make_enquirer, make_lead

ROWS: dict[str, Row] = {
    **frame.ROWS,
    **account.ROWS,
    **leads.ROWS,
    **contact.ROWS,
    **days.ROWS,
    **closing.ROWS,
    **blockers.ROWS,
    **boards.ROWS,
    **owning.ROWS,
    **queue_parts.ROWS,
    **escalations.ROWS,
    **finding.ROWS,
    **visits.ROWS,
    **weekly.ROWS,
    **what_if.ROWS,
    **working.ROWS,
    **recovery.ROWS,
    **imports.ROWS,
    **keeping.ROWS,
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
    enquirer = make_enquirer(first_name="Zephyrine", last_name="Quackenbush")
    return World(study_site, make_lead(study_site, enquirer=enquirer), people)


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
    wrong: dict[str, int | str] = {}
    for role, expected in row.answers.items():
        client = Client() if role == "anonymous" else as_user(world.people[role])
        url = reverse(name, kwargs=row.kwargs(world))
        response = getattr(client, row.method)(url, row.data(world))
        answer: int | str = response.status_code
        if answer == 302 and reverse("account_login") in response["Location"]:
            answer = SIGN_IN
        if answer != expected:
            wrong[role] = answer
        elif role != "anonymous" and (said := _said_too_much(response, world.lead)):
            wrong[role] = said
    assert wrong == {}


def _said_too_much(response: HttpResponse, lead: Lead) -> str:
    """What an answer to somebody signed in gives away (PR4): kept, in a title, in a refusal."""
    if "no-store" not in response.headers.get("Cache-Control", ""):
        return "is kept by the browser"
    body = b"" if response.streaming else response.content
    text = body.decode(errors="replace")
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
    names = (lead.person.first_name, lead.person.last_name)
    if title is not None and any(name in title[1] for name in names):
        return "names the person in its title"
    secrets = (*names, lead.number, lead.study_site.study.code)
    if response.status_code in {403, 404} and any(secret in text for secret in secrets):
        return "names somebody or something in a refusal"
    return ""
