"""Jobs propose to close, and count each day; they close nothing (LC12, CD2, ST2)."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import DayCount, Lead, LeadEvent, NextAction, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services import proposals as proposals_service
from recruitment.services.day_counts import count_the_day
from recruitment.services.next_actions import set_next_action
from recruitment.services.proposals import propose_closing
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead
from tests.factories.stages import bring_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WINDOW = timedelta(days=14)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A lead in No response, with the decision as its next action."""
    lead = make_lead(study_site, owner=coordinator)
    bring_to(Stage.NO_RESPONSE, lead, coordinator)
    plan_next(lead, coordinator, Plan(ActionType.DECIDE_CLOSE, lead.stage_entered_at + WINDOW))
    return lead


def plan_next(lead: Lead, by: User, plan: Plan) -> None:
    lead.refresh_from_db()
    at = lead.stage_entered_at + HOUR
    set_next_action(lead=lead, plan=plan, reason="As agreed.", by=by, at=at, seen=lead.version)
    lead.refresh_from_db()


def window_end(lead: Lead) -> datetime:
    return lead.stage_entered_at + WINDOW


def proposals(lead: Lead) -> list[LeadEvent]:
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    assert lead.stage == Stage.NO_RESPONSE
    return list(LeadEvent.objects.filter(lead=lead, kind=EventKind.CLOSE_PROPOSED))


def test_closing_is_proposed_once_when_the_call_back_window_is_over(lead: Lead) -> None:
    end = window_end(lead)
    assert propose_closing(at=end - HOUR) == 0
    assert proposals(lead) == []

    assert propose_closing(at=end + HOUR) == 1
    [event] = proposals(lead)
    assert (event.actor, event.occurred_at, event.due_at) == (None, end, end)
    assert propose_closing(at=end + HOUR) == 0
    assert propose_closing(at=end + 40 * DAY) == 0
    assert len(proposals(lead)) == 1


def test_what_was_planned_gives_way_to_the_decision_and_no_deadline_moves(
    lead: Lead, coordinator: User
) -> None:
    due_at = window_end(lead) + 2 * DAY
    plan_next(lead, coordinator, Plan(ActionType.CALL, due_at))
    assert propose_closing(at=due_at - HOUR) == 0  # on plan

    assert propose_closing(at=due_at + HOUR) == 1
    action = NextAction.objects.get(lead=lead, ended_at__isnull=True)
    assert (action.type, action.due_at) == (ActionType.DECIDE_CLOSE, due_at)
    assert action.owner == coordinator
    [event] = proposals(lead)
    assert event.due_at == due_at == lead.stale_at
    assert propose_closing(at=due_at + 2 * HOUR) == 0


def test_what_was_promised_is_never_taken_back_by_a_job(lead: Lead, coordinator: User) -> None:
    promised = Plan(ActionType.CALL, window_end(lead) + DAY, is_promised=True)
    plan_next(lead, coordinator, promised)
    assert propose_closing(at=window_end(lead) + 10 * DAY) == 0
    assert proposals(lead) == []


def test_another_stage_another_site_and_a_time_to_come_are_left_alone(
    lead: Lead, study_site: StudySite, coordinator: User
) -> None:
    other = make_lead(study_site, owner=coordinator)
    at = window_end(lead) + 30 * DAY
    assert propose_closing(at=at, study_sites=[study_site.pk + 1]) == 0
    assert propose_closing(at=at) == 1
    assert not LeadEvent.objects.filter(lead=other, kind=EventKind.CLOSE_PROPOSED).exists()
    with pytest.raises(InvalidInput, match="future"):
        propose_closing(at=datetime.now(tz=MONDAY.tzinfo) + DAY)


def test_a_run_beside_another_waits_for_nobody_and_proposes_nothing_twice(
    study_site: StudySite, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recruitment.services.proposals.BATCH", 2)
    leads = [make_lead(study_site, owner=coordinator) for _ in range(5)]
    for lead in leads:
        bring_to(Stage.NO_RESPONSE, lead, coordinator)
    at = MONDAY + 60 * DAY
    assert propose_closing(at=at) == 5
    assert propose_closing(at=at) == 0
    assert [len(proposals(lead)) for lead in leads] == [1] * 5


def test_a_run_that_looked_before_another_wrote_proposes_nothing_twice(
    lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = window_end(lead) + HOUR
    assert propose_closing(at=at) == 1
    looks = iter([Lead.objects.filter(pk=lead.pk)])  # what it saw before the other committed
    seen_now = proposals_service._over
    monkeypatch.setattr(
        proposals_service, "_over", lambda at, places: next(looks, seen_now(at, places))
    )
    assert propose_closing(at=at) == 0
    assert len(proposals(lead)) == 1


def test_a_day_is_counted_once_by_the_sites_own_clock(
    lead: Lead, study_site: StudySite, coordinator: User
) -> None:
    west = StudySiteFactory(site__time_zone="America/Los_Angeles")
    make_lead(study_site, owner=coordinator)
    midnight = datetime(2026, 3, 6, 5, 0, tzinfo=MONDAY.tzinfo)  # Friday 00:00 in New York

    assert count_the_day(at=midnight - 2 * DAY, study_sites=[study_site.pk]) == 1
    assert count_the_day(at=midnight - HOUR) == 2
    assert count_the_day(at=midnight) == 1  # in the west Thursday goes on
    assert count_the_day(at=midnight + HOUR) == 0

    rows = {(row.study_site_id, row.on): row for row in DayCount.objects.all()}
    assert set(rows) == {
        *((study_site.pk, date(2026, 3, day)) for day in (3, 4, 5)),
        (west.pk, date(2026, 3, 4)),
    }
    thursday = rows[study_site.pk, date(2026, 3, 5)]
    assert (thursday.open, thursday.stale, thursday.at_risk, thursday.call_back) == (2, 1, 0, 1)
    tuesday = rows[study_site.pk, date(2026, 3, 3)]
    assert (tuesday.stale, tuesday.at_risk) == (0, 1)  # the other lead may rest two days
    empty = rows[west.pk, date(2026, 3, 4)]
    assert (empty.open, empty.stale, empty.at_risk, empty.call_back) == (0, 0, 0, 0)


def test_a_site_that_is_not_active_yet_is_not_counted(study_site: StudySite) -> None:
    study_site.activated_at = MONDAY + DAY
    study_site.save()
    assert count_the_day(at=MONDAY) == 0
    assert count_the_day(at=MONDAY + 2 * DAY, study_sites=[study_site.pk]) == 1
