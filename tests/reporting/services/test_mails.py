"""Mails about reports: who gets one, what it says, and that it comes once."""

import pytest
from django.core.mail import EmailMessage

from accounts.models import User
from recruitment.models import Job, Role, StudySite
from recruitment.services.jobs import run_job
from reporting.models import SponsorReport
from reporting.services.drafts import run_draft_job
from reporting.services.issuing import issue_report
from reporting.services.revising import start_revision
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member
from tests.reporting.world import DAY, cut_off_after, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(study_site: StudySite) -> dict[str, int | str]:
    cut_off = cut_off_after(study_site, MONDAY)
    return {
        "study": study_site.study_id,
        "site": study_site.site_id,
        "cut_off": cut_off.isoformat(),
    }


def send_all(kind: str, at: SponsorReport) -> None:
    for job in Job.objects.filter(kind=kind, state="waiting"):
        run_job(job.pk, at=at.as_of)


def test_each_lead_of_the_site_hears_once_that_a_draft_is_ready(
    due: dict[str, int | str],
    study_site: StudySite,
    site_lead: User,
    coordinator: User,
    sponsor_viewer: User,
    mailoutbox: list[EmailMessage],
) -> None:
    deputy = make_member(Role.SITE_LEAD, study_site.site, name="Bea Second")
    make_member(Role.SITE_LEAD, StudySiteFactory().site)
    make_lead(study_site)

    for _ in range(2):
        run_draft_job(due, cut_off_after(study_site, MONDAY) + DAY)
        send_all("mail.report_ready", SponsorReport.objects.get())

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([site_lead.email, deputy.email])
    mail = mailoutbox[0]
    report = SponsorReport.objects.get()
    assert mail.subject.startswith(f"{study_site.study.code} at {study_site.site.sponsor_label}, ")
    assert f"/reports/{report.pk}/" in mail.body
    assert not [word for word in ("1 lead", "Ana", "Bea") if word in mail.body + mail.subject]


def test_the_readers_of_the_study_hear_when_it_is_issued_and_of_its_revision(
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    mailoutbox: list[EmailMessage],
) -> None:
    make_member(Role.SPONSOR_VIEWER, StudySiteFactory().study)
    draft = make_draft(study_site)
    issued = issue_report(report=draft, by=site_lead, at=draft.as_of)
    send_all("mail.report_issued", draft)
    second = start_revision(
        report=issued,
        reason="wording",
        changed="Wording.",
        by=site_lead,
        at=draft.as_of,
        as_of=draft.as_of,
    )
    issue_report(report=second, by=site_lead, at=draft.as_of)
    send_all("mail.report_issued", draft)

    assert [mail.to for mail in mailoutbox] == [[sponsor_viewer.email]] * 2
    assert mailoutbox[0].subject == mailoutbox[1].subject
    assert "as revision B" in mailoutbox[1].body
    assert f"/reports/{second.pk}/" in mailoutbox[1].body


def test_nobody_hears_of_what_is_over_or_not_hers_any_more(
    due: dict[str, int | str],
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    mailoutbox: list[EmailMessage],
) -> None:
    run_draft_job(due, cut_off_after(study_site, MONDAY) + DAY)
    draft = SponsorReport.objects.get()
    issue_report(report=draft, by=site_lead, at=draft.as_of)
    send_all("mail.report_ready", draft)
    User.objects.filter(pk=sponsor_viewer.pk).update(is_active=False)
    send_all("mail.report_issued", draft)

    assert mailoutbox == []
    assert not Job.objects.filter(kind__startswith="mail.report", state="waiting").exists()


def test_a_report_of_the_past_is_told_to_nobody(
    study_site: StudySite, site_lead: User, sponsor_viewer: User
) -> None:
    draft = make_draft(study_site)

    issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)

    assert not Job.objects.exists()
