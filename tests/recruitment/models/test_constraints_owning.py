"""Hand-offs, leave, alerts and removed people: each constraint is broken by its name."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from recruitment.models import Alert, Handoff, Lead, Leave, LeaveCover, StudySite
from tests.factories.recruitment import MONDAY, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _broken(name: str, change: Any) -> None:
    connection.check_constraints()

    def change_and_check() -> None:
        with transaction.atomic():
            change()
            connection.check_constraints()

    with pytest.raises(IntegrityError, match=name):
        change_and_check()


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("handoff_has_context", {"context": ""}),
        ("handoff_state_is_known", {"state": "lost", "answered_at": MONDAY}),
        ("handoff_to_somebody_else", {"receiver": "sender"}),
        ("handoff_refusal_has_reason", {"state": "declined", "answered_at": MONDAY}),
        ("handoff_refusal_has_reason", {"state": "returned", "answered_at": MONDAY}),
        ("handoff_answer_has_time", {"state": "accepted"}),
        ("handoff_answer_has_time", {"answered_at": MONDAY}),
    ],
)
def test_a_hand_off_that_cannot_be_is_refused(
    lead: Lead, coordinator: User, site_lead: User, name: str, values: dict[str, Any]
) -> None:
    fields = {
        "lead": lead,
        "sender": coordinator,
        "receiver": site_lead,
        "offered_at": MONDAY,
        "accept_by": MONDAY + HOUR,
        "context": "Evenings",
    }
    if values.get("receiver") == "sender":
        values = {"receiver": coordinator}
    _broken(name, lambda: Handoff.objects.create(**(fields | values)))


def test_a_lead_is_offered_once_at_a_time(lead: Lead, coordinator: User, site_lead: User) -> None:
    def offer() -> None:
        Handoff.objects.create(
            lead=lead,
            sender=coordinator,
            receiver=site_lead,
            offered_at=MONDAY,
            accept_by=MONDAY + HOUR,
            context="Evenings",
        )

    offer()
    _broken("handoff_one_open", offer)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("leave_ends_later", {"ends_at": MONDAY}),
        ("leave_ended_was_begun_or_called_off", {"ended_at": MONDAY + HOUR}),
    ],
)
def test_a_leave_that_cannot_be_is_refused(
    coordinator: User, name: str, values: dict[str, Any]
) -> None:
    fields = {
        "user": coordinator,
        "starts_at": MONDAY,
        "ends_at": MONDAY + DAY,
        "recorded_at": MONDAY,
        "recorded_by": coordinator,
    }
    _broken(name, lambda: Leave.objects.create(**(fields | values)))


def test_a_study_at_a_site_has_one_cover_in_a_leave(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    leave = Leave.objects.create(
        user=coordinator,
        starts_at=MONDAY,
        ends_at=MONDAY + DAY,
        recorded_at=MONDAY,
        recorded_by=coordinator,
    )
    LeaveCover.objects.create(leave=leave, study_site=study_site, cover=site_lead)
    _broken(
        "leave_cover_once",
        lambda: LeaveCover.objects.create(leave=leave, study_site=study_site, cover=site_lead),
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [("alert_kind_is_known", {"kind": "gossip"}), ("alert_seen_at_and_by", {"seen_at": MONDAY})],
)
def test_an_alert_that_cannot_be_is_refused(
    study_site: StudySite, coordinator: User, name: str, values: dict[str, Any]
) -> None:
    fields = {
        "study_site": study_site,
        "kind": "leave",
        "about": coordinator,
        "leads": 1,
        "made_at": MONDAY,
    }
    _broken(name, lambda: Alert.objects.create(**(fields | values)))


def test_somebody_removed_cannot_sign_in(coordinator: User) -> None:
    _broken(
        "user_removed_is_not_active",
        lambda: User.objects.filter(pk=coordinator.pk).update(removed_at=MONDAY),
    )
