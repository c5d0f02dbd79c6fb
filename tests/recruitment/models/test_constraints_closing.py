"""Close reasons and a study's own reasons that cannot be are refused by the database, by name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import CloseReason, Lead, LeadEvent, StudySite, SubReason
from recruitment.rules.closing import CloseCode
from recruitment.services.closing import close_lead
from tests.factories.recruitment import MONDAY, make_lead

HOUR = timedelta(hours=1)


@pytest.fixture
def event(study_site: StudySite, coordinator: User) -> LeadEvent:
    """The change that closed a lead, with one reason."""
    lead: Lead = make_lead(study_site)
    close_lead(lead=lead, code=CloseCode.BURDEN_TRAVEL, by=coordinator, at=MONDAY + HOUR, seen=None)
    return lead.events.get(to_stage="closed_other")


def broken(name: str, change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("close_reason_once", {"position": 1}),
        ("close_reason_code_once", {"code": "burden_travel"}),
        ("close_reason_at_most_three", {"position": 4}),
        ("close_reason_code_is_known", {"code": "not_eligible"}),
    ],
)
def test_a_close_reason_that_cannot_be_is_refused(
    event: LeadEvent, name: str, values: dict[str, Any]
) -> None:
    row = {"position": 2, "code": "burden_cost"} | values

    broken(name, lambda: CloseReason.objects.create(lead=event.lead, event=event, **row))


def test_a_reason_that_was_taken_back_makes_room_for_another(event: LeadEvent) -> None:
    CloseReason.objects.update(undone_at=MONDAY + 2 * HOUR)

    CloseReason.objects.create(lead=event.lead, event=event, position=1, code="burden_travel")

    assert CloseReason.objects.count() == 1
    assert CloseReason.everything.count() == 2


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sub_reason_once", {}),
        ("sub_reason_under_is_known", {"under": "stage"}),
        ("sub_reason_retired_later", {"label": "Other", "retired_at": MONDAY - HOUR}),
    ],
)
def test_a_sub_reason_that_cannot_be_is_refused(
    study_site: StudySite, name: str, values: dict[str, Any]
) -> None:
    row = {
        "study": study_site.study,
        "under": "close",
        "code": "burden_travel",
        "label": "No bus",
        "set_at": MONDAY,
    }
    SubReason.objects.create(**row)

    broken(name, lambda: SubReason.objects.create(**(row | values)))
