"""Every stage against every stage through the service, with the gates satisfied (LC1-LC5)."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import IllegalMove, InvalidInput, Refusal
from recruitment.rules.stages import CLOSED, Bucket, Stage, allowed_moves, bucket_of
from tests.factories.recruitment import make_lead
from tests.factories.stages import Steps, bring_to

S = Stage
BY_VERB = {
    (S.CONTACTED, S.SCHEDULED),
    (S.READY_TO_SCHEDULE, S.SCHEDULED),
    (S.SCREENED, S.SCHEDULED),
}
"""Reached by booking a visit, never by a bare move."""
OUT_OF_SCHEDULED = {S.SCREENED, S.READY_TO_SCHEDULE, S.CONTACTED, S.NO_RESPONSE}
"""Reached from Scheduled by recording what became of the visit."""


def _move(steps: Steps, to: Stage) -> None:
    reasons = {
        S.NOT_QUALIFIED: CloseCode.CRIT_MEDICATION,
        S.CLOSED_OTHER: CloseCode.PT_NOT_INTERESTED,
    }
    needs_decider = {S.SCREENED, S.ENROLLED, S.NOT_QUALIFIED}
    decided = to in needs_decider or (steps.lead.stage == S.SCREENED and to in CLOSED)
    steps.move(to, reason=reasons.get(to, ""), decided_by=steps.decided_by if decided else None)


def _with_answers(steps: Steps) -> None:
    """What the gate asks for, wherever the lead stands."""
    if steps.lead.stage in CLOSED:
        return
    if steps.lead.prescreen != "complete":
        steps.prescreen()
    if not steps.lead.events.filter(kind="answers_reviewed").exists():
        steps.review()


@pytest.mark.slow
@pytest.mark.parametrize("current", list(Stage))
def test_a_lead_moves_where_the_table_says_and_nowhere_else(
    study_site: StudySite, coordinator: User, current: Stage
) -> None:
    lead = make_lead(study_site)
    steps = bring_to(current, lead, coordinator)
    _with_answers(steps)
    came_from = Stage(lead.came_from) if lead.came_from else None
    allowed = allowed_moves(current, came_from=came_from)
    before, at = lead.version, steps.at

    for target in Stage:
        point = transaction.savepoint()
        _try(steps, target, allowed)
        lead.refresh_from_db()
        assert lead.stage == target or lead.version == before
        assert list(differences([lead])) == []
        transaction.savepoint_rollback(point)
        steps.at = at
        lead.refresh_from_db()


def _try(steps: Steps, target: Stage, allowed: list[Stage]) -> None:
    current = Stage(steps.lead.stage)
    if target not in allowed:
        with pytest.raises(IllegalMove) as refusal:
            _move(steps, target)
        for stage in allowed:
            assert stage.label in str(refusal.value)
        assert not allowed or "Allowed from here" in str(refusal.value)
    elif (current, target) in BY_VERB or (current == S.SCHEDULED and target in OUT_OF_SCHEDULED):
        with pytest.raises(InvalidInput, match="visit; that moves the lead"):
            _move(steps, target)
    else:
        _move(steps, target)
        assert steps.lead.stage == target


@pytest.mark.parametrize("current", [S.CONTACTED, S.READY_TO_SCHEDULE, S.SCREENED])
def test_booking_moves_a_lead_to_scheduled(
    study_site: StudySite, coordinator: User, current: Stage
) -> None:
    steps = bring_to(current, make_lead(study_site), coordinator)
    _with_answers(steps)

    steps.book()

    assert steps.lead.stage == S.SCHEDULED


def test_milestones_stay_when_a_lead_goes_back(study_site: StudySite, coordinator: User) -> None:
    steps = bring_to(S.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
    first = dict(steps.lead.milestones.values_list("code", "event"))

    steps.move(S.CONTACTED)
    steps.move(S.COORDINATOR_REVIEW)
    steps.review(to=S.READY_TO_SCHEDULE)

    kept = dict(steps.lead.milestones.values_list("code", "event"))
    assert {code: kept[code] for code in first} == first
    assert {"prescreen_completed", "reviewed", "ready_to_schedule"} <= set(kept)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_lead_is_in_exactly_one_bucket(
    study_site: StudySite, coordinator: User, stage: Stage
) -> None:
    lead: Lead = bring_to(stage, make_lead(study_site), coordinator).lead

    fresh = bucket_of(stage, stale_at=lead.stale_at, at=lead.stage_entered_at)
    later = bucket_of(stage, stale_at=lead.stale_at, at=lead.stage_entered_at + timedelta(days=400))

    assert later == (Bucket.CLOSED if stage in CLOSED else Bucket.STALE)
    odd = {S.SCREENED: Bucket.AWAITING_OUTCOME, S.NO_RESPONSE: Bucket.STALE}
    odd |= dict.fromkeys(CLOSED, Bucket.CLOSED)
    assert fresh == (odd.get(stage) or Bucket(stage.value))


@pytest.mark.parametrize("came_from", [S.NO_RESPONSE, S.CLOSED_OTHER])
def test_a_lead_returns_through_the_gate_to_the_stage_it_came_from(
    study_site: StudySite, coordinator: User, came_from: Stage
) -> None:
    lead = make_lead(study_site)
    steps = bring_to(came_from, lead, coordinator, via=S.READY_TO_SCHEDULE)

    steps.move(S.READY_TO_SCHEDULE)

    assert lead.stage == S.READY_TO_SCHEDULE


def test_a_stage_before_the_lead_was_received_is_refused(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    for moment, words in (
        (lead.received_at - timedelta(minutes=1), "before the lead was received"),
        (lead.received_at + timedelta(days=3), "future"),
        (lead.received_at.replace(tzinfo=None), "no time zone"),
    ):
        with pytest.raises(Refusal, match=words):
            Steps(lead, coordinator).move(S.CONTACTED, occurred_at=moment)
    lead.refresh_from_db()
    assert lead.stage == S.NEW_INQUIRY
