"""Several leads at once, in the services: sent twice, undone in parts, never more than asked."""

import uuid
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadEvent, NextAction, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services.day_end import VISIT_BEFORE
from recruitment.services.notes import add_note
from recruitment.services.one_by_one import MOST_LEADS, Done, Seen, one_by_one
from recruitment.services.several import (
    ONE_BY_ONE,
    assign_several,
    close_several,
    snooze_several,
)
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_enquirer, make_lead, make_member
from tests.factories.stages import bring_to

HOUR = timedelta(hours=1)


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return [make_lead(study_site, owner=coordinator, enquirer=make_enquirer(n)) for n in range(3)]


def seen(leads: list[Lead]) -> list[Seen]:
    return [Seen(lead, lead.version) for lead in leads]


def fresh(leads: list[Lead]) -> list[Lead]:
    for lead in leads:
        lead.refresh_from_db()
    assert list(differences(leads)) == []
    return leads


def close(leads: list[Seen], by: User, key: uuid.UUID, *, only_look: bool = False) -> list[Done]:
    return close_several(
        leads=leads,
        code=CloseCode.PT_NOT_INTERESTED,
        by=by,
        at=MONDAY + HOUR,
        note="Said so",
        only_look=only_look,
        action_id=key,
    )


def test_a_look_writes_nothing_and_says_what_the_deed_would(
    leads: list[Lead], coordinator: User
) -> None:
    before = LeadEvent.objects.count()
    add_note(lead=leads[1], text="Meanwhile", by=coordinator, at=MONDAY)
    asked, key = seen(leads), uuid.uuid4()
    looked = close(asked, coordinator, key, only_look=True)
    assert LeadEvent.objects.count() == before + 1
    done = close(asked, coordinator, key)

    assert looked == done
    assert [row.is_changed for row in done] == [False, True, False]
    assert [lead.stage in CLOSED for lead in fresh(leads)] == [True, False, True]


def test_the_same_sent_twice_is_done_once_and_told_as_done(
    leads: list[Lead], coordinator: User
) -> None:
    asked, key = seen(leads), uuid.uuid4()
    first = close(asked, coordinator, key)
    written = LeadEvent.objects.count()
    again = close(asked, coordinator, key)
    other = close(asked, coordinator, uuid.uuid4())

    assert first == again
    assert LeadEvent.objects.count() == written
    assert all(row.is_changed for row in other)


def test_what_was_undone_since_is_not_told_as_done(leads: list[Lead], coordinator: User) -> None:
    asked, key = seen(leads), uuid.uuid4()
    close(asked, coordinator, key)
    undo_action(action_id=key, by=coordinator, at=MONDAY + 2 * HOUR, only=leads[1])

    again = close(asked, coordinator, key)

    assert [row.is_changed for row in again] == [False, True, False]
    assert [lead.stage in CLOSED for lead in fresh(leads)] == [True, False, True]


def test_the_confirmation_of_a_visit_is_not_put_off_until_after_it(
    leads: list[Lead], coordinator: User
) -> None:
    steps = bring_to(Stage.SCHEDULED, leads[0], coordinator)
    (lead,) = fresh(leads[:1])
    row = NextAction.objects.get(lead=lead, ended_at__isnull=True)
    assert row.type == ActionType.CONFIRM_VISIT
    assert lead.visit_at is not None
    values = {"push_back": PushBack.POSTPONED, "reason": "Away", "by": coordinator, "at": steps.at}

    for due_at, why in ((lead.visit_at, VISIT_BEFORE), (lead.visit_at - HOUR, "")):
        plan = Plan(ActionType.CONFIRM_VISIT, due_at)
        (done,) = snooze_several(leads=[(Seen(lead, lead.version), plan)], only_look=True, **values)
        assert done.why == why


def test_part_of_an_action_is_undone_and_then_the_rest(
    leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    ben = make_member(Role.COORDINATOR, leads[0].study_site, name="Ben")
    key = uuid.uuid4()
    assign_several(
        leads=seen(leads), to=ben, reason="Leave", by=site_lead, at=MONDAY + HOUR, action_id=key
    )
    stranger = make_lead(leads[0].study_site, enquirer=make_enquirer(9))
    values = {"action_id": key, "by": site_lead, "at": MONDAY + 2 * HOUR}

    undo_action(only=leads[1], **values)
    assert [lead.owner for lead in fresh(leads)] == [ben, coordinator, ben]
    for only in (leads[1], stranger):
        with pytest.raises(Refusal):
            undo_action(only=only, **values)
    undo_action(**values)
    assert {lead.owner for lead in fresh(leads)} == {coordinator}
    with pytest.raises(Refusal, match="undone or voided already"):
        undo_action(**values)


@pytest.mark.parametrize("code", sorted(ONE_BY_ONE))
def test_what_is_said_of_one_person_is_not_said_of_several(
    code: CloseCode, leads: list[Lead], coordinator: User
) -> None:
    with pytest.raises(InvalidInput, match="own page"):
        close_several(leads=seen(leads), code=code, by=coordinator, at=MONDAY + HOUR)


def test_none_and_too_many_are_refused(leads: list[Lead]) -> None:
    def never(row: Seen, action_id: uuid.UUID) -> None:
        raise AssertionError("not called")

    with pytest.raises(InvalidInput, match="at least one"):
        one_by_one([], never)
    with pytest.raises(InvalidInput, match="At most 200"):
        one_by_one(seen(leads[:1]) * (MOST_LEADS + 1), never)
