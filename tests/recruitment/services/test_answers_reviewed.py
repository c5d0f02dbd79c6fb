"""Reviewing the answers and the study team's decision: what holds dates back (LC6, LC7)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import StudySite
from recruitment.queries.projection import differences
from recruitment.rules.refusals import InvalidInput, LeadChanged, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    RecordsState,
    ReviewDecision,
)
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.gates import GateClosed
from recruitment.services.moves import move_lead
from recruitment.services.reviews import decide_review
from recruitment.services.skipped import Skipped
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import STEP, Steps, bring_to
from tests.recruitment.services.gate_steps import set_records

S = Stage
WHY = "The sponsor's physician saw the scans on the phone."


@pytest.fixture
def steps(study_site: StudySite, coordinator: User) -> Steps:
    """A lead whose answers were reviewed and whose lab results were asked for."""
    steps = bring_to(S.RECORDS_NEEDED, make_lead(study_site), coordinator)
    set_records(steps.lead, RecordsState.REQUESTED)
    return steps


def test_a_step_over_the_prescreen_asks_for_its_day_and_keeps_it(
    study_site: StudySite, coordinator: User
) -> None:
    steps = Steps(make_lead(study_site), coordinator)
    done = MONDAY + timedelta(minutes=20)

    with pytest.raises(InvalidInput, match="when the prescreen was completed") as refusal:
        steps.move(S.COORDINATOR_REVIEW)
    assert refusal.value.field == "prescreen_completed_at"
    steps.move(S.COORDINATOR_REVIEW, skipped=Skipped(prescreen_completed_at=done))

    lead = steps.lead
    assert (lead.stage, lead.prescreen) == (S.COORDINATOR_REVIEW, "complete")
    assert lead.milestones.get(code="prescreen_completed").event.occurred_at == done
    assert list(differences([lead])) == []


def test_a_step_over_the_review_asks_when_and_what_was_seen(
    study_site: StudySite, coordinator: User
) -> None:
    steps = bring_to(S.CONTACTED, make_lead(study_site), coordinator)
    done, seen = MONDAY + timedelta(minutes=20), MONDAY + timedelta(minutes=50)

    for skipped, field in (
        (None, "prescreen_completed_at"),
        (Skipped(prescreen_completed_at=done), "reviewed_at"),
        (Skipped(done, seen), "fit"),
        (Skipped(done, done - STEP, FitSignal.TO_CLARIFY), "reviewed_at"),
        (Skipped(done - STEP, seen, FitSignal.TO_CLARIFY), "prescreen_completed_at"),
        (Skipped(done, MONDAY + 90 * STEP, FitSignal.TO_CLARIFY), "reviewed_at"),
        (Skipped(done.replace(tzinfo=None), seen, FitSignal.TO_CLARIFY), "prescreen_completed_at"),
        (Skipped(seen, done, FitSignal.TO_CLARIFY), "reviewed_at"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            steps.move(S.READY_TO_SCHEDULE, skipped=skipped)
        assert refusal.value.field == field
    steps.move(S.READY_TO_SCHEDULE, skipped=Skipped(done, seen, FitSignal.TO_CLARIFY))

    lead = steps.lead
    assert lead.milestones.get(code="reviewed").event.occurred_at == seen
    event = lead.events.get(kind="answers_reviewed")
    assert (event.code, event.reason_code) == ("proceed", "to_clarify")
    assert not lead.milestones.filter(code="reviewable").exists()
    assert list(differences([lead])) == []


def test_a_prescreen_that_is_known_is_not_told_twice(steps: Steps) -> None:
    with pytest.raises(InvalidInput, match="complete already"):
        steps.move(S.READY_TO_SCHEDULE, skipped=Skipped(prescreen_completed_at=MONDAY + STEP))


def test_a_site_lead_lets_pass_what_nobody_can_date(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    steps = bring_to(S.CONTACTED, make_lead(study_site), coordinator)
    steps.by = site_lead

    steps.move(S.READY_TO_SCHEDULE, override=WHY)

    codes = steps.lead.events.filter(kind="gate_overridden").values_list("reason_code", flat=True)
    assert set(codes) == {"prescreen", "review"}
    assert not steps.lead.milestones.filter(code__in=["prescreen_completed", "reviewed"]).exists()


def test_reviewing_the_answers_can_lead_on_in_the_same_step(
    study_site: StudySite, coordinator: User
) -> None:
    steps = bring_to(S.COORDINATOR_REVIEW, make_lead(study_site), coordinator)

    steps.review(to=S.READY_TO_SCHEDULE)

    lead = steps.lead
    assert lead.stage == S.READY_TO_SCHEDULE
    assert lead.milestones.filter(code="reviewed").exists()
    assert not lead.milestones.filter(code="reviewable").exists()


def test_putting_a_lead_to_the_study_team_makes_it_reviewable_and_holds_dates_back(
    study_site: StudySite, coordinator: User
) -> None:
    steps = bring_to(S.COORDINATOR_REVIEW, make_lead(study_site), coordinator)

    steps.review(decision=AnswersDecision.TO_STUDY_TEAM)

    lead = steps.lead
    assert lead.stage == S.COORDINATOR_REVIEW
    assert lead.reviews.get().decision == ""
    assert set(lead.milestones.values_list("code", flat=True)) >= {"reviewed", "reviewable"}
    with pytest.raises(GateClosed, match="Wait for the study team"):
        steps.move(S.READY_TO_SCHEDULE)
    with pytest.raises(InvalidInput, match="already has this lead"):
        steps.review(decision=AnswersDecision.TO_STUDY_TEAM)
    decide_review(
        decision=ReviewDecision.PROCEED,
        decided_by=steps.decided_by,
        to=S.READY_TO_SCHEDULE,
        plan=steps.plan(),
        **steps.common(),  # type: ignore[arg-type]
    )
    lead.refresh_from_db()
    assert lead.stage == S.READY_TO_SCHEDULE


@pytest.mark.parametrize("decision", [ReviewDecision.MORE_NEEDED, ReviewDecision.NOT_PROCEEDING])
def test_the_study_teams_no_outweighs_the_coordinators_yes(
    study_site: StudySite, coordinator: User, decision: ReviewDecision
) -> None:
    steps = bring_to(S.COORDINATOR_REVIEW, make_lead(study_site), coordinator)
    steps.review(decision=AnswersDecision.TO_STUDY_TEAM)
    decide_review(
        decision=decision,
        decided_by=steps.decided_by,
        plan=steps.plan(),
        **steps.common(),  # type: ignore[arg-type]
    )

    with pytest.raises(GateClosed, match="study team"):
        steps.review(to=S.READY_TO_SCHEDULE)


@pytest.mark.parametrize("decision", list(AnswersDecision))
def test_a_review_and_where_it_leads_say_the_same(
    study_site: StudySite, coordinator: User, decision: AnswersDecision
) -> None:
    steps = bring_to(S.COORDINATOR_REVIEW, make_lead(study_site), coordinator)
    wrong = S.READY_TO_SCHEDULE if decision != AnswersDecision.PROCEED else S.NOT_QUALIFIED

    with pytest.raises(InvalidInput, match="leads to") as refusal:
        steps.review(decision=decision, to=wrong)

    assert refusal.value.field == "to"


def test_answers_are_reviewed_when_there_are_some_and_the_lead_is_open(
    study_site: StudySite, coordinator: User
) -> None:
    steps = Steps(make_lead(study_site), coordinator)
    with pytest.raises(InvalidInput, match="Complete the prescreen"):
        steps.review()
    closed = bring_to(S.CLOSED_OTHER, make_lead(study_site), coordinator)
    with pytest.raises(Refusal, match="closed"):
        closed.review()


def test_whoever_comes_second_is_told(steps: Steps, site_lead: User) -> None:
    seen = steps.lead.version
    steps.move(S.CONTACTED)

    with pytest.raises(LeadChanged, match="was first"):
        move_lead(
            lead=steps.lead,
            to=S.READY_TO_SCHEDULE,
            by=site_lead,
            at=steps.at + STEP,
            seen=seen,
            plan=steps.plan(),
            override=WHY,
        )
