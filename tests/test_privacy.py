"""Canaries: who a lead is never leaves by a log, a job, a message, an address or a report."""

import io
import json
import logging
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pdfplumber
import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from recruitment.models import Job, Lead, Role, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.sponsor_text import NotForSponsors
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    RecordsType,
)
from recruitment.services.asks import answer_ask
from recruitment.services.blockers import open_blocker
from recruitment.services.database_roles import ensure_roles
from recruitment.services.jobs import run_job, waiting_jobs
from recruitment.services.notes import add_note
from recruitment.services.outreach import log_outreach
from recruitment.services.records import name_records, request_record
from recruitment.services.records_lists import NamedRecord
from reporting.models import ReportPaper, SponsorReport
from reporting.services.issuing import issue_report
from reporting.services.snapshots import report_in
from tests.factories.recruitment import (
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.asks.held import OPTIONS, answer, question, raised
from tests.reporting.world import make_draft
from trialsnest.lib.logs import JsonFormatter

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CANARIES = (
    "Zephyrine",
    "Quackenbush",
    "6175550199",
    "555-0199",
    "zephyrine.q",
    "canarymail.example",
    "Canarynote",
    "Canaryclinic",
    "Canarysource",
)


@dataclass
class Leaky:
    """A lead full of canaries, and the people around it."""

    lead: Lead
    study_site: StudySite
    site_lead: User
    coordinator: User
    sponsor: User
    lines: io.StringIO

    @property
    def canaries(self) -> tuple[str, ...]:
        return (*CANARIES, self.lead.number)

    def check(self, text: str, where: str, *, number_too: bool = True) -> None:
        """Assert that no canary occurs in `text`; the staff's own addresses hold lead numbers."""
        for canary in self.canaries if number_too else CANARIES:
            assert canary.lower() not in text.lower(), f"{canary} in {where}"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Every log line of the process at its most talkative, as it would be printed."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def leaky(transactional_db: None, lines: io.StringIO) -> Leaky:
    ensure_roles()
    now = timezone.now()
    study_site = StudySiteFactory(activated_at=now - timedelta(weeks=5))
    coordinator = make_member(Role.COORDINATOR, study_site)
    source = SourceFactory(
        study=study_site.study, name="Canarysource of Dr. Quackenbush", sponsor_label="Referrals"
    )
    enquirer = make_enquirer(
        first_name="Zephyrine",
        last_name="Quackenbush",
        phones=("+16175550199",),
        emails=("zephyrine.q@canarymail.example",),
    )
    at = now - timedelta(weeks=4)
    lead = make_lead(study_site, received_at=at, source=source, enquirer=enquirer)
    values = {"by": coordinator, "at": at + timedelta(hours=1)}
    plan = Plan(ActionType.SEND_PRESCREEN, at + timedelta(days=2), detail="Canarynote")
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        seen=lead.version,
        plan=plan,
        note="Canarynote: ask for Zephyrine",
        **values,
    )
    lead.refresh_from_db()
    add_note(lead=lead, text="Canarynote about Quackenbush, (617) 555-0199", **values)
    lead.refresh_from_db()
    name_records(lead=lead, items=[NamedRecord(RecordsType.LABS)], seen=lead.version, **values)
    lead.refresh_from_db()
    request_record(
        lead=lead,
        type=RecordsType.LABS,
        how="fax to Canaryclinic",
        provider="Canaryclinic",
        seen=lead.version,
        **values,
    )
    lead.refresh_from_db()
    open_blocker(
        lead=lead,
        category=BlockerCategory.MISSING_RECORDS,
        review_by=values["at"] + timedelta(days=3),
        seen=lead.version,
        **values,
    )
    lead.refresh_from_db()
    site_lead = make_member(Role.SITE_LEAD, study_site.site)
    answered_in_words(study_site, site_lead, at=values["at"])
    return Leaky(
        lead,
        study_site,
        site_lead,
        coordinator,
        make_member(Role.SPONSOR_VIEWER, study_site.study),
        lines,
    )


def answered_in_words(study_site: StudySite, site_lead: User, *, at: datetime) -> None:
    """A question with options whose leads wait; who answered by naming one is a canary."""
    with pytest.raises(NotForSponsors):
        raised(study_site, site_lead, question(options=("Yes", "As Quackenbush says")), at=at)
    ask = raised(study_site, site_lead, question(options=OPTIONS), at=at)
    answer_ask(
        ask=ask,
        answer=answer(on=at.date(), said_by="Canarynote of the sponsor", option=OPTIONS[0]),
        by=site_lead,
        at=at + timedelta(days=1),
        seen=ask.seq,
    )
    site = study_site.site
    site.review_weekday, site.review_at = 1, time(10)
    site.save()


