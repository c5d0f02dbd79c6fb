"""A page that was read before hours changed: what it writes follows the hours as they are now."""

from datetime import date, timedelta

from accounts.models import User
from recruitment.models import Clock, Job, Lead, StudySite
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import RecordsType
from recruitment.services import jobs, site_hours
from recruitment.services.folding import clock_differences
from recruitment.services.records import name_records
from recruitment.services.records_lists import NamedRecord
from tests.factories.recruitment import MONDAY, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_old_hours_in_memory_do_not_undo_what_was_counted_anew(
    study_site: StudySite, coordinator: User, administrator: User
) -> None:
    made = make_lead(study_site, owner=coordinator)
    related = Lead.objects.select_related("study_site__site", "study_site__study")
    lead = related.get(pk=made.pk)  # as a page has it

    site_hours.add_holiday(
        study_site.site, on=date(2026, 3, 3), name="Snow", by=administrator, at=MONDAY + HOUR
    )
    for job in Job.objects.filter(state="waiting"):
        assert jobs.run_job(job.pk, at=MONDAY + 2 * HOUR)
    name_records(
        lead=lead,
        items=[NamedRecord(RecordsType.LABS, True)],
        by=coordinator,
        at=MONDAY + 3 * HOUR,
        seen=lead.version,
    )

    due = dict(Clock.objects.filter(lead=lead).values_list("target", "due_at"))
    assert due[TargetKey.FIRST_RESPONSE] == MONDAY + 2 * DAY  # Tuesday is closed
    assert due[TargetKey.RECORDS_REQUEST] == MONDAY + 2 * DAY + 3 * HOUR
    assert list(clock_differences([lead])) == []
