"""The database refuses what the desk's services would not write: saved views, drafts."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.models.desk import Draft, SavedView
from tests.factories.recruitment import MONDAY, make_lead


@pytest.mark.parametrize(
    ("name", "values"),
    [("saved_view_has_name", {"name": ""}), ("saved_view_name_once", {"name": "Mine"})],
)
def test_a_saved_view_that_cannot_be_is_refused(
    name: str, values: dict[str, Any], coordinator: User, site_lead: User
) -> None:
    usual = {"owner": coordinator, "name": "Mine", "query": "tab=mine", "made_at": MONDAY}
    SavedView.objects.create(**usual)

    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        SavedView.objects.create(**usual | values)

    SavedView.objects.create(**usual | {"owner": site_lead})  # somebody else may call hers so


def test_a_form_of_a_lead_has_one_draft_of_each_person(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead: Lead = make_lead(study_site)
    usual = {"user": coordinator, "lead": lead, "form": "note", "words": {}, "seen": 1}
    Draft.objects.create(**usual, saved_at=MONDAY)

    with pytest.raises(IntegrityError, match='"draft_once"'), transaction.atomic():
        Draft.objects.create(**usual, saved_at=MONDAY)

    for other in ({"user": site_lead}, {"form": "log"}, {"lead": make_lead(study_site)}):
        Draft.objects.create(**usual | other, saved_at=MONDAY)


def test_a_form_without_a_lead_has_one_draft_of_each_person(
    coordinator: User, site_lead: User
) -> None:
    usual = {"user": coordinator, "lead": None, "form": "add-lead", "words": {}}
    Draft.objects.create(**usual, saved_at=MONDAY)

    with pytest.raises(IntegrityError, match='"draft_once"'), transaction.atomic():
        Draft.objects.create(**usual, saved_at=MONDAY)

    for other in ({"user": site_lead}, {"form": "pass-on"}):
        Draft.objects.create(**usual | other, saved_at=MONDAY)
