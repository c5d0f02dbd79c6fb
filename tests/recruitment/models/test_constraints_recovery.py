"""The database refuses reviews and counts that the services would not write (6.2, RQ3, ST2)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import DayCount, StaleReview, StudySite
from tests.factories.recruitment import MONDAY, make_lead

REVIEWS: list[tuple[str, dict[str, Any]]] = [
    ("stale_review_patient_reason", {"patient_reason": ""}),
    ("stale_review_patient_reason", {"patient_reason": "tired"}),
    ("stale_review_process_reason", {"process_reason": ""}),
    ("stale_review_process_reason", {"process_reason": "tired"}),
    ("stale_review_outcome", {"outcome": "wait"}),
    ("stale_review_recovers_by", {"recover_by": None}),
    ("stale_review_recovers_by", {"recover_by": MONDAY}),
]


def _review(**values: Any) -> dict[str, Any]:
    usual = {
        "stale_at": MONDAY - timedelta(days=1),
        "patient_reason": "no_response",
        "process_reason": "buried",
        "outcome": "recontact",
        "reviewed_at": MONDAY,
        "recover_by": MONDAY + timedelta(days=14),
    }
    return usual | values


@pytest.mark.parametrize(("name", "values"), REVIEWS)
def test_a_review_that_cannot_be_is_refused(
    name: str, values: dict[str, Any], study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        StaleReview.objects.create(lead=lead, reviewed_by=coordinator, **_review(**values))
    StaleReview.objects.create(lead=lead, reviewed_by=coordinator, **_review())
    closed = _review(outcome="close", recover_by=None)
    StaleReview.objects.create(lead=lead, reviewed_by=coordinator, **closed)


def test_a_day_is_counted_once_and_its_parts_are_of_the_open_leads(study_site: StudySite) -> None:
    def count(**values: int) -> DayCount:
        parts = {"open": 3, "stale": 2, "at_risk": 1, "call_back": 0} | values
        day = date(2026, 3, 2)
        return DayCount.objects.create(study_site=study_site, on=day, counted_at=MONDAY, **parts)

    with pytest.raises(IntegrityError, match="day_count_parts_of_open"), transaction.atomic():
        count(at_risk=2)
    count()
    with pytest.raises(IntegrityError, match="day_count_once"), transaction.atomic():
        count()
