"""The database refuses records, visits, slots and hand-offs that the services would not write."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from recruitment.models import (
    CtmsHandoff,
    Lead,
    ReadinessItem,
    RecordsItem,
    RecordsList,
    RecordsListItem,
    SlotHold,
    Study,
    StudySite,
    Visit,
    WeekCapacity,
)
from recruitment.rules.stages import Stage
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import bring_to

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("records_state_is_known", {"state": "lost"}),
        ("records_waived_has_reason", {"state": "waived"}),
        ("records_unobtainable_has_reason", {"state": "unobtainable"}),
        ("records_incomplete_says_what_is_missing", {"state": "incomplete"}),
        ("records_authorization_is_known", {"authorization": "verbal"}),
        ("records_signed_has_day", {"authorization": "signed"}),
        ("records_chased_while_requested", {"chase_at": MONDAY}),
        ("records_chases_have_time", {"chases": 1}),
        ("records_chases_have_time", {"last_chased_at": MONDAY}),
        ("records_result_is_known", {"result": "perfect"}),
    ],
)
def test_a_record_that_cannot_be_is_refused(lead: Lead, name: str, values: dict[str, Any]) -> None:
    usual = {"lead": lead, "type": "labs", "state": "needed", "changed_at": MONDAY}

    with pytest.raises(IntegrityError, match=name):
        RecordsItem.objects.create(**(usual | values))


def test_a_kind_of_record_is_named_once_for_a_lead(lead: Lead) -> None:
    values = {"lead": lead, "type": "labs", "state": "needed", "changed_at": MONDAY}
    RecordsItem.objects.create(**values, undone_at=MONDAY)
    RecordsItem.objects.create(**values)

    with pytest.raises(IntegrityError, match="records_item_once"):
        RecordsItem.objects.create(**values)


def test_a_kind_stands_on_a_list_once(study_site: StudySite) -> None:
    values = {"study": study_site.study, "version": 1, "set_at": MONDAY}
    usual = RecordsList.objects.create(**values)
    RecordsListItem.objects.create(records_list=usual, type="labs")

    with pytest.raises(IntegrityError, match="records_list_type_once"):
        RecordsListItem.objects.create(records_list=usual, type="labs")


def test_a_version_of_a_list_stands_once(study_site: StudySite) -> None:
    values = {"study": study_site.study, "version": 1, "set_at": MONDAY}
    RecordsList.objects.create(**values)

    with pytest.raises(IntegrityError, match="records_list_once"):
        RecordsList.objects.create(**values)


def test_a_list_holds_known_kinds_only(study_site: StudySite) -> None:
    usual = RecordsList.objects.create(study=study_site.study, version=1, set_at=MONDAY)

    with pytest.raises(IntegrityError, match="records_list_type_is_known"):
        RecordsListItem.objects.create(records_list=usual, type="tea_leaves")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("visit_type_is_known", {"type": "party"}),
        ("visit_result_is_known", {"result": "lost", "ended_at": MONDAY}),
        ("visit_result_has_time", {"result": "attended"}),
        ("visit_result_has_time", {"ended_at": MONDAY}),
        ("visit_no_show_has_reason", {"result": "no_show", "ended_at": MONDAY}),
        (
            "visit_no_show_reason_is_known",
            {"result": "no_show", "ended_at": MONDAY, "no_show_reason": "rain"},
        ),
        (
            "visit_no_show_has_reason",
            {"result": "attended", "ended_at": MONDAY, "no_show_reason": "unwell"},
        ),
    ],
)
def test_a_visit_that_cannot_be_is_refused(lead: Lead, name: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        Visit.objects.create(lead=lead, starts_at=MONDAY, booked_at=MONDAY, **values)


def test_a_lead_has_one_visit_ahead(lead: Lead) -> None:
    Visit.objects.create(lead=lead, starts_at=MONDAY, booked_at=MONDAY)

    with pytest.raises(IntegrityError, match="visit_one_ahead"):
        Visit.objects.create(lead=lead, starts_at=MONDAY + HOUR, booked_at=MONDAY)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("readiness_code_is_known", {"code": "weather"}),
        ("readiness_state_is_known", {"state": "maybe"}),
        ("readiness_item_once", {}),
    ],
)
def test_a_readiness_item_that_cannot_be_is_refused(
    lead: Lead, name: str, values: dict[str, Any]
) -> None:
    usual = {"lead": lead, "code": "travel", "state": "clear", "changed_at": MONDAY}
    ReadinessItem.objects.create(**usual)

    with pytest.raises(IntegrityError, match=name):
        ReadinessItem.objects.create(**(usual | values))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("week_capacity_begins_on_monday", {"week_on": date(2026, 3, 10)}),
        ("week_capacity_once", {}),
        ("week_capacity_at_most", {"week_on": date(2026, 3, 16), "slots": 201}),
    ],
)
def test_a_weeks_capacity_that_cannot_be_is_refused(
    study_site: StudySite, name: str, values: dict[str, Any]
) -> None:
    usual = {"study_site": study_site, "week_on": date(2026, 3, 9), "slots": 3}
    WeekCapacity.objects.create(**usual)

    with pytest.raises(IntegrityError, match=name):
        WeekCapacity.objects.create(**(usual | values))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("slot_hold_runs_out_later", {"until": MONDAY}),
        ("slot_hold_lies_ahead", {"starts_at": MONDAY}),
        ("slot_hold_ends_later", {"ended_at": MONDAY - HOUR}),
    ],
)
def test_a_hold_that_cannot_be_is_refused(lead: Lead, name: str, values: dict[str, Any]) -> None:
    usual = {
        "lead": lead,
        "starts_at": MONDAY + HOUR,
        "until": MONDAY + HOUR,
        "held_at": MONDAY,
    }

    with pytest.raises(IntegrityError, match=name):
        SlotHold.objects.create(**(usual | values))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ctms_handoff_state_has_dates", {"state": "sent"}),
        ("ctms_handoff_state_has_dates", {"state": "acknowledged", "number": "S-1"}),
        ("ctms_handoff_state_has_dates", {"number": "S-1"}),
        (
            "ctms_handoff_acknowledged_later",
            {
                "state": "acknowledged",
                "number": "S-1",
                "sent_at": MONDAY,
                "acknowledged_at": MONDAY - HOUR,
            },
        ),
    ],
)
def test_a_hand_off_that_cannot_be_is_refused(
    study_site: StudySite, coordinator: User, name: str, values: dict[str, Any]
) -> None:
    lead = bring_to(Stage.SCREENED, make_lead(study_site), coordinator).lead

    with pytest.raises(IntegrityError, match=name):
        CtmsHandoff.objects.filter(lead=lead).update(**values)


def test_a_visit_is_handed_off_once(study_site: StudySite, coordinator: User) -> None:
    lead = bring_to(Stage.SCREENED, make_lead(study_site), coordinator).lead

    with pytest.raises(IntegrityError, match="ctms_handoff_one_a_visit"):
        CtmsHandoff.objects.create(lead=lead, visit=lead.visits.get(), opened_at=MONDAY)


def test_a_study_hands_off_on_one_of_two_occasions(study_site: StudySite) -> None:
    with pytest.raises(IntegrityError, match="study_ctms_handoff_on_is_known"):
        Study.objects.filter(pk=study_site.study_id).update(ctms_handoff_on="never")
