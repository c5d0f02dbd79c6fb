"""The site, the leads and the review that the tests of the weekly review begin with."""

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite, WeeklyReview
from tests.recruitment.weekly.held import blocked_leads, held_open


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return blocked_leads(study_site, coordinator)


@pytest.fixture
def review(study_site: StudySite, site_lead: User, leads: list[Lead]) -> WeeklyReview:
    return held_open(study_site, site_lead)
