"""How hand-offs end: several at once, by a close, by a race, by somebody who left (H3-H5)."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from recruitment.models import Handoff, Lead, StudySite
from recruitment.queries.handoffs import handoffs
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput, LeadChanged, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import HandoffState
from recruitment.services.handoffs import (
    accept_handoff,
    accept_handoffs,
    decline_handoff,
    return_handoff,
    withdraw_handoff,
)
from recruitment.services.membership import suspend_user
from recruitment.services.moves import move_lead
from recruitment.services.reassigning import give_lead
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.services.handing import HOUR, kinds, offer


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
