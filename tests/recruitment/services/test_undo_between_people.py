"""What an undo and a correction may not do where others are concerned (D21, H3, LC11, O5)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import HandoffState
from recruitment.services.corrections import correct_stage
from recruitment.services.handoffs import offer_handoff
from recruitment.services.leave import cancel_leave, record_leave
from recruitment.services.membership import suspend_user
from recruitment.services.moves import move_lead
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_member

AT = MONDAY + timedelta(hours=1)
LATER = AT + timedelta(minutes=30)
DAY = timedelta(days=1)


@pytest.fixture
def peer(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site)


def _close(lead: Lead, by: User) -> None:
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="pt_not_interested",
        by=by,
        at=AT,
        seen=lead.version,
    )
    lead.refresh_from_db()


def _undo_last(lead: Lead, by: User) -> None:
    last = lead.events.order_by("-seq").first()
    assert last is not None
    undo_action(action_id=last.action_id, by=by, at=LATER)


def test_a_hand_off_does_not_wait_again_for_somebody_who_left(
    lead: Lead, coordinator: User, peer: User, administrator: User
) -> None:
    handoff = offer_handoff(
        lead=lead, to=peer, context="Please go on.", by=coordinator, at=AT, seen=lead.version
    )
    _close(lead, coordinator)
    suspend_user(user=peer, by=administrator, at=AT)

    _undo_last(lead, coordinator)

    handoff.refresh_from_db()
    assert handoff.state == HandoffState.WITHDRAWN
    assert list(differences([lead])) == []


def test_the_end_of_a_leave_is_not_undone(
    lead: Lead, coordinator: User, peer: User, study_site: StudySite
) -> None:
    leave = record_leave(
        user=coordinator,
        starts_at=MONDAY,
        ends_at=MONDAY + 3 * DAY,
        covers={study_site: peer},
        by=coordinator,
        at=AT,
    )
    assert cancel_leave(leave=leave, by=coordinator, at=AT) == 1

    with pytest.raises(Refusal, match="end of a leave"):
        _undo_last(lead, coordinator)
    lead.refresh_from_db()
    assert lead.owner == coordinator


@pytest.mark.parametrize("days", [29, 31])
def test_a_close_of_long_ago_is_opened_again_by_a_site_lead_alone(
    days: int, lead: Lead, coordinator: User, site_lead: User
) -> None:
    _close(lead, coordinator)
    at = AT + days * DAY
    plan = Plan(ActionType.DECIDE_CLOSE, at + DAY)

    def correct(by: User) -> None:
        correct_stage(
            lead=lead,
            to=Stage.NEW_INQUIRY,
            reason="Wrong line.",
            by=by,
            at=at,
            seen=lead.version,
            plan=plan,
        )

    if days == 31:
        with pytest.raises(InvalidInput, match="more than 30 days ago; only a site lead"):
            correct(coordinator)
        correct(site_lead)
    else:
        correct(coordinator)
    lead.refresh_from_db()
    assert lead.stage == Stage.NEW_INQUIRY
