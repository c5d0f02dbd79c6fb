"""The jobs that look at the time: what they write, once, and what they leave as it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from recruitment.models import Clock, Job, Lead, LeadEvent, Milestone, NextAction, StudySite
from recruitment.rules.blocking import PAUSES
from recruitment.rules.clocks import is_miss, standing_of
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Party,
    SourceKind,
)
from recruitment.services import recalculation, sweeps
from recruitment.services.blockers import redate_blocker, resolve_blocker
from recruitment.services.breaches import flag_breaches
from recruitment.services.clocks import clock_of
from recruitment.services.halting import halt_study
from recruitment.services.jobs import run_job
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.site_hours import add_holiday
from recruitment.services.staleness import flag_stale
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead
from tests.recruitment.clocks_agree import check_agreement
from tests.recruitment.due_work import DAY, HOUR, SWEEPS, block, call, notices, one_for_every_job

LATE = MONDAY + 30 * DAY


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

    call(lead, coordinator, MONDAY + 8 * HOUR, occurred_at=MONDAY, seen=seen)

    (notice,) = notices(lead, EventKind.CLOCK_BREACHED)
    assert (notice.code, notice.occurred_at) == ("first_response", MONDAY + 4 * HOUR)
    row = Clock.objects.get(lead=lead, target=TargetKey.FIRST_RESPONSE)
    clock = clock_of(row)
    assert standing_of(clock, LATE) == "met"
    assert clock.entered_late
    assert not is_miss(clock, LATE)
    assert row.flagged_for == MONDAY + 4 * HOUR
    assert not Clock.objects.filter(pk=row.pk, outcome__in=["met_late", "missed"]).exists()
    flag_breaches(at=MONDAY + 9 * HOUR)
    assert len(notices(lead, EventKind.CLOCK_BREACHED)) == 1
    check_agreement([lead])


def test_every_job_run_again_changes_nothing(study_site: StudySite, coordinator: User) -> None:
    leads = one_for_every_job(study_site, coordinator)
    at = timezone.now()
    first = {job.__name__: job(at=at) for job in SWEEPS}
    before = _picture()

    again = {job.__name__: job(at=at) for job in SWEEPS}

    assert all(first.values()), first
    assert not any(again.values()), again
    assert _picture() == before
    check_agreement(leads)


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


def test_where_due_times_are_being_worked_out_anew_nothing_is_told_of_until_they_are(
    study_site: StudySite, administrator: User
) -> None:
    leads = [make_lead(study_site), make_lead()]
    on = (MONDAY + DAY).date()
    add_holiday(study_site.site, on=on, name="Snow", by=administrator, at=MONDAY + HOUR)

    assert flag_breaches(at=LATE) == 2  # those of the lead elsewhere
    assert flag_stale(at=LATE) == 1

    while job := Job.objects.filter(kind=recalculation.KIND, state="waiting").first():
        assert run_job(job.pk, at=MONDAY + 2 * HOUR)
    assert flag_breaches(at=LATE) == 2
    assert flag_stale(at=LATE) == 1
    check_agreement(leads)


def test_several_targets_of_one_lead_are_told_in_the_order_in_which_they_were_due(
    study_site: StudySite,
) -> None:
    lead = make_lead(study_site)

    assert flag_breaches(at=LATE) == 2

    own, first = notices(lead, EventKind.CLOCK_BREACHED)
    assert (own.code, first.code) == ("own", "first_response")
    assert first.seq == own.seq + 1
    assert own.recorded_at == first.recorded_at == LATE
    assert own.actor is None


def test_a_target_is_told_of_at_its_due_time_and_not_a_moment_before(lead: Lead) -> None:
    due_at = MONDAY + 4 * HOUR
    assert flag_breaches(at=due_at - timedelta(microseconds=1)) == 0
    assert flag_breaches(at=due_at) == 1


def test_what_was_done_in_time_is_not_told_of(lead: Lead, coordinator: User) -> None:
    call(lead, coordinator, MONDAY + HOUR)
    assert flag_breaches(at=MONDAY + 8 * HOUR) == 0


def test_a_call_that_is_undone_leaves_its_target_to_be_told_of(
    lead: Lead, coordinator: User
) -> None:
    call(lead, coordinator, MONDAY + HOUR)
    event = lead.events.get(kind=EventKind.OUTREACH_LOGGED)
    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + 2 * HOUR)

    assert flag_breaches(at=MONDAY + 8 * HOUR) == 1
    check_agreement([lead])


def test_a_notice_stands_in_the_way_of_neither_a_page_that_was_open_nor_an_undo(
    lead: Lead, coordinator: User
) -> None:
    block(lead, coordinator, review_by=MONDAY + 2 * HOUR)
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
    call(lead, coordinator, at, seen=seen)

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
    block(lead, coordinator, review_by=review_by, category=category, party=party)

    assert tell_pauses_over(at=review_by - timedelta(microseconds=1)) == 0
    assert tell_pauses_over(at=review_by) == int(PAUSES[category, party])
    assert tell_pauses_over(at=LATE) == 0

    for event in notices(lead, EventKind.PAUSE_ENDED):
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
    block(lead, coordinator, review_by=MONDAY + 2 * DAY)
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
    assert [event.due_at for event in notices(lead, EventKind.PAUSE_ENDED)] == [
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
    call(lead, coordinator, first + HOUR)  # it is on plan again, and needs no review
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
    block(lead, coordinator, review_by=MONDAY + 9 * DAY)
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
    block(lead, coordinator, review_by=MONDAY + 9 * DAY)
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


@pytest.mark.parametrize("job", SWEEPS, ids=lambda job: job.__name__)
def test_a_time_to_come_is_refused(db: None, job: Callable[..., int]) -> None:
    with pytest.raises(InvalidInput, match="future"):
        job(at=timezone.now() + HOUR)


@pytest.mark.parametrize("job", SWEEPS, ids=lambda job: job.__name__)
def test_leads_of_other_places_are_left_alone(
    study_site: StudySite, coordinator: User, job: Callable[..., int]
) -> None:
    one_for_every_job(study_site, coordinator)
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
            block(lead, coordinator, review_by=MONDAY + 2 * DAY)
        return count_queries(lambda: job(at=timezone.now()))

    some(1)  # calendars are read once
    assert some(1) == some(6)
