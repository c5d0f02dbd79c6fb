"""The database refuses blockers that the services would not write (7.1, PZ2)."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from recruitment.models import Blocker, Lead, StudyBlocker, StudySite
from recruitment.rules.blocking import pauses
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party
from tests.factories.recruitment import MONDAY, make_lead

LATER = MONDAY + timedelta(days=3)
CASES: list[tuple[str, dict[str, Any]]] = [
    ("party_fits", {"waiting_on": "sponsor"}),
    ("is_looked_at_again", {"review_by": None}),
    ("decider_is_known", {"decision_from": "patient"}),
]


def _values(**values: Any) -> dict[str, Any]:
    usual = {
        "category": "travel",
        "waiting_on": "patient",
        "opened_at": MONDAY,
        "review_by": LATER,
    }
    return usual | values


@pytest.mark.parametrize(("name", "values"), CASES)
def test_a_blocker_that_cannot_be_is_refused(
    name: str, values: dict[str, Any], study_site: StudySite
) -> None:
    lead = make_lead(study_site)

    with pytest.raises(IntegrityError, match=f"blocker_{name}"), transaction.atomic():
        Blocker.objects.create(lead=lead, **_values(**values))
    with pytest.raises(IntegrityError, match=f"study_blocker_{name}"), transaction.atomic():
        StudyBlocker.objects.create(study_site=study_site, **_values(**values))


@pytest.mark.slow
def test_the_database_knows_every_category_with_every_party(study_site: StudySite) -> None:
    lead: Lead = make_lead(study_site)

    for category, party in product(BlockerCategory, Party):
        fits = party in BLOCKER_PARTIES[category]
        for review_by in (None, LATER):
            allowed = fits and (review_by is not None or not pauses(category, party))
            values = _values(category=category, waiting_on=party, review_by=review_by)
            try:
                with transaction.atomic():
                    Blocker.objects.create(lead=lead, **values).delete()
            except IntegrityError:
                assert not allowed, (category, party, review_by)
            else:
                assert allowed, (category, party, review_by)
