"""Another call-back window counts at once for everybody who is in it (CD1, CD2, D17)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import StudySite
from recruitment.rules.cadence import DEFAULT
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.cadence_settings import publish_cadence
from recruitment.services.moves import move_lead
from tests.factories.recruitment import MONDAY, make_lead

AT = MONDAY + timedelta(hours=1)


@pytest.mark.parametrize("days", [5, 30])
def test_leads_without_response_turn_stale_by_the_window_that_was_published(
    days: int, study_site: StudySite, coordinator: User, administrator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    plan = Plan(ActionType.DECIDE_CLOSE, AT + timedelta(days=1))
    move_lead(lead=lead, to=Stage.NO_RESPONSE, by=coordinator, at=AT, seen=lead.version, plan=plan)

    publish_cadence(
        study_site.study, replace(DEFAULT, call_back_days=days), by=administrator, at=AT
    )

    lead.refresh_from_db()
    assert lead.stale_at == AT + timedelta(days=days)
