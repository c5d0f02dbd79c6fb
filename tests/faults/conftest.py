"""What fault tests share: a place for their servers, and reports in a real database."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection

from accounts.models import User
from recruitment.models import Role, StudySite
from recruitment.services.database_roles import ensure_roles
from reporting.models import SponsorReport
from tests.factories.recruitment import MONDAY, SourceFactory, StudySiteFactory, make_member
from tests.reporting.world import make_draft, some_leads
from tests.trialsnest.conftest import home

__all__ = ["home"]


@dataclass
class Desk:
    """A site with leads, its lead, and the draft of its first report."""

    study_site: StudySite
    site_lead: User
    draft: SponsorReport


@pytest.fixture(autouse=True)
def _same_clock(real_clock: None) -> None:
    """The programs these tests start, stop and kill live in real time."""


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    """Committed, so that other processes see it."""
    ensure_roles()
    study_site = StudySiteFactory()
    coordinator = make_member(Role.COORDINATOR, study_site)
    lead = make_member(Role.SITE_LEAD, study_site.site)
    some_leads(study_site, coordinator, SourceFactory(study=study_site.study), at=MONDAY, n=12)
    yield Desk(study_site, lead, make_draft(study_site))
    connection.close()
