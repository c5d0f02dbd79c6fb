"""Leads and people that the tests of many services begin with; a file may have its own instead."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.stages import Stage
from tests.factories.recruitment import make_lead, make_member
from tests.factories.stages import Steps, bring_to


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry that the coordinator owns."""
    return make_lead(study_site, owner=coordinator)


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    """Three of them."""
    return [make_lead(study_site, owner=coordinator) for _ in range(3)]


@pytest.fixture
def colleague(study_site: StudySite) -> User:
    """Another coordinator of the study there."""
    return make_member(Role.COORDINATOR, study_site, name="Tom Ode")


@pytest.fixture
def cover(colleague: User) -> User:
    """The colleague, where it is she who covers."""
    return colleague


@pytest.fixture
def one_a_week(study_site: StudySite) -> StudySite:
    """The study there has one visit slot a week."""
    study_site.capacity_per_week = 1
    study_site.save()
    return study_site


@pytest.fixture
def ready(study_site: StudySite, coordinator: User) -> Iterator[Steps]:
    """A lead to be scheduled. In the end its row still says what its log says."""
    yield from _at(Stage.READY_TO_SCHEDULE, study_site, coordinator)


@pytest.fixture
def booked(study_site: StudySite, coordinator: User) -> Iterator[Steps]:
    """A lead whose visit is booked. In the end its row still says what its log says."""
    yield from _at(Stage.SCHEDULED, study_site, coordinator)


def _at(stage: Stage, place: StudySite, by: User) -> Iterator[Steps]:
    found = bring_to(stage, make_lead(place), by)
    yield found
    assert list(differences([found.lead])) == []
