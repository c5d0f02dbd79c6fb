"""What the tests of many pages begin with; a file may have its own instead."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import Source, StudySite
from tests.factories.recruitment import SourceFactory


@pytest.fixture
def desk(coordinator: User, as_user: Callable[[User], Client]) -> Client:
    """The coordinator's browser."""
    return as_user(coordinator)


@pytest.fixture
def source(study_site: StudySite) -> Source:
    """Where inquiries for the study there come from."""
    return SourceFactory(study=study_site.study)
