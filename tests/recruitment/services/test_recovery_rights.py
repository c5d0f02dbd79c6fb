"""Who may review a stale lead how, taking a review back, and several at once (RQ4, D33)."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import (
    Lead,
    LeadEvent,
    Role,
    StaleReview,
    StudySite,
)
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.recovery_codes import RecoveryOutcome
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.recovering import Confirmed, review_several
from recruitment.services.staleness import flag_stale
from recruitment.services.undo import undo_action
from tests.factories.recruitment import make_lead, make_member
from tests.recruitment.services.stale import (
    DAY,
    HOUR,
    LATER,
    A,
    Out,
    P,
    R,
    open_action,
    plan,
    review,
    stale,
)


def test_only_a_site_lead_gives_a_lead_away_and_anybody_takes_an_unowned_one(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    tom = make_member(Role.COORDINATOR, study_site, name="Tom Ode")
    owned, tray = make_lead(study_site, owner=coordinator), make_lead(study_site)
    with pytest.raises(InvalidInput, match="no owner"):
        review(tray, coordinator, Out.RECONTACT, plan=plan())
    with pytest.raises(InvalidInput, match="Only a site lead"):
        review(tray, coordinator, Out.RECONTACT, plan=plan(), owner=tom)
    review(tray, coordinator, Out.RECONTACT, plan=plan(), owner=coordinator)
    assert tray.owner == coordinator

    for owner in (None, coordinator):
        with pytest.raises(InvalidInput, match="somebody else"):
            review(owned, site_lead, Out.REASSIGN, plan=plan(), owner=owner)
    with pytest.raises(InvalidInput, match="Only a site lead"):
        review(owned, coordinator, Out.REASSIGN, plan=plan(), owner=tom)
    review(owned, site_lead, Out.REASSIGN, plan=plan(), owner=tom)
    assert owned.owner == tom
    assert open_action(owned).owner == tom


def go_stale(lead: Lead, by: User, times: int) -> datetime:
    """Let the lead go stale so often, a review between each; the time of the last flag."""
    at = LATER
    for n in range(times):
        stale(lead, at)
        flag_stale(at=at)
        lead.refresh_from_db()
        if n < times - 1:
            review(lead, by, Out.RECONTACT, plan=plan(at=at), at=at)
            at += 20 * DAY
    assert lead.times_stale == times
    return at


def test_from_the_third_time_on_only_a_site_lead_does_more_than_close_or_escalate(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    at = go_stale(lead, coordinator, 3)
    with pytest.raises(InvalidInput, match="3rd time"):
        review(lead, coordinator, Out.RECONTACT, plan=plan(at=at), at=at)
    review(lead, site_lead, Out.RECONTACT, plan=plan(at=at), at=at)

    other = make_lead(study_site, owner=coordinator)
    at = go_stale(other, coordinator, 3)
    review(other, coordinator, Out.ESCALATE, plan=plan(A.ESCALATE, at), at=at)


def test_the_third_time_counts_also_before_the_job_has_flagged_it(
    lead: Lead, coordinator: User
) -> None:
    at = go_stale(lead, coordinator, 2)
    review(lead, coordinator, Out.RECONTACT, plan=plan(at=at), at=at)
    with pytest.raises(InvalidInput, match="3rd time"):
        review(lead, coordinator, Out.RECONTACT, plan=plan(at=at + 20 * DAY), at=at + 20 * DAY)


def test_an_undo_takes_the_whole_review_back(lead: Lead, coordinator: User) -> None:
    before = stale(lead).stale_at
    action = open_action(lead)
    review(lead, coordinator, Out.RECONTACT, plan=plan())
    event = LeadEvent.objects.get(lead=lead, kind=EventKind.STALE_REVIEWED)

    undo_action(action_id=event.action_id, by=coordinator, at=LATER + HOUR)

    lead.refresh_from_db()
    assert not StaleReview.objects.exists()
    assert open_action(lead) == action
    assert (lead.stale_at, lead.recover_by) == (before, None)
    assert list(differences([lead])) == []


def several(leads: list[Lead], by: User, **values: Any) -> list[str]:
    rows = [
        Confirmed(
            lead=lead,
            seen=lead.version,
            patient_reason=P.NO_RESPONSE,
            process_reason=R.BURIED,
            plan=values.get("plan", plan()),
            owner=values.get("owner"),
        )
        for lead in leads
    ]
    outcome = values.get("outcome", Out.RECONTACT)
    only_look = values.get("only_look", False)
    found = review_several(rows=rows, outcome=outcome, by=by, at=LATER, only_look=only_look)
    assert [row.asked.lead for row in found] == leads
    return [row.why for row in found]


def test_several_are_reviewed_each_by_itself_and_a_look_before_writes_nothing(
    study_site: StudySite, coordinator: User
) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(3)]
    leads.append(make_lead(study_site))
    told = several(leads, coordinator, only_look=True)
    assert [bool(why) for why in told] == [False, False, False, True]
    assert not StaleReview.objects.exists()
    assert not LeadEvent.objects.filter(kind=EventKind.STALE_REVIEWED).exists()

    assert several(leads, coordinator) == told
    reviews = LeadEvent.objects.filter(kind=EventKind.STALE_REVIEWED)
    assert reviews.count() == 3
    assert len({event.action_id for event in reviews}) == 1
    for lead in leads:
        lead.refresh_from_db()
    assert all("on plan" in why for why in several(leads[:3], coordinator))


@pytest.mark.parametrize("outcome", [Out.CLOSE, Out.REASSIGN, Out.OPEN_BLOCKER])
def test_what_needs_words_about_each_lead_is_not_given_to_several(
    lead: Lead, coordinator: User, outcome: RecoveryOutcome
) -> None:
    with pytest.raises(InvalidInput, match="Several leads at once"):
        several([lead], coordinator, outcome=outcome)
    with pytest.raises(Refusal, match="at least one"):
        several([], coordinator)
