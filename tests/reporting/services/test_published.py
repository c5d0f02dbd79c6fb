"""A report is made beside everything that was ever published of its study and site (SC4)."""

import pytest

from accounts.models import User
from recruitment.models import StudySite
from reporting.figures.report import told
from reporting.models import SponsorReport
from reporting.services import snapshots
from reporting.services.issuing import issue_report
from reporting.services.snapshots import published, report_in
from tests.factories.recruitment import MONDAY, SourceFactory
from tests.reporting.world import WEEK, make_draft, some_leads

pytestmark = pytest.mark.django_db


def test_every_published_report_is_looked_at_and_no_draft(
    study_site: StudySite,
    site_lead: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = SourceFactory(study=study_site.study)
    some_leads(study_site, site_lead, source, at=MONDAY, n=3)
    issued = []
    for week in range(2):
        draft = make_draft(study_site, after=MONDAY + week * WEEK)
        issued.append(issue_report(report=draft, by=site_lead, at=draft.as_of))
    SponsorReport.objects.filter(pk=issued[0].pk).update(state="superseded")
    seen = []

    def spy(inputs: object, before: object) -> object:
        seen.append(before)
        return snapshots_made(inputs, before)

    snapshots_made = snapshots.weekly_report
    monkeypatch.setattr(snapshots, "weekly_report", spy)

    make_draft(study_site, after=MONDAY + 2 * WEEK)

    assert [row.pk for row in published(study_site)] == [row.pk for row in issued]
    assert seen == [[told(report_in(row)) for row in issued]]
