"""Each constraint of messages, broken by its name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Message, StudySite
from tests.factories.recruitment import MONDAY

LATER = MONDAY + timedelta(hours=1)
Values = Callable[[User], dict[str, Any]]
BROKEN: dict[str, tuple[str, Values]] = {
    "nobody can answer it": ("message_can_be_answered", lambda user: {"reach": ""}),
    "answered before it was taken": (
        "message_answered_later_by_somebody",
        lambda user: {"answered_at": MONDAY - timedelta(minutes=1), "answered_by": user},
    ),
    "answered by nobody": (
        "message_answered_later_by_somebody",
        lambda user: {"answered_at": LATER},
    ),
    "answered at no time": (
        "message_answered_later_by_somebody",
        lambda user: {"answered_by": user},
    ),
}


def _message(study_site: StudySite, by: User, **values: Any) -> Message:
    given = {"reach": "+16175550199", "taken_at": MONDAY, "taken_by": by} | values
    return Message.objects.create(site=study_site.site, **given)


@pytest.mark.parametrize("how", sorted(BROKEN))
def test_the_database_refuses_it_by_name(
    how: str, study_site: StudySite, coordinator: User
) -> None:
    name, values = BROKEN[how]

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        _message(study_site, coordinator, **values(coordinator))


def test_it_takes_what_is_right(study_site: StudySite, coordinator: User) -> None:
    _message(study_site, coordinator)
    _message(study_site, coordinator, answered_at=LATER, answered_by=coordinator)

    assert Message.objects.count() == 2
