"""The open next action: later and earlier, promised, completed (N3-N5, D18, D19)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadNote, NextAction, StudySite
from recruitment.queries.projection import differences
from recruitment.queries.push_backs import put_off_often
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.rules.work_codes import PushBack
from recruitment.services.moves import move_lead
from recruitment.services.next_actions import complete_action, set_next_action
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import MONDAY, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A = ActionType


@pytest.fixture
def plan_to(lead: Lead, coordinator: User) -> Callable[..., NextAction]:
    """Set the next action; the answer is the one that is open then."""

    def set_to(
        hours: float,
        push_back: PushBack | None = None,
        reason: str = "",
        *,
        type_: ActionType = A.ESCALATE,
        promised: bool = False,
        at: float = 1,
    ) -> NextAction:
        lead.refresh_from_db()
        set_next_action(
            lead=lead,
            plan=Plan(A.CALL if promised else type_, MONDAY + hours * HOUR, promised),
            push_back=push_back,
            reason=reason,
            by=coordinator,
            at=MONDAY + at * HOUR,
            seen=lead.version,
        )
        return _open(lead)

    return set_to


def _open(lead: Lead) -> NextAction:
    row: NextAction = lead.next_actions.get(ended_at=None)
    return row


def _attempt(lead: Lead, by: User, at: float, result: ContactResult, plan: Plan | None) -> None:
    lead.refresh_from_db()
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=result,
        plan=plan,
        by=by,
        at=MONDAY + at * HOUR,
        seen=lead.version,
    )


def test_earlier_is_free_and_later_needs_a_reason(plan_to: Callable[..., NextAction]) -> None:
    assert plan_to(3).push_backs == 0
    with pytest.raises(InvalidInput, match="Say why it is put off") as refusal:
        plan_to(30)
    assert refusal.value.field == "reason"
    with pytest.raises(InvalidInput, match="Say why it is put off"):
        plan_to(30, PushBack.POSTPONED)
    assert plan_to(30, PushBack.POSTPONED, "The day is full.").push_backs == 1


def test_what_the_person_asked_for_is_no_push_back(plan_to: Callable[..., NextAction]) -> None:
    assert plan_to(30, PushBack.ASKED).push_backs == 0
    assert plan_to(54, promised=True).push_backs == 0


def test_after_a_logged_contact_is_no_push_back_and_without_one_it_is_refused(
    plan_to: Callable[..., NextAction], lead: Lead, coordinator: User
) -> None:
    with pytest.raises(InvalidInput, match="No contact was logged") as refusal:
        plan_to(60, PushBack.AFTER_ATTEMPT)
    assert refusal.value.field == "push_back"

    _attempt(lead, coordinator, 1, ContactResult.NO_ANSWER, Plan(A.CALL, MONDAY + 5 * HOUR))

    assert plan_to(30, PushBack.AFTER_ATTEMPT, at=2).push_backs == 0
    with pytest.raises(InvalidInput, match="No contact was logged"):
        plan_to(60, PushBack.AFTER_ATTEMPT, at=3)


def test_a_contact_excuses_a_due_time_only_while_that_lies_ahead(
    plan_to: Callable[..., NextAction], lead: Lead, coordinator: User
) -> None:
    _attempt(lead, coordinator, 1, ContactResult.NO_ANSWER, Plan(A.CALL, MONDAY + 5 * HOUR))

    with pytest.raises(InvalidInput, match="No contact was logged"):
        plan_to(30, PushBack.AFTER_ATTEMPT, at=6)


def test_off_a_closed_day_is_no_push_back_and_off_an_open_one_it_is_refused(
    plan_to: Callable[..., NextAction],
) -> None:
    plan_to(2)
    with pytest.raises(InvalidInput, match="open on Mon 2 Mar"):
        plan_to(30, PushBack.CLOSED_DAY)
    plan_to(5 * 24, PushBack.ASKED)  # a Saturday

    assert plan_to(7 * 24, PushBack.CLOSED_DAY).push_backs == 0


def test_the_third_push_back_is_not_refused_but_listed_for_the_review(
    plan_to: Callable[..., NextAction], lead: Lead, study_site: StudySite
) -> None:
    for days in (2, 3):
        plan_to(days * 24, PushBack.POSTPONED, "The day is full.")
    assert put_off_often([study_site]) == []

    plan_to(4 * 24, PushBack.POSTPONED, "Full again.")

    (found,) = put_off_often([study_site])
    assert (found.number, found.times, found.action) == (lead.number, 3, A.ESCALATE)
    event = lead.events.filter(kind=EventKind.ACTION_CANCELED).latest("seq")
    assert event.reason_code == PushBack.POSTPONED
    assert LeadNote.objects.get(event=event).text == "Full again."


def test_a_push_back_renews_neither_last_action_nor_movement(
    plan_to: Callable[..., NextAction], lead: Lead, coordinator: User
) -> None:
    _attempt(lead, coordinator, 1, ContactResult.REACHED, Plan(A.CALL, MONDAY + 5 * HOUR))
    lead.refresh_from_db()
    before = (lead.last_action_at, lead.last_movement_at)

    plan_to(48, PushBack.POSTPONED, "The day is full.", at=3)

    lead.refresh_from_db()
    assert (lead.last_action_at, lead.last_movement_at) == before


def test_a_promise_gives_way_only_for_a_reason(plan_to: Callable[..., NextAction]) -> None:
    plan_to(30, promised=True)

    with pytest.raises(InvalidInput, match="replaces what was promised"):
        plan_to(20, type_=A.MESSAGE)
    assert plan_to(28, promised=True).is_promised  # she asked for another time
    assert not plan_to(20, reason="She wrote that a message will do.", type_=A.MESSAGE).is_promised


def test_a_promised_call_back_outlasts_other_work_until_a_contact_is_logged(
    plan_to: Callable[..., NextAction], lead: Lead, coordinator: User
) -> None:
    plan_to(30, promised=True)
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.AWAITING_PRESCREEN,
        plan=Plan(A.FINISH_PRESCREEN, MONDAY + 50 * HOUR),
        by=coordinator,
        at=MONDAY + 2 * HOUR,
        seen=lead.version,
    )
    assert _open(lead).is_promised

    done = Plan(A.FINISH_PRESCREEN, MONDAY + 50 * HOUR)
    _attempt(lead, coordinator, 30, ContactResult.REACHED, done)

    assert _open(lead).type == A.FINISH_PRESCREEN
    assert list(differences([lead])) == []


def _complete(lead: Lead, by: User, result: str = "The sponsor will answer on Friday.") -> None:
    lead.refresh_from_db()
    complete_action(
        lead=lead,
        result=result,
        plan=Plan(A.CALL, MONDAY + 30 * HOUR),
        by=by,
        at=MONDAY + 2 * HOUR,
        seen=lead.version,
    )


def test_completing_asks_for_the_result_and_sets_the_next_in_one_step(
    plan_to: Callable[..., NextAction], lead: Lead, coordinator: User
) -> None:
    plan_to(3, type_=A.ESCALATE)
    with pytest.raises(InvalidInput, match="Say what came of it") as refusal:
        _complete(lead, coordinator, " ")
    assert refusal.value.field == "result"

    _complete(lead, coordinator)

    lead.refresh_from_db()
    done = lead.events.get(kind=EventKind.ACTION_DONE)
    assert done.action_id == lead.events.latest("seq").action_id
    assert LeadNote.objects.get(event=done).text == "The sponsor will answer on Friday."
    assert (_open(lead).type, lead.last_action_at) == (A.CALL, MONDAY + 2 * HOUR)
    assert list(differences([lead])) == []


@pytest.mark.parametrize("type_", [A.CALL, A.MESSAGE, A.CONFIRM_VISIT, A.RECORD_VISIT])
def test_what_leaves_a_fact_of_its_own_is_not_just_done(
    type_: ActionType, plan_to: Callable[..., NextAction], lead: Lead, coordinator: User
) -> None:
    plan_to(3, type_=type_)

    with pytest.raises(InvalidInput, match="that completes this action"):
        _complete(lead, coordinator)


def test_a_call_for_the_permission_goes_to_somebody_else_and_is_done_with_words(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator, basis="missing")

    _complete(lead, coordinator, "The partner will ask her.")

    assert list(differences([lead])) == []
