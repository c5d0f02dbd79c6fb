"""Rows for reports: drafts are the site lead's, issued ones the sponsor's too."""

from typing import Any

from django.utils import timezone

from recruitment.models import ReportDeputy, StudySite
from recruitment.services.deputies import name_deputy
from reporting.models import SponsorReport
from reporting.queries.network import day_of
from reporting.services.issuing import issue_report
from tests.access.roles import Row, only
from tests.factories.recruitment import MONDAY
from tests.recruitment.asks.held import raised
from tests.reporting.world import WEEK, make_draft


def _draft(world: Any) -> dict[str, Any]:
    return {"pk": _one(world.study_site).pk}


def _issued(world: Any) -> dict[str, Any]:
    report = _one(world.study_site)
    if report.state == "draft":
        lead = world.people["site_lead"]
        report = issue_report(report=report, by=lead, at=report.as_of, with_papers=False)
    return {"pk": report.pk}


def _one(study_site: StudySite) -> SponsorReport:
    return SponsorReport.objects.first() or make_draft(study_site)


def _with_question(world: Any) -> dict[str, Any]:
    lead = world.people["site_lead"]
    if not SponsorReport.objects.exists():
        raised(world.study_site, lead, at=MONDAY)
    return {**_issued(world), "place": 1}


def _paper(world: Any) -> dict[str, Any]:
    return {**_issued(world), "size": "a4"}


def _draft_paper(world: Any) -> dict[str, Any]:
    return {**_draft(world), "size": "letter"}


def _study(world: Any) -> dict[str, Any]:
    _issued(world)
    return {"pk": world.study_site.study_id}


def _day(world: Any) -> dict[str, Any]:
    _issued(world)
    report = _one(world.study_site)
    return {"pk": report.study_id, "day": f"{day_of(report.cut_off, report.study):%Y-%m-%d}"}


def _day_paper(world: Any) -> dict[str, Any]:
    return {**_day(world), "size": "a4"}


def _site(world: Any) -> dict[str, Any]:
    return {"pk": world.study_site.site_id}


def _deputy(world: Any) -> dict[str, Any]:
    site, at = world.study_site.site, timezone.now()
    user, by = world.people["reviewer"], world.people["site_lead"]
    found = ReportDeputy.objects.filter(site=site, user=user).first()
    found = found or name_deputy(
        site=site, user=user, starts_at=at + WEEK, ends_at=None, by=by, at=at
    )
    return {"pk": found.pk}


READERS = ("site_lead", "sponsor_viewer")
ROWS: dict[str, Row] = {
    "reports": Row("get", only(200, *READERS)),
    "network_report": Row("get", only(200, "sponsor_viewer"), kwargs=_study),
    "network_report_of": Row("get", only(200, "sponsor_viewer"), kwargs=_day),
    "network_report_paper": Row("get", only(200, "sponsor_viewer"), kwargs=_day_paper),
    "reports_issue": Row("get", only(200, "site_lead") | {"sponsor_viewer": 403}),
    "report_deputies": Row("get", only(200, "site_lead") | {"sponsor_viewer": 403}),
    "report_deputy_add": Row("get", only(200, "site_lead") | {"sponsor_viewer": 403}, kwargs=_site),
    "report_deputy_end": Row(
        "post", only(302, "site_lead") | {"sponsor_viewer": 403}, kwargs=_deputy
    ),
    "verify_report": Row("get", only(200, *READERS)),
    "report": Row("get", only(200, *READERS), kwargs=_issued),
    "report_issue": Row("post", only(422, "site_lead"), kwargs=_draft),
    "report_question": Row("get", only(200, "sponsor_viewer") | {"site_lead": 403}, kwargs=_issued),
    "report_refresh": Row("post", only(302, "site_lead"), kwargs=_draft),
    "report_revise": Row("get", only(200, "site_lead") | {"sponsor_viewer": 403}, kwargs=_issued),
    "report_drop": Row("post", only(302, "site_lead"), kwargs=_draft),
    "report_answer": Row(
        "get", only(200, "sponsor_viewer") | {"site_lead": 403}, kwargs=_with_question
    ),
    "report_figures": Row("get", only(200, *READERS), kwargs=_issued),
    "report_paper": Row("get", only(302, *READERS), kwargs=_paper),
    "report_paper_making": Row("get", only(200, "site_lead"), kwargs=_draft_paper),
}
