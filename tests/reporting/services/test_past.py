"""Past weeks as they would have been drafted and issued."""

from itertools import pairwise

import pytest

from accounts.models import User
from recruitment.models import Job, StudySite
from reporting.models import SponsorReport
from reporting.services.past import PastReports, draft_and_issue_past
from tests.factories.recruitment import MONDAY, make_lead
from tests.reporting.world import DAY, WEEK

pytestmark = pytest.mark.django_db


def test_past_weeks_are_issued_in_order_and_the_newest_waits_for_the_site_lead(
    study_site: StudySite, site_lead: User
) -> None:
    make_lead(study_site)
    at = MONDAY + 6 * WEEK + DAY

    made = draft_and_issue_past(at=at, weeks=6, by_site={study_site.site: site_lead})

    assert made == PastReports(issued=5, drafts=1, papers=8)
    rows = list(SponsorReport.objects.order_by("cut_off"))
    assert [row.state for row in rows] == ["issued"] * 5 + ["draft"]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    for earlier, later in pairwise(rows):
        assert later.period_start == earlier.cut_off
    assert all(row.as_of < row.issued_at < at for row in rows[:-1])
    assert Job.objects.filter(kind="report.paper").count() == 8


def test_making_the_past_twice_changes_nothing(study_site: StudySite, site_lead: User) -> None:
    at = MONDAY + 3 * WEEK
    draft_and_issue_past(at=at, weeks=3, by_site={study_site.site: site_lead})
    before = list(SponsorReport.objects.values())

    made = draft_and_issue_past(at=at, weeks=3, by_site={study_site.site: site_lead})

    assert made.issued == 0
    assert list(SponsorReport.objects.values()) == before
