"""The database refuses escalations and rhythms that the services would not write (E1-E3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Digest, Escalation, StudySite
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel, EscalationState
from tests.factories.recruitment import MONDAY, make_lead

DAY = timedelta(days=1)
BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("escalation_level_is_known", {"level": "director"}),
    ("escalation_kind_is_known", {"kind": "mood"}),
    ("escalation_ended_has_time", {"ended_at": MONDAY + DAY}),
    ("escalation_ended_has_time", {"state": EscalationState.WITHDRAWN}),
    ("escalation_ended_has_time", {"state": "asleep"}),
    (
        "escalation_answered_has_outcome",
        {"state": EscalationState.ANSWERED, "ended_at": MONDAY + DAY},
    ),
    ("escalation_has_question", {"question": ""}),
]


@pytest.mark.parametrize(("name", "values"), BROKEN)
def test_an_escalation_that_cannot_be_is_refused(
    name: str, values: dict[str, Any], study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    usual = {
        "lead": make_lead(study_site),
        "level": EscalationLevel.SITE_LEAD,
        "kind": EscalationKind.WORKLOAD,
        "owner": site_lead,
        "due_at": MONDAY + DAY,
        "raised_at": MONDAY,
        "raised_by": coordinator,
        "question": "Who can take this?",
    }
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        Escalation.objects.create(**usual | values)
    Escalation.objects.create(**usual)  # the usual row is none that cannot be


def test_a_rhythm_that_nobody_knows_is_refused(coordinator: User) -> None:
    refused = pytest.raises(IntegrityError, match='"digest_rhythm_is_known"')
    with refused, transaction.atomic():
        Digest.objects.create(user=coordinator, rhythm="hourly")
    Digest.objects.create(user=coordinator)
