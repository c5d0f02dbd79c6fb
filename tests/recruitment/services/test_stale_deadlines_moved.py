"""Other hours move a deadline that is past already: the lead is stale once, not twice (RQ4)."""

from datetime import time, timedelta

from accounts.models import User
from recruitment.models import Clock, Job, LeadEvent, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import MOVED, EventKind
from recruitment.rules.targets import TargetKey
from recruitment.services import jobs
from recruitment.services.site_hours import set_opening_hours
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import MONDAY, make_lead

AT = MONDAY + timedelta(days=30)
HOUR = timedelta(hours=1)
AFTERNOONS = tuple((day, time(12), time(18)) for day in range(5))


def test_a_lead_that_was_stale_before_the_hours_changed_is_not_stale_another_time(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    assert flag_stale(at=AT) == 1
    lead.refresh_from_db()
    before = lead.stale_at

    set_opening_hours(study_site.site, AFTERNOONS, by=coordinator, at=AT + HOUR)
    assert jobs.run_job(Job.objects.get().pk, at=AT + HOUR)
    assert flag_stale(at=AT + 2 * HOUR) == 1
    assert flag_stale(at=AT + 3 * HOUR) == 0

    lead.refresh_from_db()
    assert lead.stale_at != before
    assert lead.times_stale == 1
    flags = LeadEvent.objects.filter(lead=lead, kind=EventKind.STALE_FLAGGED).order_by("seq")
    assert [(event.due_at, event.reason_code) for event in flags] == [
        (before, ""),
        (lead.stale_at, MOVED),
    ]
    assert Clock.objects.filter(lead=lead, target=TargetKey.STALE_REVIEW).count() == 1
    assert list(differences([lead])) == []
