"""Somebody who asks, about another study, not to be contacted is let go of in this one as well."""

from random import Random
from typing import Any
from unittest.mock import Mock

import pytest

from recruitment.demo import lives
from recruitment.demo.cases import Case, Story, WayEnds
from recruitment.demo.desks import DAY, HOUR, Desk, Worker
from recruitment.demo.lives import until_let_go
from recruitment.demo.people import Member
from recruitment.models import Blocker, Lead, OutreachAttempt, Role
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import ActionType, BlockerCategory, ContactResult
from recruitment.services.blockers import open_blocker
from recruitment.services.opt_outs import opt_out
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """A lead in the hands of the one who owns it, on Tuesday."""
    place = StudySiteFactory()
    owner, enquirer = make_member(Role.COORDINATOR, place), make_enquirer(1)
    values: dict[str, Any] = dict.fromkeys(
        ("plan", "study_site", "sources", "team", "delegated", "workers", "lead", "half")
    )
    desk = Desk(**values, calendar=BusinessCalendar(place.site.time_zone), now=MONDAY + 9 * DAY)
    made = Case(
        arrival=Mock(desk=desk, known_at=MONDAY, received_at=MONDAY, channel=Mock(wording="")),
        enquirer=enquirer,
        lead_number="",
        once_key="",
        rng=Random(7),
        worker=Worker(owner, Member("ada", "Ada Sample", Role.COORDINATOR)),
    )
    made.lead = make_lead(place, owner=owner, enquirer=enquirer)
    made.now = MONDAY + DAY + 2 * HOUR
    return made


def asks_elsewhere(case: Case) -> None:
    """The same person asks for no contact at all, about her lead in another study."""
    place = StudySiteFactory(site=case.lead.study_site.site)
    by = make_member(Role.COORDINATOR, place)
    other = make_lead(
        place, owner=by, source=SourceFactory(study=place.study), person=case.lead.person
    )
    opt_out(
        lead=other,
        how="by telephone",
        scope=Scope.ORGANISATION,
        by=by,
        at=MONDAY + DAY,
        seen=Lead.objects.get(pk=other.pk).version,
    )


def plans_a_call(case: Case) -> Story:
    yield case.now
    review_by = case.desk.days(case.now, 3)
    case.act(
        open_blocker,
        category=BlockerCategory.PATIENT_DECIDING,
        review_by=review_by,
        plan=Plan(ActionType.CALL, review_by),
    )


def makes_a_call(case: Case) -> Story:
    yield case.now
    case.contact(ContactResult.NO_ANSWER, case.plan(ActionType.CALL, 1))


@pytest.mark.parametrize("story", [plans_a_call, makes_a_call])
def test_a_refused_contact_or_plan_for_one_closes_the_lead(case: Case, story: Any) -> None:
    asks_elsewhere(case)

    with pytest.raises(WayEnds) as end:
        list(until_let_go(case, story(case)))

    assert end.value.reason == CloseCode.CONTACT_DNC
    assert Lead.objects.get(pk=case.lead.pk).stage == Stage.CLOSED_OTHER


def test_the_whole_way_of_a_lead_ends_there(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    asks_elsewhere(case)
    monkeypatch.setattr(Case, "receive", lambda self, *, routed: None)  # it is there already
    monkeypatch.setattr(lives, "_begin", lambda case, *, routed: plans_a_call(case))

    list(lives.live(case))

    assert Lead.objects.get(pk=case.lead.pk).stage == Stage.CLOSED_OTHER


@pytest.mark.parametrize(
    ("story", "made"), [(plans_a_call, Blocker), (makes_a_call, OutreachAttempt)]
)
def test_who_asked_for_nothing_is_called_as_planned(case: Case, story: Any, made: Any) -> None:
    list(until_let_go(case, story(case)))

    assert made.objects.filter(lead=case.lead).exists()
    assert Lead.objects.get(pk=case.lead.pk).stage in OPEN


def test_a_refusal_of_anything_else_is_a_fault_of_the_story(case: Case) -> None:
    def faulty() -> Story:
        yield case.now
        raise InvalidInput("Say what happens next and by when.", field="action")

    with pytest.raises(InvalidInput):
        list(until_let_go(case, faulty()))
