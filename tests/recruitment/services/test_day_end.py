"""The rest of a day moved to the next one: each lead by D19, promises never."""

from datetime import datetime, timedelta

import pytest
from django.db.models import F

from accounts.models import User
from recruitment.models import Holiday, Lead, LeadEvent, NextAction, Site, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.rules.work_codes import PushBack
from recruitment.services.day_end import PROMISED, Moved, Row, move_to_next_day
from recruitment.services.next_actions import set_next_action
from recruitment.services.outreach import log_outreach
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_lead

EVENING = MONDAY.replace(hour=21, minute=45)  # 16:45 in New York
MORNING = MONDAY.replace(hour=14) + timedelta(days=1)  # 9:00 on Tuesday
WHY = "No time left"


def due(lead: Lead, by: User, plan: Plan, *, at: datetime = MONDAY) -> None:
    """Give the lead this next action."""
    lead.refresh_from_db()
    set_next_action(
        lead=lead,
        plan=plan,
        by=by,
        at=at,
        seen=lead.version,
        push_back=PushBack.ASKED,
        reason="as agreed",
    )
    lead.refresh_from_db()


def action_of(lead: Lead) -> NextAction:
    return NextAction.objects.get(lead=lead, ended_at__isnull=True)


def asked(lead: Lead, to: datetime = MORNING) -> Moved:
    return Moved(lead, lead.version, Plan(ActionType(action_of(lead).type), to))


def moved(by: User, *leads: Lead, only_look: bool = False, to: datetime = MORNING) -> list[Row]:
    rows = [asked(lead, to) for lead in leads]
    return move_to_next_day(rows=rows, reason=WHY, by=by, at=EVENING, only_look=only_look)


def test_each_lead_is_put_off_counted_and_told_why(
    study_site: StudySite, coordinator: User
) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(2)]
    for lead in leads:
        due(lead, coordinator, Plan(ActionType.CALL, MONDAY + timedelta(hours=4)))

    rows = moved(coordinator, *leads)

    assert [(row.why, row.code, row.times) for row in rows] == [("", PushBack.POSTPONED, 1)] * 2
    for lead in leads:
        assert (action_of(lead).due_at, action_of(lead).push_backs) == (MORNING, 1)
        ended = LeadEvent.objects.filter(lead=lead, kind=EventKind.ACTION_CANCELED).latest("seq")
        assert (ended.reason_code, ended.notes.get().text) == (PushBack.POSTPONED, WHY)


def test_a_look_writes_nothing_and_answers_the_same(lead: Lead, coordinator: User) -> None:
    due(lead, coordinator, Plan(ActionType.CALL, MONDAY + timedelta(hours=4)))
    version = lead.version

    looked = moved(coordinator, lead, only_look=True)
    lead.refresh_from_db()
    assert lead.version == version
    done = moved(coordinator, lead)

    assert [(row.why, row.code, row.times) for row in looked] == [
        (row.why, row.code, row.times) for row in done
    ]


def test_a_promised_call_is_never_moved(study_site: StudySite, coordinator: User) -> None:
    promised, plain = (make_lead(study_site, owner=coordinator) for _ in range(2))
    at = MONDAY + timedelta(hours=4)
    due(promised, coordinator, Plan(ActionType.CALL, at, is_promised=True))
    due(plain, coordinator, Plan(ActionType.CALL, at))

    rows = moved(coordinator, promised, plain)

    assert [row.why for row in rows] == [PROMISED, ""]
    assert (action_of(promised).due_at, action_of(plain).due_at) == (at, MORNING)


def test_after_a_contact_it_is_no_push_back(lead: Lead, coordinator: User) -> None:
    due(lead, coordinator, Plan(ActionType.REVIEW_PRESCREEN, MONDAY + timedelta(hours=3)))
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        plan=Plan(ActionType.CALL, MONDAY + timedelta(hours=8)),  # still ahead
        by=coordinator,
        at=MONDAY + timedelta(hours=2),
        seen=lead.version,
    )
    lead.refresh_from_db()

    (row,) = moved(coordinator, lead)

    assert (row.why, row.code, row.times) == ("", PushBack.AFTER_ATTEMPT, 0)


def test_off_a_closed_day_it_is_no_push_back(
    study_site: StudySite, lead: Lead, coordinator: User
) -> None:
    due(lead, coordinator, Plan(ActionType.REVIEW_PRESCREEN, MONDAY + timedelta(hours=3)))
    Holiday.objects.create(site=study_site.site, on=MONDAY.date(), name="Founders' day")
    Site.objects.filter(pk=study_site.site_id).update(calendar_version=F("calendar_version") + 1)
    lead.refresh_from_db()

    (row,) = moved(coordinator, lead)

    assert (row.why, row.code, row.times) == ("", PushBack.CLOSED_DAY, 0)


def test_the_third_time_is_counted_and_not_refused(lead: Lead, coordinator: User) -> None:
    due(lead, coordinator, Plan(ActionType.REVIEW_PRESCREEN, MONDAY + timedelta(hours=3)))
    for days in range(3):
        lead.refresh_from_db()
        (row,) = moved(coordinator, lead, to=MORNING + timedelta(days=days))

    assert (row.why, row.times) == ("", 3)


def test_what_a_colleague_changed_meanwhile_is_left_and_named(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    first, second = (make_lead(study_site, owner=coordinator) for _ in range(2))
    for lead in (first, second):
        due(lead, coordinator, Plan(ActionType.REVIEW_PRESCREEN, MONDAY + timedelta(hours=3)))
    rows = [asked(first), asked(second)]
    due(second, site_lead, Plan(ActionType.REVIEW_PRESCREEN, MONDAY + timedelta(hours=2)))

    found = move_to_next_day(rows=rows, reason=WHY, by=coordinator, at=EVENING)

    assert found[0].why == ""
    assert "Ana Lead" in found[1].why


def test_one_undo_takes_all_back(study_site: StudySite, coordinator: User) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(2)]
    before = MONDAY + timedelta(hours=3)
    for lead in leads:
        due(lead, coordinator, Plan(ActionType.REVIEW_PRESCREEN, before))
    moved(coordinator, *leads)
    action_id = LeadEvent.objects.filter(lead=leads[0]).latest("seq").action_id

    undo_action(action_id=action_id, by=coordinator, at=EVENING + timedelta(minutes=1))

    assert [action_of(lead).due_at for lead in leads] == [before, before]


def test_it_needs_leads_a_reason_and_a_later_time(lead: Lead, coordinator: User) -> None:
    due(lead, coordinator, Plan(ActionType.REVIEW_PRESCREEN, MORNING + timedelta(days=9)))
    row = asked(lead)
    for rows, reason in (([], WHY), ([row], " "), ([row] * 101, WHY)):
        with pytest.raises(InvalidInput):
            move_to_next_day(rows=rows, reason=reason, by=coordinator, at=EVENING)

    (found,) = move_to_next_day(rows=[row], reason=WHY, by=coordinator, at=EVENING)
    assert found.why == (
        "Its next action is due only on Thu 12 Mar 2026, 10:00;"
        " Tue 3 Mar 2026, 09:00 would bring it forward."
    )
    (same,) = moved(coordinator, lead, to=MORNING + timedelta(days=9))
    assert same.why == "Its next action is due on Thu 12 Mar 2026, 10:00 already."
