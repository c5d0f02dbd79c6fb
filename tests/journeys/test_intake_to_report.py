"""From a lead file to the sponsor's PDF: every step as a person takes it, through the pages."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Job, Lead, Role, Source, StudySite
from recruitment.services.database_roles import ensure_roles
from recruitment.services.jobs import run_job, waiting_jobs
from recruitment.services.staleness import flag_stale
from reporting.models import ReportDownload, ReportPaper, SponsorReport
from reporting.services.drafts import queue_due_drafts
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    StudySiteFactory,
    StudyStaffFactory,
    make_member,
)
from tests.recruitment.views.lead_steps import post

SignIn = Callable[[User], Client]
FILE = """first name,last name,phone,e-mail,date of birth,ok to contact
Zephyrine,Quackenbush,617-555-0141,zephyrine@canarymail.example,1970-01-02,yes
Bartholomew,Featherstone,617-555-0142,bart@canarymail.example,1961-05-06,yes
Philippa,Wigglesworth,617-555-0143,pippa@canarymail.example,1955-07-08,yes
Nobody,Unreachable,,,,yes
"""
CANARIES = (
    *("Zephyrine", "Quackenbush", "Bartholomew", "Featherstone", "Philippa", "Wigglesworth"),
    *("canarymail", "555-0141", "5550142", "6175550143", "Canarynote"),
)


EXPECTED = (
    "From the site. The first person is enrolled.",
    "New interest 3 3",
    "Attempted contact 1 1",
    "Completed prescreens 1 1",
    "Reviewable candidates 1 1",
    "Scheduled visits 1 1",
    "Visits attended 1 1",
    "Enrolled, as recorded by the study team 1 1",
    "0 + 3 + 0 \N{MINUS SIGN} 0 \N{MINUS SIGN} 1 = 2",
    "All sources 3",
    "All came from one: Referrals.",
)


@dataclass
class Clock:
    """What time it is for the product; only the test moves it on. UTC."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def study_site(db: None) -> StudySite:
    ensure_roles()
    return StudySiteFactory(activated_at=MONDAY - timedelta(days=1))


@pytest.fixture
def source(study_site: StudySite) -> Source:
    return SourceFactory(study=study_site.study, name="Canarysource", sponsor_label="Referrals")


def import_file(desk: Client, study_site: StudySite, source: Source) -> dict[str, int]:
    """The four steps of an import; what came of the rows."""
    file = SimpleUploadedFile("leads.csv", FILE.encode())
    values = {"study_site": study_site.pk, "source": source.pk, "file": file}
    columns = desk.post(reverse("lead_import"), values)["Location"]
    form = desk.get(columns).context["form"]
    rows = desk.post(columns, {name: form[name].value() or "" for name in form.fields})["Location"]
    return dict(desk.post(rows, follow=True).context["outcome"])


def work_to_enrolled(sign_in: Callable[[], Client], lead: Lead, decider: str, clock: Clock) -> None:
    """One lead from receipt to an attended visit and enrolled, each step by its form."""

    def step(name: str, **data: object) -> None:
        response = post(desk, name, lead, **{"due": "proposed"} | data)
        assert response.status_code == 302, (name, response.context["refused"].errors)
        assert response["Location"] == reverse("lead", args=[lead.number])

    desk = sign_in()
    visit_on = (clock.now + timedelta(days=7)).date().isoformat()
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        ("lead_claim", {}),
        ("lead_outreach", {"outcome": "no_answer", "channel": "phone"}),
        ("lead_outreach", {"outcome": "reached", "channel": "phone", "note": "Canarynote"}),
        ("lead_prescreen", {"state": "complete", "to": "coordinator_review"}),
        ("lead_review_request", {}),
        (
            "lead_review_decide",
            {"decision": "proceed", "decided_by": decider, "to": "records_needed"},
        ),
        ("lead_records_name", {"type": "labs"}),
        ("lead_records", {"step": "request", "how": "fax", "provider": "Canarynote clinic"}),
        ("lead_records", {"step": "receive"}),
        ("lead_records", {"step": "sufficient"}),
        ("lead_move", {"to": "ready_to_schedule"}),
        ("lead_dates_offer", {}),
        (
            "lead_visit_book",
            {
                "starts_on": visit_on,
                "starts_time": "10:00",
                "type": "screening",
                "place": "Canarynote room",
                "preparation_sent": "on",
            },
        ),
        ("lead_visit_confirm", {}),
    )
    for name, data in steps:
        clock.pass_by(minutes=40)
        if name == "lead_records":
            data["step"] = f"{lead.records_items.get().pk}:{data['step']}"
        step(name, **data)
    clock.pass_by(days=7)
    desk = sign_in()
    step("lead_visit_end", result="attended", decided_by=decider)
    clock.pass_by(hours=1)
    step("lead_enroll", decided_by=decider)
    assert lead.stage == "enrolled"


