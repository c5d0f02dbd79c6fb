"""The leads and the ask that the tests of asks begin with."""

import pytest

from accounts.models import User
from recruitment.models import Ask, Lead, StudySite
from tests.recruitment.asks.held import OPTIONS, question, raised
from tests.recruitment.weekly.held import blocked_leads


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return blocked_leads(study_site, coordinator)


@pytest.fixture
def ask(study_site: StudySite, site_lead: User, leads: list[Lead]) -> Ask:
    return raised(study_site, site_lead)


@pytest.fixture
def offering(study_site: StudySite, site_lead: User) -> Ask:
    """An ask with options, for which no lead waits."""
    return raised(study_site, site_lead, question(options=OPTIONS, category=None))
