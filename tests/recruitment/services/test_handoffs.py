"""Hand-offs: the sender stays accountable until somebody takes the lead over (H1-H5, D22)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import Handoff, HandoffStep, Lead, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import HandoffState, RemoteStep
from recruitment.services.handoffs import (
    Step,
    accept_handoff,
    decline_handoff,
    return_handoff,
    withdraw_handoff,
)
from recruitment.services.leave import record_leave
from recruitment.services.membership import suspend_user
from recruitment.services.next_actions import set_next_action
from tests.factories.recruitment import MONDAY, make_member
from tests.recruitment.services.handing import HOUR, kinds, offer


def test_an_offer_leaves_the_owner_and_waits_four_business_hours_of_the_site(
    lead: Lead, coordinator: User, colleague: User
) -> None:
    late = MONDAY + timedelta(hours=6, minutes=30)  # 16:30 in New York, half an hour to go

    row = offer(lead, coordinator, colleague, at=late)

    lead.refresh_from_db()
    assert lead.owner == coordinator
    assert row.accept_by == MONDAY + timedelta(days=1, hours=2, minutes=30)  # Tuesday 12:30
    assert kinds(lead)[-1] == "handoff_offered"
    assert list(differences([lead])) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"context": ""}, "context"),
        ({"context": " \n\t "}, "context"),
        ({"context": "x" * 2001}, "context"),
        ({"wanted": "x" * 301}, "wanted"),
        ({"promised": "x" * 301}, "promised"),
        ({"steps": [Step(RemoteStep.LAB, "A lab", "Monday", "", "Call again")]}, "steps"),
        ({"steps": [Step(RemoteStep.LAB, "A lab", "x" * 121, "555", "Call")]}, "steps"),
    ],
)
def test_an_offer_that_says_too_little_or_too_much_is_refused_and_nothing_is_written(
    lead: Lead, coordinator: User, colleague: User, values: dict[str, Any], field: str
) -> None:
    before = kinds(lead)

    with pytest.raises(InvalidInput) as refusal:
        offer(lead, coordinator, colleague, **values)

    assert refusal.value.field == field
    assert kinds(lead) == before
    assert not Handoff.objects.exists()


def test_only_the_owner_offers_and_only_to_somebody_who_works_there_and_is_there(
    lead: Lead,
    coordinator: User,
    colleague: User,
    outsider: User,
    reviewer: User,
    site_lead: User,
    study_site: StudySite,
) -> None:
    suspended = make_member(Role.COORDINATOR, study_site)
    suspend_user(user=suspended, by=site_lead, at=MONDAY)
    record_leave(
        user=colleague,
        starts_at=MONDAY,
        ends_at=MONDAY + timedelta(days=2),
        covers={study_site: coordinator},
        by=colleague,
        at=MONDAY,
    )
    for by, to in (
        (site_lead, colleague),
        (coordinator, coordinator),
        (coordinator, outsider),
        (coordinator, reviewer),
        (coordinator, suspended),
    ):
        with pytest.raises(InvalidInput):
            offer(lead, by, to)
    with pytest.raises(InvalidInput, match=r"on leave until .* Priya Raman covers here"):
        offer(lead, coordinator, colleague)

    assert not Handoff.objects.exists()


def test_a_second_open_hand_off_is_refused(
    lead: Lead, coordinator: User, colleague: User, site_lead: User
) -> None:
    offer(lead, coordinator, colleague)

    with pytest.raises(InvalidInput, match="offered already"):
        offer(lead, coordinator, site_lead)


def test_accepting_carries_owner_and_next_action_with_its_due_time(
    lead: Lead, coordinator: User, colleague: User
) -> None:
    due_at = MONDAY + timedelta(days=3)
    plan = Plan(ActionType.CALL, due_at, is_promised=True)
    lead.refresh_from_db()
    set_next_action(lead=lead, plan=plan, by=coordinator, at=MONDAY, seen=lead.version)
    row = offer(lead, coordinator, colleague, promised="A call on Thursday")

    accept_handoff(handoff=row, by=colleague, at=MONDAY + 2 * HOUR)

    lead.refresh_from_db()
    row.refresh_from_db()
    action = lead.next_actions.get(ended_at__isnull=True)
    assert (lead.owner, action.owner) == (colleague, colleague)
    assert (action.due_at, action.is_promised) == (due_at, True)
    assert row.state == HandoffState.ACCEPTED
    assert lead.events.last().code == "handoff"  # type: ignore[union-attr]
    assert list(differences([lead])) == []


def test_steps_outside_the_site_go_with_it(lead: Lead, coordinator: User, colleague: User) -> None:
    step = Step(RemoteStep.COURIER, "Blue van", "Tuesdays 9 to 11", "555 0100", "Book Thursday")

    row = offer(lead, coordinator, colleague, steps=[step])

    kept = HandoffStep.objects.get(handoff=row)
    assert (kept.kind, kept.recovery) == ("courier", "Book Thursday")


def test_declining_and_returning_need_a_reason_and_withdrawing_is_the_senders(
    lead: Lead, coordinator: User, colleague: User
) -> None:
    row = offer(lead, coordinator, colleague)
    for verb in (decline_handoff, return_handoff):
        with pytest.raises(InvalidInput):
            verb(handoff=row, reason="  ", by=colleague, at=MONDAY + 2 * HOUR)
    with pytest.raises(InvalidInput):
        withdraw_handoff(handoff=row, by=colleague, at=MONDAY + 2 * HOUR)
    with pytest.raises(InvalidInput):
        accept_handoff(handoff=row, by=coordinator, at=MONDAY + 2 * HOUR)

    decline_handoff(handoff=row, reason="Away on Friday.", by=colleague, at=MONDAY + 2 * HOUR)

    lead.refresh_from_db()
    row.refresh_from_db()
    assert lead.owner == coordinator
    assert (row.state, row.answer) == (HandoffState.DECLINED, "Away on Friday.")
