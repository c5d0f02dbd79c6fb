"""Claiming is offered where it would be allowed, row by row."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member
from tests.recruitment.views.lead_steps import HOUR, PANEL, post

SignIn = Callable[[User], Client]


def unowned(study_site: StudySite, n: int) -> Lead:
    enquirer = make_enquirer(n)
    return make_lead(study_site, received_at=timezone.now() - 2 * HOUR, enquirer=enquirer)


def offers_claim(html: str, lead: Lead) -> bool:
    assert f'id="lead-{lead.number}"' in html
    return f'action="{reverse("lead_claim", args=[lead.number])}"' in html


@pytest.fixture
def elsewhere(reviewer: User) -> StudySite:
    """Another study at another site, where the reviewer coordinates."""
    study_site: StudySite = StudySiteFactory()
    make_member(Role.COORDINATOR, study_site, user=reviewer)
    return study_site


def test_a_reviewer_is_offered_only_the_leads_of_the_study_she_works_on(
    study_site: StudySite, elsewhere: StudySite, reviewer: User, as_user: SignIn
) -> None:
    looks_on, works_on = unowned(study_site, 1), unowned(elsewhere, 2)

    html = as_user(reviewer).get(reverse("queue"), {"tab": "unowned"}).content.decode()

    assert not offers_claim(html, looks_on)
    assert offers_claim(html, works_on)


def test_a_coordinator_is_offered_every_unowned_lead(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = unowned(study_site, 1)

    html = as_user(coordinator).get(reverse("queue"), {"tab": "unowned"}).content.decode()

    assert offers_claim(html, lead)


@pytest.mark.parametrize(("who", "offered"), [("coordinator", True), ("reviewer", False)])
def test_the_row_behind_the_panel_offers_the_same(
    who: str,
    offered: bool,
    study_site: StudySite,
    request: pytest.FixtureRequest,
    as_user: SignIn,
) -> None:
    user, lead = request.getfixturevalue(who), unowned(study_site, 1)
    name = "lead_note" if offered else "lead_review_decide"

    response = post(as_user(user), name, lead, headers=PANEL, note="Called back.")

    row = response.content.decode().partition("<template>")[2]
    assert offers_claim(row, lead) is offered


def test_a_reviewer_who_works_nowhere_is_not_offered_to_add_a_lead(
    reviewer: User, coordinator: User, as_user: SignIn
) -> None:
    address = f'href="{reverse("lead_add")}"'

    assert address in as_user(coordinator).get(reverse("queue")).content.decode()
    assert address not in as_user(reviewer).get(reverse("queue")).content.decode()
