"""A report knows nothing younger than what is still being written."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from recruitment.models import Job, LeadEvent, StudySite
from reporting.services.drafts import (
    CLOCK_SLACK,
    NotSettled,
    draft_report,
    queue_due_drafts,
    refresh_draft,
    settled_until,
)
from reporting.services.snapshots import report_in
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead
from tests.reporting.world import DAY, HOUR, cut_off_after

PATIENCE = 30  # seconds


@contextmanager
def writing(work: Callable[[], object]) -> Iterator[None]:
    """Another connection that has done `work` and commits only when the block ends."""
    has_written, may_end = Event(), Event()

    def write() -> None:
        try:
            with transaction.atomic():
                work()
                has_written.set()
                may_end.wait(PATIENCE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(write)
        try:
            assert has_written.wait(PATIENCE)
            yield
        finally:
            may_end.set()
            other.result(PATIENCE)


@pytest.fixture
def place(transactional_db: None) -> StudySite:
    return StudySiteFactory()


@pytest.mark.slow
@pytest.mark.usefixtures("real_clock")
@pytest.mark.django_db(transaction=True)
def test_d36_a_lead_committed_after_the_draft_is_counted_by_the_next_one(place: StudySite) -> None:
    cut_off = cut_off_after(place, MONDAY)
    later = timezone.now() + HOUR

    def import_a_lead() -> None:
        make_lead(place, received_at=MONDAY + HOUR, at=timezone.now())

    with writing(import_a_lead):
        as_of = settled_until(later, cut_off=cut_off)
        draft = draft_report(
            study=place.study, site=place.site, cut_off=cut_off, as_of=as_of, at=as_of
        )
    recorded_at = LeadEvent.objects.filter(kind="received").get().recorded_at
    fresh = refresh_draft(draft, as_of=settled_until(later, cut_off=cut_off), at=later)

    assert draft.as_of < recorded_at < fresh.as_of == later - CLOCK_SLACK
    assert report_in(draft).moved("new_interest").to_date.text == "0"
    assert report_in(fresh).moved("new_interest").to_date.text == "1"


@pytest.mark.slow
@pytest.mark.usefixtures("real_clock")
@pytest.mark.django_db(transaction=True)
def test_d36_a_draft_waits_for_what_began_before_its_cut_off(place: StudySite) -> None:
    at = timezone.now() + 32 * DAY

    with writing(lambda: make_lead(place, received_at=MONDAY)):
        queue_due_drafts(at=at)
        assert not Job.objects.exists()
        with pytest.raises(NotSettled, match="still being saved"):
            settled_until(at, cut_off=timezone.now())

    queue_due_drafts(at=at)
    assert Job.objects.get().kind == "report.draft"


@pytest.mark.django_db
def test_who_only_reads_holds_no_report_up_but_the_last_seconds_do() -> None:
    assert settled_until(MONDAY, cut_off=MONDAY - HOUR) == MONDAY - CLOCK_SLACK
    with pytest.raises(NotSettled):
        settled_until(MONDAY, cut_off=MONDAY - timedelta(seconds=1))
