"""Hand-offs: the sender stays accountable until somebody takes the lead over (H1-H5, D22)."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from recruitment.models import Handoff, HandoffStep, Lead, Role, StudySite
from recruitment.queries.handoffs import handoffs
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, LeadChanged, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import HandoffState, RemoteStep
from recruitment.services.handoffs import (
    Step,
    accept_handoff,
    accept_handoffs,
    decline_handoff,
    offer_handoff,
    return_handoff,
    withdraw_handoff,
)
from recruitment.services.leave import record_leave
from recruitment.services.membership import suspend_user
from recruitment.services.moves import move_lead
from recruitment.services.next_actions import set_next_action
from recruitment.services.reassigning import give_lead
from tests.factories.recruitment import MONDAY, make_lead, make_member

HOUR = timedelta(hours=1)


@pytest.fixture
def colleague(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Tom Ode")


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator)


def offer(lead: Lead, by: User, to: User, **values: Any) -> Handoff:
    lead.refresh_from_db()
    context = values.pop("context", "Wants evenings; the sister answers the phone.")
    at, seen = values.pop("at", MONDAY + HOUR), values.pop("seen", lead.version)
    return offer_handoff(lead=lead, to=to, context=context, by=by, at=at, seen=seen, **values)


def kinds(lead: Lead) -> list[str]:
    return list(lead.events.order_by("seq").values_list("kind", flat=True))


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


@pytest.mark.parametrize("first", ["accept", "decline", "withdraw"])
def test_whoever_answers_second_is_told(
    lead: Lead, coordinator: User, colleague: User, first: str
) -> None:
    row, at = offer(lead, coordinator, colleague), MONDAY + 2 * HOUR
    if first == "accept":
        accept_handoff(handoff=row, by=colleague, at=at)
    elif first == "decline":
        decline_handoff(handoff=row, reason="No", by=colleague, at=at)
    else:
        withdraw_handoff(handoff=row, by=coordinator, at=at)
    before = kinds(lead)

    with pytest.raises(LeadChanged, match="already"):
        accept_handoff(handoff=row, by=colleague, at=at)
    with pytest.raises(LeadChanged, match="already"):
        withdraw_handoff(handoff=row, by=coordinator, at=at)

    assert kinds(lead) == before


def test_a_returned_lead_goes_back_to_its_sender_or_to_unowned_if_she_left(
    study_site: StudySite, coordinator: User, colleague: User, administrator: User
) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(2)]
    rows = [offer(lead, coordinator, colleague) for lead in leads]
    accept_handoffs(handoffs=rows, by=colleague, at=MONDAY + 2 * HOUR)

    return_handoff(handoff=rows[0], reason="Speaks Portuguese", by=colleague, at=MONDAY + 3 * HOUR)
    suspend_user(user=coordinator, by=administrator, at=MONDAY + 4 * HOUR)
    return_handoff(handoff=rows[1], reason="The same", by=colleague, at=MONDAY + 5 * HOUR)

    owners = list(Lead.objects.order_by("pk").values_list("owner", flat=True))
    assert owners == [None, None]  # the first went back, and was freed with the suspension
    codes = leads[0].events.filter(kind="owner_set").order_by("seq").values_list("code", flat=True)
    assert list(codes) == ["route", "handoff", "handback", "release"]
    assert list(differences(list(Lead.objects.all()))) == []


def test_several_are_accepted_under_one_action_and_the_others_are_named(
    study_site: StudySite, coordinator: User, colleague: User
) -> None:
    rows = [
        offer(make_lead(study_site, owner=coordinator), coordinator, colleague) for _ in range(3)
    ]
    withdraw_handoff(handoff=rows[1], by=coordinator, at=MONDAY + 2 * HOUR)

    done = accept_handoffs(handoffs=rows, by=colleague, at=MONDAY + 3 * HOUR)

    assert [row.pk for row in done.taken] == [rows[0].pk, rows[2].pk]
    assert [(row.pk, "already" in why) for row, why in done.left] == [(rows[1].pk, True)]
    actions = {row.lead.events.last().action_id for row in done.taken}
    assert len(actions) == 1
    with pytest.raises(InvalidInput):
        accept_handoffs(handoffs=[], by=colleague, at=MONDAY + 3 * HOUR)


def test_an_open_hand_off_ends_when_the_lead_is_closed_or_given_to_somebody_else(
    study_site: StudySite, coordinator: User, colleague: User, site_lead: User
) -> None:
    closed, given = (make_lead(study_site, owner=coordinator) for _ in range(2))
    rows = [offer(lead, coordinator, colleague) for lead in (closed, given)]
    closed.refresh_from_db()

    move_lead(
        lead=closed,
        to=Stage.CLOSED_OTHER,
        by=coordinator,
        at=MONDAY + 2 * HOUR,
        seen=closed.version,
        reason=CloseCode.PT_NOT_INTERESTED,
    )
    give_lead(
        lead=given, to=site_lead, reason="Load", by=site_lead, at=MONDAY + 2 * HOUR, seen=None
    )

    for row in rows:
        row.refresh_from_db()
        assert row.state == HandoffState.WITHDRAWN
        with pytest.raises(Refusal):
            accept_handoff(handoff=row, by=colleague, at=MONDAY + 3 * HOUR)


def test_an_offer_to_somebody_suspended_is_withdrawn(
    lead: Lead, coordinator: User, colleague: User, administrator: User
) -> None:
    row = offer(lead, coordinator, colleague)

    suspend_user(user=colleague, by=administrator, at=MONDAY + 2 * HOUR)

    row.refresh_from_db()
    assert row.state == HandoffState.WITHDRAWN
    assert handoffs(coordinator, now=MONDAY + 3 * HOUR).from_me[0].handoff == row


def test_lists_cost_the_same_for_one_hand_off_and_for_six(
    study_site: StudySite, coordinator: User, colleague: User, count_queries: Any
) -> None:
    offer(make_lead(study_site, owner=coordinator), coordinator, colleague)
    one = count_queries(handoffs, colleague, now=MONDAY + 2 * HOUR)
    for _ in range(5):
        offer(make_lead(study_site, owner=coordinator), coordinator, colleague)

    assert count_queries(handoffs, colleague, now=MONDAY + 2 * HOUR) == one
    assert len(handoffs(colleague, now=MONDAY + 2 * HOUR).to_me) == 6


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_accepting_and_withdrawing_at_once_one_wins_and_the_other_is_told(
    transactional_db: None, study_site: StudySite, coordinator: User, colleague: User
) -> None:
    for _ in range(5):
        row = offer(make_lead(study_site, owner=coordinator), coordinator, colleague)
        start, told = Barrier(2), []

        def accept(row: Handoff = row, start: Barrier = start, told: list[str] = told) -> None:
            start.wait()
            _try(told, accept_handoff, handoff=row, by=colleague, at=MONDAY + 2 * HOUR)

        def withdraw(row: Handoff = row, start: Barrier = start, told: list[str] = told) -> None:
            start.wait()
            _try(told, withdraw_handoff, handoff=row, by=coordinator, at=MONDAY + 2 * HOUR)

        threads = [Thread(target=verb) for verb in (accept, withdraw)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(told) == 1
        row.refresh_from_db()
        owner = Lead.objects.get(pk=row.lead_id).owner
        assert owner == (colleague if row.state == HandoffState.ACCEPTED else coordinator)


def _try(told: list[str], verb: Any, **values: Any) -> None:
    try:
        verb(**values)
    except LeadChanged as refusal:
        told.append(str(refusal))
    finally:
        connection.close()
