"""Somebody is out today: her promises are shown, covers proposed, and one press moves them."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import Handoff, Lead, Leave, Role, StudySite
from recruitment.models.clocks import Clock
from recruitment.queries.out_today import at_risk, proposed_covers
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, SourceKind
from recruitment.rules.work_codes import HandoffState
from recruitment.services.handoffs import offer_handoff
from recruitment.services.leave import end_leave, record_leave
from recruitment.services.next_actions import set_next_action
from recruitment.services.out_today import OutToday, out_today
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead, make_member
from tests.factories.stages import Steps, bring_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + HOUR  # 11:00 in New York
TONIGHT = MONDAY + 14 * HOUR  # midnight there


@pytest.fixture
def tom(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Tom Ode")


@pytest.fixture
def uma(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Uma Vale")


def _due(lead: Lead, by: User, due_at: datetime, *, promised: bool = False) -> Lead:
    set_next_action(
        lead=lead,
        plan=Plan(ActionType.CALL, due_at, is_promised=promised),
        by=by,
        at=MONDAY,
        seen=Lead.objects.get(pk=lead.pk).version,
        reason="She asked.",
    )
    lead.refresh_from_db()
    return lead


def _out(user: User, study_site: StudySite, cover: User | None, by: User) -> OutToday:
    return out_today(user=user, covers={study_site: cover}, ends_at=TONIGHT, by=by, at=NOW)


def test_promises_of_today_are_listed_the_promised_call_first(
    study_site: StudySite, coordinator: User, tom: User
) -> None:
    overdue = make_lead(study_site, owner=coordinator, received_at=MONDAY - 3 * DAY)
    today = _due(make_lead(study_site, owner=coordinator), coordinator, NOW + 3 * HOUR)
    promised = _due(
        make_lead(study_site, owner=coordinator), coordinator, NOW + 2 * HOUR, promised=True
    )
    later = _due(make_lead(study_site, owner=coordinator), coordinator, NOW + 2 * DAY)
    offered = make_lead(study_site, owner=tom)
    _due(offered, tom, NOW + 2 * DAY)
    offer_handoff(
        lead=offered,
        to=coordinator,
        context="Wants mornings.",
        by=tom,
        at=MONDAY,
        seen=offered.version,
    )

    risks = at_risk(coordinator, study_site, now=NOW)

    numbers = [risk.number for risk in risks]
    assert numbers == [promised.number, overdue.number, today.number, offered.number]
    assert later.number not in numbers
    assert risks[0].what == "Promised call-back 13:00"
    assert risks[1].what.startswith("Call, past due since ")
    assert risks[2].what == "Call, due 14:00"
    assert risks[3].what == "Hand-off from Tom Ode, to be answered by 14:00"


def test_a_visit_of_today_is_a_promise_and_a_held_list_is_none(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=MONDAY - 8 * DAY)
    steps: Steps = bring_to(Stage.SCHEDULED, lead, by=coordinator)
    visit = Lead.objects.get(pk=lead.pk).visit_at
    assert visit is not None
    registry = SourceFactory(study=study_site.study, kind=SourceKind.REGISTRY)
    make_lead(study_site, owner=coordinator, source=registry, received_at=steps.at)

    risks = at_risk(coordinator, study_site, now=visit - HOUR)

    assert [risk.number for risk in risks] == [lead.number]
    assert risks[0].what.endswith("not confirmed")
    assert risks[0].what.startswith("Visit ")


def test_the_cover_proposed_is_here_and_has_the_least_to_do_today(
    study_site: StudySite, coordinator: User, tom: User, uma: User
) -> None:
    _due(make_lead(study_site, owner=tom), tom, NOW + HOUR)
    _due(make_lead(study_site, owner=uma), uma, NOW + 3 * DAY)

    proposal = proposed_covers(coordinator, [study_site], now=NOW)[study_site.pk]

    assert proposal.user == uma
    assert "has the least to do: 0 actions due today" in proposal.reason


def test_nobody_is_proposed_who_is_away_herself(
    study_site: StudySite, coordinator: User, tom: User, uma: User
) -> None:
    for user in (tom, uma):
        record_leave(
            user=user,
            starts_at=NOW,
            ends_at=NOW + DAY,
            covers={study_site: None},
            by=user,
            at=NOW,
        )
        proposal = proposed_covers(coordinator, [study_site], now=NOW)[study_site.pk]
        assert proposal.user == (uma if user == tom else None)

    assert proposal.reason == "Nobody else who works on this study is here today."


def test_one_press_records_a_leave_until_tonight_and_all_comes_back(
    study_site: StudySite, coordinator: User, tom: User, site_lead: User
) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(3)]
    due = {row.pk: row.due_at for row in Clock.objects.all()}

    done = _out(coordinator, study_site, tom, site_lead)

    assert (done.moved, done.handoffs) == (3, 0)
    done.leave.refresh_from_db()
    assert (done.leave.ends_at, done.leave.begun_at) == (TONIGHT, NOW)
    assert {lead.owner for lead in Lead.objects.all()} == {tom}
    clocks = {row.pk: row.due_at for row in Clock.objects.filter(pk__in=due)}
    assert clocks == due
    assert not Clock.objects.filter(paused_at__isnull=False).exists()

    assert end_leave(leave=done.leave, by=None, at=TONIGHT) == 3

    assert {lead.owner for lead in Lead.objects.all()} == {coordinator}
    assert not list(differences(leads))


@pytest.mark.parametrize("who", ["cover", "sender", "nobody"])
def test_what_was_offered_to_her_goes_to_who_covers_or_stays_with_the_sender(
    study_site: StudySite, coordinator: User, tom: User, uma: User, site_lead: User, who: str
) -> None:
    lead = make_lead(study_site, owner=tom)
    offer_handoff(
        lead=lead, to=coordinator, context="Wants mornings.", by=tom, at=MONDAY, seen=lead.version
    )
    cover = {"cover": uma, "sender": tom, "nobody": None}[who]

    assert _out(coordinator, study_site, cover, site_lead).handoffs == 1

    lead.refresh_from_db()
    assert lead.owner == (uma if who == "cover" else tom)
    assert Handoff.objects.get().state == HandoffState.WITHDRAWN
    end_leave(leave=Leave.objects.get(), by=None, at=TONIGHT)
    lead.refresh_from_db()
    assert lead.owner == (uma if who == "cover" else tom)


def test_a_second_press_is_refused_and_changes_nothing(
    study_site: StudySite, coordinator: User, tom: User, site_lead: User
) -> None:
    make_lead(study_site, owner=coordinator)
    _out(coordinator, study_site, tom, site_lead)

    with pytest.raises(InvalidInput, match="has a leave in that time already"):
        _out(coordinator, study_site, tom, site_lead)

    assert Leave.objects.count() == 1
