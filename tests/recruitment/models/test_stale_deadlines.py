"""The database keeps beside each lead the deadline that is still to be flagged (ST1)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Q

from recruitment.models import Lead, StaleDeadline, StudySite
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import MONDAY, make_lead

DAY = timedelta(days=1)


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def kept() -> dict[int, object]:
    return dict(StaleDeadline.objects.values_list("lead", "stale_at"))


def to_flag() -> dict[int, object]:
    waits = Q(stale_flagged_for=None) | ~Q(stale_flagged_for=F("stale_at"))
    rows = Lead.objects.filter(waits, stale_at__isnull=False)
    return dict(rows.values_list("pk", "stale_at"))


def change(lead: Lead, **values: object) -> None:
    Lead.objects.filter(pk=lead.pk).update(**values)


def test_a_new_lead_has_its_deadline(lead: Lead) -> None:
    assert kept() == to_flag() == {lead.pk: lead.stale_at}


STEPS: dict[str, Callable[[Lead], object]] = {
    "another deadline": lambda lead: change(lead, stale_at=MONDAY + 30 * DAY),
    "none any more": lambda lead: change(lead, stale_at=None),
    "flagged by the job": lambda lead: flag_stale(at=MONDAY + 90 * DAY),
    "flagged by hand": lambda lead: change(
        lead, stale_at=MONDAY + DAY, stale_flagged_for=MONDAY + DAY
    ),
    "its flag taken back": lambda lead: change(lead, stale_flagged_for=None),
    "its flag of an earlier deadline": lambda lead: change(lead, stale_flagged_for=MONDAY),
    "a save of all columns": lambda lead: Lead.objects.get(pk=lead.pk).save(),
}


@pytest.mark.parametrize("first", STEPS)
@pytest.mark.parametrize("then", STEPS)
def test_a_deadline_is_kept_exactly_while_it_is_to_be_flagged(
    lead: Lead, first: str, then: str
) -> None:
    for step in (STEPS[first], STEPS[then]):
        step(lead)
        assert kept() == to_flag()


def test_a_deadline_that_was_flagged_behind_its_back_is_let_go_and_not_flagged_again(
    lead: Lead,
) -> None:
    at = MONDAY + 90 * DAY
    assert flag_stale(at=at) == 1
    flagged = Lead.objects.get(pk=lead.pk)
    StaleDeadline.objects.create(lead=flagged, stale_at=flagged.stale_at)

    assert flag_stale(at=at) == 0

    assert kept() == {}
    assert Lead.objects.get(pk=lead.pk).version == flagged.version


@pytest.mark.django_db
def test_no_column_that_a_flag_changes_is_known_to_an_index_of_leads() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'recruitment_lead'")
        indexes = [text for (text,) in cursor.fetchall()]

    assert indexes
    for column in ("stale_flagged_for", "times_stale", "version"):
        assert not [text for text in indexes if column in text], column
