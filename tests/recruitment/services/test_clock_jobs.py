"""The jobs that look at the time: what they write, once, and what they leave as it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from recruitment import tasks
from recruitment.models import Clock, Lead, LeadEvent, Milestone, NextAction, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.blocking import PAUSES
from recruitment.rules.clocks import is_miss, standing_of
from recruitment.rules.events import NOTICES, EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    Party,
    SourceKind,
)
from recruitment.services import sweeps
from recruitment.services.blockers import open_blocker, redate_blocker, resolve_blocker
from recruitment.services.breaches import flag_breaches
from recruitment.services.clock_jobs import CLOCK_JOBS
from recruitment.services.clocks import clock_of
from recruitment.services.halting import end_halt, halt_study
from recruitment.services.missed_visits import plan_missed_visits
from recruitment.services.next_actions import set_next_action
from recruitment.services.outreach import log_outreach
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.staleness import flag_stale
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead
from tests.factories.stages import Steps, bring_to
from tests.recruitment.clocks_agree import check_agreement

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = MONDAY + 30 * DAY
SWEEPS: tuple[Callable[..., int], ...] = (
    flag_stale,
    flag_breaches,
    tell_pauses_over,
    plan_missed_visits,
)


def _events(lead: Lead, kind: EventKind) -> list[LeadEvent]:
    return list(lead.events.filter(kind=kind).order_by("seq"))


def _call(lead: Lead, by: User, at: datetime, **values: object) -> None:
    defaults = {"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER, "seen": lead.version}
    log_outreach(lead=lead, by=by, at=at, **{**defaults, **values})  # type: ignore[arg-type]
    lead.refresh_from_db()


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """Received on Monday at 10:00 from somebody who asked herself: to be answered by 14:00."""
    web = SourceFactory(study=study_site.study, kind=SourceKind.WEB)
    return make_lead(study_site, owner=coordinator, source=web)


def test_a_call_made_at_10_against_a_14_00_target_but_typed_at_18_is_met_entered_late_while_the_notice_stays(  # noqa: E501
    lead: Lead, coordinator: User
) -> None:
    seen = lead.version
    assert flag_breaches(at=MONDAY + 4 * HOUR) == 1  # 14:00

    _call(lead, coordinator, MONDAY + 8 * HOUR, occurred_at=MONDAY, seen=seen)

    (notice,) = _events(lead, EventKind.CLOCK_BREACHED)
    assert (notice.code, notice.occurred_at) == ("first_response", MONDAY + 4 * HOUR)
    row = Clock.objects.get(lead=lead, target=TargetKey.FIRST_RESPONSE)
    clock = clock_of(row)
    assert standing_of(clock, LATE) == "met"
    assert clock.entered_late
    assert not is_miss(clock, LATE)
    assert row.flagged_for == MONDAY + 4 * HOUR
    assert not Clock.objects.filter(pk=row.pk, outcome__in=["met_late", "missed"]).exists()
    flag_breaches(at=MONDAY + 9 * HOUR)
    assert len(_events(lead, EventKind.CLOCK_BREACHED)) == 1
    check_agreement([lead])


def test_every_job_run_again_changes_nothing(study_site: StudySite, coordinator: User) -> None:
    leads = _one_for_every_job(study_site, coordinator)
    at = timezone.now()
    first = {job.__name__: job(at=at) for job in SWEEPS}
    before = _picture()

    again = {job.__name__: job(at=at) for job in SWEEPS}

    assert all(first.values()), first
    assert not any(again.values()), again
    assert _picture() == before
    check_agreement(leads)


def _one_for_every_job(study_site: StudySite, by: User) -> list[Lead]:
    blocked = make_lead(study_site, owner=by)
    _block(blocked, by, review_by=MONDAY + 2 * DAY)
    visiting = make_lead(study_site, owner=by)
    bring_to(Stage.SCHEDULED, visiting, by)
    return [blocked, visiting, make_lead(study_site)]


def _block(
    lead: Lead,
    by: User,
    *,
    review_by: datetime | None,
    category: BlockerCategory = BlockerCategory.PATIENT_DECIDING,
    party: Party | None = None,
    at: datetime = MONDAY + HOUR,
) -> None:
    lead.refresh_from_db()
    open_blocker(
        lead=lead,
        category=category,
        waiting_on=party,
        by=by,
        at=at,
        seen=lead.version,
        review_by=review_by,
        plan=Plan(ActionType.CALL, MONDAY + DAY + 2 * HOUR),
    )
    lead.refresh_from_db()


def _picture() -> object:
    return (
        list(Lead.objects.order_by("pk").values()),
        list(Clock.objects.order_by("pk").values()),
        list(NextAction.objects.order_by("pk").values()),
        list(Milestone.objects.order_by("pk").values()),
        LeadEvent.objects.count(),
    )


@pytest.mark.parametrize("batch", [1, 2, 3, 5000])
def test_batches_of_any_size_write_the_same(
    study_site: StudySite, coordinator: User, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH", batch)
    leads = [make_lead(study_site, owner=coordinator if n % 2 else None) for n in range(5)]

    assert flag_breaches(at=LATE) == 5 + 3  # all wait for an answer, three for an owner
    assert flag_stale(at=LATE) == 5

    for lead in leads:
        lead.refresh_from_db()
        assert lead.version == lead.events.count()
    check_agreement(leads)


def test_several_targets_of_one_lead_are_told_in_the_order_in_which_they_were_due(
    study_site: StudySite,
) -> None:
    lead = make_lead(study_site)

    assert flag_breaches(at=LATE) == 2

    own, first = _events(lead, EventKind.CLOCK_BREACHED)
    assert (own.code, first.code) == ("own", "first_response")
    assert first.seq == own.seq + 1
    assert own.recorded_at == first.recorded_at == LATE
    assert own.actor is None


def test_a_target_is_told_of_at_its_due_time_and_not_a_moment_before(lead: Lead) -> None:
    due_at = MONDAY + 4 * HOUR
    assert flag_breaches(at=due_at - timedelta(microseconds=1)) == 0
    assert flag_breaches(at=due_at) == 1


def test_what_was_done_in_time_is_not_told_of(lead: Lead, coordinator: User) -> None:
    _call(lead, coordinator, MONDAY + HOUR)
    assert flag_breaches(at=MONDAY + 8 * HOUR) == 0


def test_a_call_that_is_undone_leaves_its_target_to_be_told_of(
    lead: Lead, coordinator: User
) -> None:
    _call(lead, coordinator, MONDAY + HOUR)
    event = lead.events.get(kind=EventKind.OUTREACH_LOGGED)
    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + 2 * HOUR)

    assert flag_breaches(at=MONDAY + 8 * HOUR) == 1
    check_agreement([lead])


def test_a_notice_stands_in_the_way_of_neither_a_page_that_was_open_nor_an_undo(
    lead: Lead, coordinator: User
) -> None:
    _block(lead, coordinator, review_by=MONDAY + 2 * HOUR)
    blocked = lead.events.get(kind=EventKind.BLOCKER_OPENED)
    seen = lead.version
    at = MONDAY + 6 * HOUR
    assert flag_breaches(at=at) == 1
    assert tell_pauses_over(at=at) == 1
    lead.refresh_from_db()
    assert lead.version == seen + 2

    undo_action(action_id=blocked.action_id, by=coordinator, at=at)
    lead.refresh_from_db()
    seen = lead.version
    flag_stale(at=lead.stale_at)  # type: ignore[arg-type]
    _call(lead, coordinator, at, seen=seen)

    check_agreement([lead])


@pytest.mark.parametrize(
    ("category", "party"),
    sorted(pair for pair in PAUSES if pair[0] != BlockerCategory.STUDY_PAUSED),
    ids=lambda value: str(value.value),
)
def test_the_end_of_a_pause_is_told_of_where_there_was_one_that_ends_by_itself(
    lead: Lead, coordinator: User, category: BlockerCategory, party: Party
) -> None:
    review_by = MONDAY + 2 * DAY
    _block(lead, coordinator, review_by=review_by, category=category, party=party)

    assert tell_pauses_over(at=review_by - timedelta(microseconds=1)) == 0
    assert tell_pauses_over(at=review_by) == int(PAUSES[category, party])
    assert tell_pauses_over(at=LATE) == 0

    for event in _events(lead, EventKind.PAUSE_ENDED):
        assert (event.code, event.occurred_at, event.due_at) == (category, review_by, review_by)
    check_agreement([lead])


def test_a_halt_of_the_study_ends_for_no_lead_by_itself(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    halt_study(study_site=lead.study_site, why="A safety question.", by=site_lead, at=MONDAY + HOUR)
    assert lead.blockers.filter(review_by__lt=LATE).exists()
    assert tell_pauses_over(at=LATE) == 0
    assert flag_breaches(at=LATE) == 0
    assert flag_stale(at=LATE) == 0


def test_a_pause_put_off_is_told_of_again_and_one_that_was_resolved_is_not(
    lead: Lead, coordinator: User
) -> None:
    _block(lead, coordinator, review_by=MONDAY + 2 * DAY)
    blocker = lead.blockers.get()
    assert tell_pauses_over(at=MONDAY + 2 * DAY) == 1
    lead.refresh_from_db()
    common = {"blocker": blocker, "by": coordinator, "at": MONDAY + 2 * DAY + HOUR}
    redate_blocker(
        **common,
        review_by=MONDAY + 4 * DAY,
        reason="She needs some days more.",
        seen=lead.version,
    )
    assert tell_pauses_over(at=MONDAY + 4 * DAY) == 1
    assert [event.due_at for event in _events(lead, EventKind.PAUSE_ENDED)] == [
        MONDAY + 2 * DAY,
        MONDAY + 4 * DAY,
    ]
    lead.refresh_from_db()
    blocker.refresh_from_db()
    resolve_blocker(
        blocker=blocker,
        resolution="She comes.",
        by=coordinator,
        at=MONDAY + 4 * DAY + HOUR,
        seen=lead.version,
        plan=Plan(ActionType.CALL, MONDAY + 7 * DAY),
    )
    assert tell_pauses_over(at=LATE) == 0
    check_agreement([lead])


def test_a_lead_that_goes_stale_again_gets_a_second_review_once_the_first_is_over(
    lead: Lead, coordinator: User
) -> None:
    reviews = Clock.objects.filter(lead=lead, target=TargetKey.STALE_REVIEW).order_by("run")
    assert lead.stale_at is not None
    first = lead.stale_at + HOUR
    assert flag_stale(at=first) == 1
    (review,) = reviews
    assert (review.run, review.started_at, review.told_at) == (1, first, first)
    lead.refresh_from_db()
    _call(lead, coordinator, first + HOUR)  # it is on plan again, and needs no review
    assert lead.stale_at is not None

    assert flag_stale(at=lead.stale_at) == 1

    lead.refresh_from_db()
    assert lead.times_stale == 2
    assert [clock.run for clock in reviews.all()] == [1, 2]
    told = lead.events.filter(kind=EventKind.STALE_FLAGGED).earliest("seq")
    assert Milestone.objects.get(lead=lead, code="stale_flagged").event == told
    check_agreement([lead])


def test_a_review_that_runs_goes_on_when_the_lead_is_flagged_for_another_deadline(
    lead: Lead, coordinator: User
) -> None:
    _block(lead, coordinator, review_by=MONDAY + 9 * DAY)
    event = lead.events.get(kind=EventKind.BLOCKER_OPENED)
    late = lead.stale_at
    assert late is not None
    assert flag_stale(at=late) == 1
    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + 2 * HOUR)

    assert flag_stale(at=late + HOUR) == 1

    review = Clock.objects.get(lead=lead, target=TargetKey.STALE_REVIEW, outcome="")
    assert (review.run, review.started_at) == (1, late)
    check_agreement([lead])


def test_an_earlier_deadline_flagged_later_becomes_the_milestone(
    lead: Lead, coordinator: User
) -> None:
    _block(lead, coordinator, review_by=MONDAY + 9 * DAY)
    event = lead.events.get(kind=EventKind.BLOCKER_OPENED)
    late = lead.stale_at
    assert late is not None
    assert flag_stale(at=late) == 1
    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + 2 * HOUR)
    lead.refresh_from_db()
    assert lead.stale_at is not None
    assert lead.stale_at < late

    assert flag_stale(at=late) == 1

    assert Milestone.objects.get(lead=lead, code="stale_flagged").event.due_at == lead.stale_at
    check_agreement([lead])


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
    _call(lead, coordinator, visit_at + HOUR + timedelta(minutes=5))
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


@pytest.mark.parametrize("job", SWEEPS, ids=lambda job: job.__name__)
def test_a_time_to_come_is_refused(db: None, job: Callable[..., int]) -> None:
    with pytest.raises(InvalidInput, match="future"):
        job(at=timezone.now() + HOUR)


@pytest.mark.parametrize("job", SWEEPS, ids=lambda job: job.__name__)
def test_leads_of_other_places_are_left_alone(
    study_site: StudySite, coordinator: User, job: Callable[..., int]
) -> None:
    _one_for_every_job(study_site, coordinator)
    assert job(at=timezone.now(), study_sites=[]) == 0
    assert job(at=timezone.now(), study_sites=[study_site.pk]) > 0


@pytest.mark.parametrize("job", SWEEPS[:3], ids=lambda job: job.__name__)
def test_the_number_of_statements_does_not_grow_with_the_leads(
    study_site: StudySite,
    coordinator: User,
    job: Callable[..., int],
    count_queries: Callable[..., int],
) -> None:
    def some(number: int) -> int:
        for _ in range(number):
            lead = make_lead(study_site, owner=coordinator)
            _block(lead, coordinator, review_by=MONDAY + 2 * DAY)
        return count_queries(lambda: job(at=timezone.now()))

    some(1)  # calendars are read once
    assert some(1) == some(6)


def test_the_command_runs_every_job_and_says_what_each_did(
    study_site: StudySite, coordinator: User
) -> None:
    _one_for_every_job(study_site, coordinator)
    said, again = StringIO(), StringIO()
    call_command("run_clock_jobs", stdout=said)
    call_command("run_clock_jobs", stdout=again)

    lines = said.getvalue().splitlines()
    assert [line.partition(":")[0] for line in lines] == list(CLOCK_JOBS)
    assert "tell_pauses_over: 1 pauses over" in lines
    assert "plan_missed_visits: 1 missed visits to follow up" in lines
    assert "flag_breaches: 0 targets not kept" in again.getvalue().splitlines()


def test_the_command_runs_a_missed_moment_as_of_then(lead: Lead) -> None:
    said = StringIO()
    at = MONDAY + 5 * HOUR
    call_command("run_clock_jobs", only=["flag_breaches"], at=at.isoformat(), stdout=said)

    assert said.getvalue() == "flag_breaches: 1 targets not kept\n"
    (notice,) = _events(lead, EventKind.CLOCK_BREACHED)
    assert (notice.occurred_at, notice.recorded_at) == (MONDAY + 4 * HOUR, at)


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2999-01-01T00:00:00Z", "The time lies in the future."),
        ("tomorrow", "--at must be a time such as"),
        ("2026-03-02T15:00:00", "--at must say its offset"),
    ],
)
def test_the_command_refuses_a_moment_that_cannot_be(db: None, at: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("run_clock_jobs", at=at)


@pytest.mark.parametrize("name", sorted(CLOCK_JOBS))
def test_every_job_is_a_task_with_a_moment(lead: Lead, name: str) -> None:
    task = getattr(tasks, name)
    assert task.name == f"recruitment.{name}"
    before = lead.events.exclude(kind__in=NOTICES).count()
    task(MONDAY.isoformat())
    with pytest.raises(InvalidInput, match="future"):
        task("2999-01-01T00:00:00+00:00")
    assert lead.events.exclude(kind__in=NOTICES).count() == before
    assert list(differences([lead])) == []
