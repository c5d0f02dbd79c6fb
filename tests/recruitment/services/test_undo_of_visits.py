"""A visit that an undo or a correction brings back takes no slot that others have now (G7, D21)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import Role, StudySite, Visit
from recruitment.queries.projection import differences
from recruitment.queries.undo import actions_today, undoable_action
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory, VisitResult
from recruitment.services.closing import close_lead
from recruitment.services.corrections import correct_stage
from recruitment.services.reopening import reopen_lead
from recruitment.services.study_blockers import link_leads, open_study_blocker
from recruitment.services.undo import undo_action
from recruitment.services.visits import end_visit, offer_dates, reschedule_visit
from tests.factories.recruitment import make_lead, make_member
from tests.factories.stages import Steps, bring_to

VISIT_AT = datetime.fromisoformat("2026-03-11T15:00:00+00:00")  # a Wednesday, 11:00 in New York
WEEK = timedelta(weeks=1)
NO_ROOM = r"Since then lead {}.*the week of Mon 9 Mar 2026 has no place left\. {}"
VISIT_BACK = "The visit on Wed 11 Mar 11:00 cannot come back"
TIME_BACK = "The time kept on Wed 11 Mar 11:00 cannot come back"

Step = Callable[[Steps], None]


@pytest.fixture
def peer(one_a_week: StudySite) -> User:
    return make_member(Role.COORDINATOR, one_a_week)


@pytest.fixture
def booked(one_a_week: StudySite, coordinator: User) -> Steps:
    """A lead with the only visit of its week."""
    return _booked(one_a_week, coordinator)


def _ready(study_site: StudySite, by: User) -> Steps:
    return bring_to(Stage.READY_TO_SCHEDULE, make_lead(study_site), by)


def _booked(study_site: StudySite, by: User, **values: object) -> Steps:
    steps = _ready(study_site, by)
    steps.book(starts_at=VISIT_AT, **values)
    return steps


def _cancel(steps: Steps) -> None:
    end_visit(result=VisitResult.PATIENT_CANCELED, **steps.common())  # type: ignore[arg-type]


def _move_on(steps: Steps) -> None:
    reschedule_visit(starts_at=VISIT_AT + WEEK, **steps.common())  # type: ignore[arg-type]


def _close(steps: Steps) -> None:
    close_lead(code=CloseCode.PT_NOT_INTERESTED, **steps.common())  # type: ignore[arg-type]


def _offer(steps: Steps) -> None:
    plan = steps.plan()
    offer_dates(plan=plan, holds=[VISIT_AT], hold_until=VISIT_AT, **steps.common())  # type: ignore[arg-type]


def _undo(steps: Steps) -> None:
    last = steps.lead.events.order_by("-seq").first()
    assert last is not None
    undo_action(action_id=last.action_id, by=steps.by, at=steps.at + timedelta(minutes=30))
    steps.lead.refresh_from_db()


gave_it_up = pytest.mark.parametrize("gave_up", [_cancel, _move_on, _close])


@gave_it_up
def test_a_visit_does_not_come_back_where_another_was_booked_meanwhile(
    booked: Steps, peer: User, gave_up: Step
) -> None:
    gave_up(booked)
    other = _booked(booked.lead.study_site, peer)
    events = booked.lead.events.count()
    told = NO_ROOM.format(rf"{other.lead.number} was booked for Wed 11 Mar 11:00", VISIT_BACK)

    with pytest.raises(Refusal, match=told):
        _undo(booked)

    assert booked.lead.events.count() == events
    assert not booked.lead.visits.filter(result="", starts_at=VISIT_AT).exists()


@gave_it_up
def test_a_visit_does_not_come_back_where_its_time_is_offered_to_another(
    booked: Steps, peer: User, gave_up: Step
) -> None:
    gave_up(booked)
    other = _ready(booked.lead.study_site, peer)
    _offer(other)
    told = NO_ROOM.format(f"{other.lead.number} is offered Wed 11 Mar 11:00", VISIT_BACK)

    with pytest.raises(Refusal, match=told):
        _undo(booked)


@gave_it_up
def test_a_visit_comes_back_once_whoever_took_its_slot_gave_it_up_too(
    booked: Steps, peer: User, gave_up: Step
) -> None:
    gave_up(booked)
    _cancel(_booked(booked.lead.study_site, peer))

    _undo(booked)

    assert booked.lead.visits.get(result="").starts_at == VISIT_AT
    assert list(differences([booked.lead])) == []


def test_a_visit_that_a_colleagues_undo_brought_back_has_the_slot(
    booked: Steps, peer: User
) -> None:
    _cancel(booked)
    other = _booked(booked.lead.study_site, peer)
    _cancel(other)
    _undo(booked)

    with pytest.raises(Refusal, match=f"Since then lead {booked.lead.number} was booked"):
        _undo(other)


def test_a_week_that_was_full_all_along_takes_its_own_visit_back(
    booked: Steps, site_lead: User
) -> None:
    second = _booked(booked.lead.study_site, site_lead, override="The room is free twice.")
    _cancel(second)

    _undo(second)

    assert Visit.objects.filter(result="", starts_at=VISIT_AT).count() == 2


def test_what_is_kept_for_a_closed_lead_does_not_come_back_over_a_booking(
    one_a_week: StudySite, coordinator: User, peer: User
) -> None:
    steps = _ready(one_a_week, coordinator)
    _offer(steps)
    _close(steps)
    other = _booked(one_a_week, peer)

    with pytest.raises(Refusal, match=NO_ROOM.format(other.lead.number + " was booked", TIME_BACK)):
        _undo(steps)
    _cancel(other)
    _undo(steps)
    assert steps.lead.stage == Stage.READY_TO_SCHEDULE


def test_a_correction_brings_no_visit_back_over_a_booking(booked: Steps, peer: User) -> None:
    _cancel(booked)
    _booked(booked.lead.study_site, peer)

    with pytest.raises(Refusal, match=VISIT_BACK):
        correct_stage(to=Stage.SCHEDULED, reason="It stands.", **booked.common())  # type: ignore[arg-type]


def test_a_close_that_took_a_study_s_blocker_off_is_reopened_and_not_undone(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    steps = bring_to(Stage.CONTACTED, make_lead(study_site), coordinator)
    steps.common()
    blocker = open_study_blocker(
        study_site=study_site,
        category=BlockerCategory.SPONSOR_DECISION,
        by=site_lead,
        at=steps.at,
        review_by=steps.at + timedelta(days=2),
    ).blocker
    _close(steps)

    with pytest.raises(Refusal, match="Reopen the lead instead"):
        _undo(steps)
    (done, *_) = actions_today(coordinator, at=steps.at)
    assert "blocker of the whole study" in done.stays
    assert undoable_action(steps.lead, coordinator) is None

    reopen_lead(to=Stage.CONTACTED, plan=steps.plan(), **steps.common())  # type: ignore[arg-type]
    link_leads(blocker=blocker, leads=[steps.lead], by=coordinator, at=steps.at)
    assert steps.lead.blockers.filter(resolved_at=None).count() == 1
