"""A lead that is taken back into work never sits with somebody who left meanwhile (O2, D22)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.corrections import correct_stage
from recruitment.services.membership import suspend_user
from recruitment.services.moves import move_lead
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_lead, make_member

AT = MONDAY + timedelta(hours=1)
LATER = AT + timedelta(minutes=30)
CALL = Plan(ActionType.CALL, AT + timedelta(days=1))


def _undo(lead: Lead, by: User) -> None:
    last = lead.events.order_by("-seq").first()
    assert last is not None
    undo_action(action_id=last.action_id, by=by, at=LATER)


def _correct(to: Stage) -> Callable[[Lead, User], None]:
    def correct(lead: Lead, by: User) -> None:
        correct_stage(lead=lead, to=to, reason="", by=by, at=LATER, seen=lead.version, plan=CALL)

    return correct


WAYS = {
    "undone": _undo,
    "corrected to where it stood": _correct(Stage.NEW_INQUIRY),
    "corrected to another stage": _correct(Stage.CONTACTED),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_close_taken_back_after_its_owner_was_suspended_leaves_the_lead_unowned(
    way: str, study_site: StudySite, site_lead: User, administrator: User
) -> None:
    gone = make_member(Role.COORDINATOR, study_site)
    lead = make_lead(study_site, owner=gone)
    close = {"to": Stage.CLOSED_OTHER, "reason": "pt_not_interested"}
    move_lead(lead=lead, by=site_lead, at=AT, seen=lead.version, **close)  # type: ignore[arg-type]
    suspend_user(user=gone, by=administrator, at=AT)
    lead.refresh_from_db()

    WAYS[way](lead, site_lead)

    lead.refresh_from_db()
    assert lead.stage != Stage.CLOSED_OTHER
    assert lead.owner is None
    assert lead.next_actions.get(ended_at__isnull=True).owner is None
    assert list(differences([lead])) == []
