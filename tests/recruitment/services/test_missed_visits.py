"""A visit without a result an hour after its time is followed up (G6)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import Clock, Lead, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType
from recruitment.services.halting import end_halt, halt_study
from recruitment.services.missed_visits import plan_missed_visits
from recruitment.services.next_actions import set_next_action
from tests.factories.recruitment import make_lead
from tests.factories.stages import Steps, bring_to
from tests.recruitment.clocks_agree import check_agreement
from tests.recruitment.due_work import DAY, HOUR, call


@pytest.fixture
def visiting(study_site: StudySite, coordinator: User) -> Steps:
    """A lead whose visit is booked."""
    return bring_to(Stage.SCHEDULED, make_lead(study_site, owner=coordinator), coordinator)


def _visit_at(steps: Steps) -> datetime:
    at = Lead.objects.get(pk=steps.lead.pk).visit_at
    assert at is not None
    return at


def test_s34_an_hour_after_a_visit_without_a_result_its_follow_up_is_planned_within_4_hours(
    visiting: Steps,
) -> None:
    visit_at = _visit_at(visiting)
    assert plan_missed_visits(at=visit_at + HOUR - timedelta(seconds=1)) == 0

    assert plan_missed_visits(at=visit_at + HOUR) == 1

    action = visiting.lead.next_actions.get(ended_at=None)
    clock = Clock.objects.get(lead=visiting.lead, target=TargetKey.MISSED_VISIT)
    assert (action.type, action.due_at) == (ActionType.MISSED_VISIT, clock.due_at)
    assert action.due_at - visit_at <= timedelta(days=1)
    assert plan_missed_visits(at=visit_at + 2 * HOUR) == 0
    visiting.lead.refresh_from_db()
    assert visiting.lead.stage == Stage.SCHEDULED
    assert visiting.lead.visits.get().result == ""
    check_agreement([visiting.lead])


def test_a_promised_call_back_is_not_taken_away_for_a_missed_visit(
    visiting: Steps, coordinator: User
) -> None:
    visit_at = _visit_at(visiting)
    lead = visiting.lead
    plan = Plan(ActionType.CALL, visit_at + 3 * HOUR, is_promised=True)
    set_next_action(lead=lead, plan=plan, by=coordinator, at=visit_at - DAY, seen=lead.version)
    assert plan_missed_visits(at=visit_at + 2 * HOUR) == 0
    assert lead.next_actions.get(ended_at=None).is_promised


def test_a_follow_up_that_was_tried_is_not_planned_again(
    visiting: Steps, coordinator: User
) -> None:
    visit_at, lead = _visit_at(visiting), visiting.lead
    call(lead, coordinator, visit_at + HOUR + timedelta(minutes=5))
    assert plan_missed_visits(at=visit_at + 2 * HOUR) == 0
    check_agreement([lead])


def test_no_follow_up_is_planned_while_the_study_is_halted(
    visiting: Steps, site_lead: User
) -> None:
    visit_at = _visit_at(visiting)
    place = visiting.lead.study_site
    halt = halt_study(study_site=place, why="A question.", by=site_lead, at=visit_at - DAY)
    assert plan_missed_visits(at=visit_at + 2 * HOUR) == 0

    end_halt(halt=halt, resolution="It goes on.", by=site_lead, at=visit_at + DAY)
    assert plan_missed_visits(at=visit_at + 2 * DAY) == 1