def run_all_jobs(clock: Clock) -> None:
    """What the worker does with the outbox."""
    while waiting := waiting_jobs(at=clock.now):
        for job_id in waiting:
            assert run_job(job_id, at=clock.now), Job.objects.get(pk=job_id).error


def text_of(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


@pytest.mark.slow
def test_a_lead_file_becomes_a_weekly_pdf_that_the_sponsor_downloads(
    study_site: StudySite, source: Source, clock: Clock, as_user: SignIn
) -> None:
    decider = str(StudyStaffFactory(study_site=study_site).pk)
    priya, ana = (
        make_member(Role.COORDINATOR, study_site),
        make_member(Role.SITE_LEAD, study_site.site),
    )

    outcome = import_file(as_user(priya), study_site, source)
    assert outcome == {"imported": 3, "that cannot be used": 1}
    worked = Lead.objects.get(person__last_name="Quackenbush")
    work_to_enrolled(lambda: as_user(priya), worked, decider, clock)

    assert flag_stale(at=clock.now) == 2
    queue = as_user(priya).get(reverse("queue"), {"tab": "team"}).content.decode()
    assert 'data-bucket="stale" data-count="2"' in queue
    assert 'data-bucket="closed" data-count="1"' in queue

    clock.pass_by(days=7)
    assert queue_due_drafts(at=clock.now) == 1
    run_all_jobs(clock)
    draft = SponsorReport.objects.get()
    hers = make_member(Role.SPONSOR_VIEWER, study_site.study)
    sponsor, lead_of_site = as_user(hers), as_user(ana)
    pdf_url = reverse("report_paper", args=[draft.pk, "a4"])
    assert sponsor.get(pdf_url).status_code == 404, "a draft is no sponsor's to read"
    page = lead_of_site.get(reverse("report", args=[draft.pk]))
    note = {"seen": page.context["form"]["seen"].value(), "note": "The first person is enrolled."}
    lead_of_site.post(reverse("report_issue", args=[draft.pk]), note)
    draft.refresh_from_db()
    assert draft.state == "issued"
    run_all_jobs(clock)
    assert ReportPaper.objects.filter(report=draft).count() == 2

    response = sponsor.get(pdf_url)
    text = text_of(response.content)
    for words in EXPECTED:
        assert words in text
    numbers = Lead.objects.values_list("number", flat=True)
    for canary in (*CANARIES, "Canarysource", *numbers):
        assert canary.lower() not in text.lower()
        assert canary not in response["Content-Disposition"]
    assert ReportDownload.objects.get().user == hers

    other = as_user(make_member(Role.SPONSOR_VIEWER, StudySiteFactory().study))
    for url in (pdf_url, reverse("report", args=[draft.pk])):
        assert other.get(url).status_code == 404
    said = io.StringIO()
    call_command("check_projection", stdout=said)
    assert "0 differ" in said.getvalue()
