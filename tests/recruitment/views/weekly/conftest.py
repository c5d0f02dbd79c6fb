"""The review that the pages about it begin with, and the week it is opened in."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import Lead, StudySite, WeeklyReview
from tests.recruitment.weekly.held import OPENED, blocked_leads, held_open


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return blocked_leads(study_site, coordinator)


@pytest.fixture
def review(study_site: StudySite, site_lead: User, leads: list[Lead]) -> WeeklyReview:
    return held_open(study_site, site_lead)


@pytest.fixture
def led(site_lead: User, as_user: Callable[[User], Client]) -> Client:
    """The browser of the site's lead."""
    return as_user(site_lead)


@pytest.fixture(autouse=True)
def _in_that_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: OPENED)
