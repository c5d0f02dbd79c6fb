"""What one lead's page and panel cost: statements, whatever there is of it and how long its log."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Role, StudySite
from recruitment.rules.stages import Stage
from tests.factories.recruitment import make_member
from tests.recruitment.views.full_lead import Statements, full_lead, lengthen
from tests.recruitment.views.lead_steps import PANEL

SignIn = Callable[[User], Client]
MOST = 15
STAGES = (Stage.CONTACTED, Stage.READY_TO_SCHEDULE, Stage.SCHEDULED, Stage.SCREENED)

pytestmark = pytest.mark.slow


@pytest.fixture
def owner(coordinator: User, study_site: StudySite) -> User:
    """A coordinator who leads the site as well: every form there is."""
    make_member(Role.SITE_LEAD, study_site.site, user=coordinator)
    make_member(Role.REVIEWER, study_site, user=coordinator)
    return coordinator


@pytest.mark.parametrize("headers", [{}, PANEL], ids=["page", "panel"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_lead_costs_at_most_fifteen_statements_however_much_there_is_of_it(
    stage: Stage, headers: dict[str, str], study_site: StudySite, owner: User, as_user: SignIn
) -> None:
    client = as_user(owner)
    counts = []
    for much, events in ((1, 2), (3, 200)):
        lead = full_lead(study_site, owner, stage=stage, much=much)
        lengthen(lead, owner, events=events)
        url = reverse("lead", args=[lead.number])
        client.get(url, headers=headers)  # the settings of the study and the site are read once
        with Statements() as statements:
            response = client.get(url, headers=headers)
        assert response.status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert max(counts) <= MOST, "\n".join(statements.sql)
