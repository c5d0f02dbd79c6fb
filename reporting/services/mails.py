"""Mail about reports: to who issues when a draft is ready, to readers when it is issued.

Each is a row of the outbox, once per report and person. A mail carries study, site and period in
its subject and a link in its text, and no figure (F5, PR4).
"""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from recruitment.models import (
    ReportDeputy,
    StudySite,
    StudyUserPermission,
    studies_for,
    study_sites_for,
)
from recruitment.services import jobs
from recruitment.services.alerts import site_leads
from reporting.models import SponsorReport
from reporting.render import title
from reporting.services.snapshots import report_in

READY, ISSUED = "mail.report_ready", "mail.report_issued"


def tell_ready(report: SponsorReport, *, at: datetime) -> None:
    """Queue a mail for each lead of the site and each deputy that the draft is to be read.

    May run twice.
    """
    place = StudySite.objects.get(study=report.study_id, site=report.site_id)
    deputies = ReportDeputy.objects.in_force(at=at).filter(site=report.site_id)
    instead = User.objects.filter(pk__in=deputies.values("user"))
    told = sorted({*site_leads(place), *instead}, key=lambda user: user.pk)
    _queue(READY, report, told, at)


def tell_issued(report: SponsorReport, *, at: datetime) -> None:
    """Queue a mail for each reader of the sponsor that the report is there. May run twice."""
    held = StudyUserPermission.objects.filter(
        content_object=report.study_id, permission__codename="view_reports"
    )
    readers = User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")
    _queue(ISSUED, report, readers, at)


def _queue(
    kind: str, report: SponsorReport, users: list[User] | QuerySet[User], at: datetime
) -> None:
    for user in users:
        key = f"{kind}:{report.pk}:{user.pk}"
        jobs.enqueue(kind, key=key, ids={"report": report.pk, "to": user.pk}, at=at)


def send_ready(ids: jobs.Ids, at: datetime) -> None:
    """Mail who issues it; nothing once the draft is issued or gone, or she issues there no more."""
    report, user = _of(ids, "draft")
    if report is None or user is None:
        return
    led = study_sites_for(user, "lead_site").filter(study=report.study_id, site=report.site_id)
    deputies = ReportDeputy.objects.in_force(at=at).filter(site=report.site_id, user=user)
    if led.exists() or deputies.exists():
        _message(report, user, "reporting/ready_mail.txt", READY).send()


def send_issued(ids: jobs.Ids, at: datetime) -> None:
    """Mail one reader; nothing once the report is superseded, or she reads the study no more."""
    report, user = _of(ids, "issued")
    if report is None or user is None:
        return
    if studies_for(user, "view_reports").filter(pk=report.study_id).exists():
        _message(report, user, "reporting/issued_mail.txt", ISSUED).send()


def _of(ids: jobs.Ids, state: str) -> tuple[SponsorReport | None, User | None]:
    report = SponsorReport.objects.filter(pk=ids["report"], state=state).first()
    return report, User.objects.filter(pk=ids["to"], is_active=True).first()


def _message(report: SponsorReport, user: User, template: str, kind: str) -> EmailMessage:
    """The mail. A worker killed after sending sends it again, under the same Message-ID."""
    link = settings.PUBLIC_URL + reverse("report", args=[report.pk])
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return EmailMessage(
        title(report_in(report)),
        render_to_string(template, {"link": link, "row": report}),
        to=[user.email],
        headers={
            "Message-ID": f"<{kind}-{report.pk}-{user.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )


jobs.register(READY, send_ready)
jobs.register(ISSUED, send_issued)
