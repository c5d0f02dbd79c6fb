"""Stale reviews, escalations, counts and digests that cannot be are refused, by name."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import DayCount, Digest, Escalation, Lead, StaleReview, StudySite
from recruitment.rules.recovery_codes import (
    DigestRhythm,
    EscalationKind,
    EscalationLevel,
    EscalationState,
    PatientReason,
    ProcessReason,
    RecoveryOutcome,
)
from tests.factories.recruitment import MONDAY, make_lead

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    made: Lead = make_lead(study_site)
    return made


def broken(name: str, model: Any, **values: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.create(**values)


def review(lead: Lead, by: User, **values: Any) -> dict[str, Any]:
    row = {
        "lead": lead,
        "stale_at": MONDAY,
        "patient_reason": PatientReason.NO_RESPONSE,
        "process_reason": ProcessReason.BURIED,
        "outcome": RecoveryOutcome.RECONTACT,
        "reviewed_at": MONDAY,
        "reviewed_by": by,
        "recover_by": MONDAY + HOUR,
    }
    return row | values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("stale_review_patient_reason", {"patient_reason": ""}),
        ("stale_review_process_reason", {"process_reason": ""}),
        ("stale_review_outcome", {"outcome": "wait"}),
        ("stale_review_recovers_by", {"recover_by": MONDAY}),
        ("stale_review_recovers_by", {"recover_by": None}),
    ],
)
def test_a_stale_review_that_cannot_be_is_refused(
    lead: Lead, coordinator: User, name: str, values: dict[str, Any]
) -> None:
    broken(name, StaleReview, **review(lead, coordinator, **values))


@pytest.mark.parametrize("outcome", RecoveryOutcome)
def test_only_a_close_has_no_day_to_recover_by(
    lead: Lead, coordinator: User, outcome: RecoveryOutcome
) -> None:
    StaleReview.objects.create(**review(lead, coordinator, outcome=outcome))
    late = review(lead, coordinator, outcome=outcome, recover_by=None)
    if outcome == RecoveryOutcome.CLOSE:
        StaleReview.objects.create(**late)
    else:
        broken("stale_review_recovers_by", StaleReview, **late)


def escalation(lead: Lead, by: User, **values: Any) -> dict[str, Any]:
    row = {
        "lead": lead,
        "level": EscalationLevel.SITE_LEAD,
        "kind": EscalationKind.WORKLOAD,
        "owner": by,
        "due_at": MONDAY + HOUR,
        "raised_at": MONDAY,
        "raised_by": by,
        "question": "Who takes this one?",
    }
    return row | values


ANSWERED = {"state": EscalationState.ANSWERED, "ended_at": MONDAY, "outcome": "Priya does."}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("escalation_level_is_known", {"level": "ministry"}),
        ("escalation_kind_is_known", {"kind": "weather"}),
        ("escalation_ended_has_time", {"state": "lost"}),
        ("escalation_ended_has_time", {"ended_at": MONDAY}),
        ("escalation_ended_has_time", ANSWERED | {"ended_at": None}),
        ("escalation_ended_has_time", {"state": EscalationState.WITHDRAWN}),
        ("escalation_answered_has_outcome", ANSWERED | {"outcome": ""}),
        ("escalation_has_question", {"question": ""}),
    ],
)
def test_an_escalation_that_cannot_be_is_refused(
    lead: Lead, coordinator: User, name: str, values: dict[str, Any]
) -> None:
    Escalation.objects.create(**escalation(lead, coordinator, **ANSWERED))
    broken(name, Escalation, **escalation(lead, coordinator, **values))


def counted(study_site: StudySite, **values: Any) -> dict[str, Any]:
    row = {
        "study_site": study_site,
        "on": date(2026, 3, 2),
        "counted_at": MONDAY,
        "open": 3,
        "stale": 1,
        "at_risk": 2,
        "call_back": 0,
    }
    return row | values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("day_count_once", {}),
        ("day_count_parts_of_open", {"on": date(2026, 3, 3), "at_risk": 3}),
        ("day_count_parts_of_open", {"on": date(2026, 3, 3), "stale": 2}),
    ],
)
def test_a_count_of_a_day_that_cannot_be_is_refused(
    study_site: StudySite, name: str, values: dict[str, Any]
) -> None:
    DayCount.objects.create(**counted(study_site))
    broken(name, DayCount, **counted(study_site, **values))


def test_a_digest_that_cannot_be_is_refused(coordinator: User) -> None:
    broken("digest_rhythm_is_known", Digest, user=coordinator, rhythm="hourly")
    Digest.objects.create(user=coordinator, rhythm=DigestRhythm.OFF)
    broken("user_id", Digest, user=coordinator)
