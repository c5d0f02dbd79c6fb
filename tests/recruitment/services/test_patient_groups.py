"""What was changed after patient groups spoke is written down, looked through, and never lost."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from recruitment.models import ConfirmedWords, PatientGroupChange, StudySite
from recruitment.rules.patient_groups import ChangeTarget, InputTopic
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.sponsor_text import NotForSponsors
from recruitment.services.patient_groups import (
    record_patient_change,
    standing_changes,
    void_patient_change,
)
from tests.factories.recruitment import MONDAY, make_enquirer, make_lead
from tests.reporting.world import DAY

pytestmark = pytest.mark.django_db
WORDS = "Parking is told of before the first visit."


def record(place: StudySite, by: User, **values: Any) -> PatientGroupChange:
    usual: dict[str, Any] = {
        "topic": InputTopic.COSTS,
        "target": ChangeTarget.BURDEN,
        "words": WORDS,
        "on": MONDAY.date(),
        "at": MONDAY,
    }
    return record_patient_change(study_site=place, by=by, **(usual | values))


def test_it_is_kept_once_and_taken_back_by_a_row_of_its_own(
    study_site: StudySite, site_lead: User
) -> None:
    made = record(study_site, site_lead, words=f" {WORDS} ")
    assert record(study_site, site_lead, at=MONDAY + DAY) == made
    assert list(standing_changes(study_site)) == [made]

    for _ in range(2):
        void_patient_change(change=made, by=site_lead, at=MONDAY + DAY)

    assert list(standing_changes(study_site)) == []
    assert (made.words, PatientGroupChange.objects.count()) == (WORDS, 2)
    with pytest.raises(Refusal, match="Only a change"):
        void_patient_change(change=made.voided_by, by=site_lead, at=MONDAY + DAY)
    assert record(study_site, site_lead, at=MONDAY + DAY) != made


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("words", {"words": " "}),
        ("words", {"words": "x" * 301}),
        ("on", {"on": date(2026, 3, 3)}),
        ("on", {"on": date(1999, 12, 31)}),
        ("topic", {"topic": "other"}),
        ("target", {"target": ""}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    study_site: StudySite, site_lead: User, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record(study_site, site_lead, **values)

    assert refused.value.field == field
    assert not PatientGroupChange.objects.exists()


def test_its_words_are_looked_through_and_a_false_hit_is_confirmed(
    study_site: StudySite, site_lead: User
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Ada", last_name="Summer"))
    with pytest.raises(NotForSponsors) as refused:
        record(study_site, site_lead, words="Rooms are cool in Summer.")
    assert not PatientGroupChange.objects.exists()

    made = record(
        study_site,
        site_lead,
        words="Rooms are cool in Summer.",
        confirmed=refused.value.token,
    )

    assert ConfirmedWords.objects.get().about == f"patient-group change {made.pk}"


@pytest.mark.parametrize(
    "values",
    [{"words": ""}, {"on": None}, {"topic": "other"}, {"target": ""}],
    ids=lambda values: next(iter(values)),
)
def test_the_database_refuses_half_a_change(
    study_site: StudySite, site_lead: User, values: dict[str, Any]
) -> None:
    usual = {"topic": "costs", "target": "burden", "words": WORDS, "on": MONDAY.date()}

    with pytest.raises(IntegrityError, match="patient_group_change_says_or_voids"):
        PatientGroupChange.objects.create(
            study_site=study_site, recorded_at=MONDAY, recorded_by=site_lead, **(usual | values)
        )


def test_the_database_keeps_it_as_it_was(study_site: StudySite, site_lead: User) -> None:
    record(study_site, site_lead)

    with pytest.raises(IntegrityError, match="append-only"):
        PatientGroupChange.objects.update(words="Another.")
