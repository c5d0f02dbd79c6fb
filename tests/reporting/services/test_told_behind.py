"""What is told by an older time than that of what is kept is in the report all the same (SR2)."""

from datetime import datetime

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import StudySite
from recruitment.rules.vocabulary import ContactResult
from recruitment.services.staleness import flag_stale
from reporting.models import KeptLog
from reporting.services.keeping import follow_leads, keep_leads
from tests.factories.recruitment import MONDAY, make_lead
from tests.reporting.services.test_keeping import made_twice
from tests.reporting.services.test_settled import writing
from tests.reporting.world import DAY, HOUR, WEEK, attempt, cut_off_after

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = MONDAY + 21 * WEEK
"""The leads of two weeks before are stale by then."""


@pytest.fixture
def place(study_site: StudySite, coordinator: User) -> StudySite:
    for n in range(6):
        received_at = MONDAY + 19 * WEEK + n * HOUR
        lead = make_lead(study_site, received_at=received_at)
        attempt(lead, coordinator, received_at + DAY, ContactResult.REACHED)
    return study_site


def check(place: StudySite, at: datetime) -> None:
    """The next report says that they went stale, and no proof finds anything wrong."""
    with transaction.atomic():
        made, whole = made_twice(place, cut_off_after(place, at))
    assert made.stalled is not None
    assert made.stalled.new.known == 6
    assert made == whole


def test_a_missed_moment_that_is_run_again_is_in_the_report(place: StudySite) -> None:
    """Such a run tells its notices by the time that was missed (`run_clock_jobs --at`)."""
    keep_leads(place, at=AT + DAY)

    flag_stale(at=AT)

    check(place, AT + DAY)
    follow_leads(place, at=AT + DAY + HOUR)
    check(place, AT + DAY)
    assert keep_leads(place, at=AT + 2 * DAY).differed == 0


def test_no_proof_takes_for_wrong_what_was_told_by_an_older_time(place: StudySite) -> None:
    keep_leads(place, at=AT + DAY)
    flag_stale(at=AT)

    assert keep_leads(place, at=AT + 2 * DAY).differed == 0
    check(place, AT + 2 * DAY)


def test_what_was_being_written_when_leads_were_kept_is_read_again(place: StudySite) -> None:
    with writing(lambda: flag_stale(at=AT)):
        keep_leads(place, at=AT + DAY)

    assert KeptLog.objects.get().as_of > AT
    check(place, AT + DAY)
