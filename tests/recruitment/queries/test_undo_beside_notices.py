"""What a job notes on a lead stands in no undo's way (D21)."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from recruitment.models import StudySite
from recruitment.queries.undo import actions_today, undoable_action
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import ActionType
from recruitment.services.breaches import flag_breaches
from recruitment.services.next_actions import set_next_action
from tests.factories.recruitment import make_lead


def test_my_action_can_be_undone_after_a_notice_about_a_missed_target(
    study_site: StudySite, coordinator: User
) -> None:
    now = timezone.now()
    lead = make_lead(study_site, owner=coordinator)
    set_next_action(
        lead=lead,
        plan=Plan(ActionType.CALL, now + timedelta(days=1)),
        reason="She asked for it.",
        by=coordinator,
        at=now,
        seen=lead.version,
    )
    lead.refresh_from_db()
    mine = undoable_action(lead, coordinator)
    assert mine is not None

    assert flag_breaches(at=timezone.now())

    lead.refresh_from_db()
    assert undoable_action(lead, coordinator) == mine
    [done] = [each for each in actions_today(coordinator, at=now) if each.action_id == mine]
    assert done.stays == ""