def broker_content() -> str:
    """Everything the broker holds: the messages with the arguments of the tasks."""
    path, _, number = settings.CELERY_BROKER_URL.removeprefix("redis+socket://").partition(
        "?virtual_host="
    )
    server = (
        redis.Redis(unix_socket_path=path, db=int(number or 0))
        if path.startswith("/")
        else redis.Redis.from_url(settings.CELERY_BROKER_URL)
    )
    texts = []
    for key in server.keys():  # noqa: SIM118  (not a dictionary)
        kind = server.type(key)
        if kind == b"list":
            texts += [item.decode(errors="replace") for item in server.lrange(key, 0, -1)]
        elif kind == b"hash":
            texts += [item.decode(errors="replace") for item in server.hvals(key)]
    bodies = re.findall(r'"body": "([A-Za-z0-9+/=]+)"', "\n".join(texts))
    return "\n".join([*texts, *(b64decode(body).decode() for body in bodies)])


def issued_with_papers(leaky: Leaky) -> SponsorReport:
    draft = make_draft(leaky.study_site, after=timezone.now() - timedelta(weeks=2))
    report = issue_report(report=draft, by=leaky.site_lead, at=timezone.now())
    for job_id in waiting_jobs(at=timezone.now() + timedelta(hours=1)):
        run_job(job_id, at=timezone.now())
    assert ReportPaper.objects.filter(report=report).count() == 2
    return report


def test_a_report_holds_no_identity_in_its_text_its_metadata_or_its_name(
    leaky: Leaky, as_user: Callable[[User], Client]
) -> None:
    report = issued_with_papers(leaky)
    client = as_user(leaky.sponsor)
    told = report_in(report)
    assert told.header.next_review_on
    assert [row.option for row in told.asks.answered] == [OPTIONS[0]]
    leaky.check(client.get(reverse("report_figures", args=[report.pk])).content.decode(), "the CSV")
    network = client.get(reverse("network_report", args=[report.study_id])).content.decode()
    assert told.header.site_hours in network
    leaky.check(network, "the page of all sites")

    for size in ("a4", "letter"):
        response = client.get(reverse("report_paper", args=[report.pk, size]))
        pdf = response.content
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            text = "\n".join(page.extract_text() for page in document.pages)
        reader = PdfReader(io.BytesIO(pdf))
        assert leaky.study_site.study.code in text
        leaky.check(text, "the text of the PDF")
        leaky.check(str(reader.metadata), "the metadata of the PDF")
        leaky.check(str(reader.xmp_metadata and reader.xmp_metadata.stream.get_data()), "XMP")
        leaky.check(str([item.title for item in reader.outline if hasattr(item, "title")]), "marks")
        leaky.check(pdf.decode("latin-1"), "the bytes of the PDF")
        leaky.check(response["Content-Disposition"], "the file name")
    leaky.check(json.dumps(report.snapshot), "the snapshot")
    page = client.get(reverse("report", args=[report.pk])).content.decode()
    leaky.check(page, "the sponsor's page")
    leaky.check(client.get(reverse("reports")).content.decode(), "the sponsor's list")


def test_jobs_messages_and_log_lines_hold_no_identity(
    leaky: Leaky, as_user: Callable[[User], Client]
) -> None:
    issued_with_papers(leaky)
    staff = as_user(leaky.coordinator)
    for name, args in (("queue", []), ("lead", [leaky.lead.number])):
        assert staff.get(reverse(name, args=args)).status_code == 200
    staff.get("/leads/?q=Quackenbush")
    staff.get("/Zephyrine/Quackenbush/")
    call_command("check_projection", stdout=io.StringIO())
    call_command("run_clock_jobs", stdout=io.StringIO())

    jobs = "\n".join(str(row) for row in Job.objects.values())
    said = leaky.lines.getvalue()

    assert Job.objects.exists()
    assert '"route": "lead"' in said
    leaky.check(jobs, "the rows of jobs")
    carried = broker_content()
    assert '{"callbacks": null' in carried, "the bodies of the messages were read"
    leaky.check(carried, "the broker")
    leaky.check(said, "a log line")


def test_addresses_on_pages_hold_no_name_and_a_sponsors_hold_no_lead_number(
    leaky: Leaky, as_user: Callable[[User], Client]
) -> None:
    report = issued_with_papers(leaky)
    address = re.compile(r"""(?:href|action|src|hx-\w+)=["']([^"']*)["']""")
    staff, sponsor = as_user(leaky.coordinator), as_user(leaky.sponsor)

    for name, args in (("queue", []), ("lead", [leaky.lead.number])):
        page = staff.get(reverse(name, args=args)).content.decode()
        found = [url for url in address.findall(page) if not url.startswith(("tel:", "mailto:"))]
        leaky.check(" ".join(found), f"an address on {name}", number_too=False)
    for name, args in (("reports", []), ("report", [report.pk])):
        page = sponsor.get(reverse(name, args=args)).content.decode()
        leaky.check(" ".join(address.findall(page)), f"an address on {name}")
