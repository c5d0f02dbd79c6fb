"""The jobs that look at the time: what they write, once, and what they leave as it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from recruitment.models import Clock, Job, Lead, LeadEvent, Milestone, NextAction, StudySite
from recruitment.rules.clocks import is_miss, standing_of
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import SourceKind
from recruitment.services import recalculation, sweeps
from recruitment.services.breaches import flag_breaches
from recruitment.services.clocks import clock_of
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
