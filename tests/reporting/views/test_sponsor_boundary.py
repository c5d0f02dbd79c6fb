"""What a sponsor can get at: the issued report without a person, and nothing else (F1, PR2)."""

import io
import logging
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.services.notes import add_note
from reporting.services.issuing import issue_report
from reporting.services.papers import render_paper
from tests.factories.recruitment import MONDAY, make_enquirer, make_lead
from tests.reporting.world import DAY, make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    enquirer = make_enquirer(
        first_name="Zephyrine",
        last_name="Quackenbush",
        phones=("+16175550199",),
        emails=("zephyrine.q@canarymail.example",),
    )
    found = make_lead(study_site, received_at=MONDAY + DAY, enquirer=enquirer)
    add_note(lead=found, text="Canarynote of Dr. Loxley", by=coordinator, at=MONDAY + 2 * DAY)
    return found


def test_s61_a_draft_is_not_there_for_the_sponsor_and_an_issued_pdf_names_nobody(
    lead: Lead, study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    draft, client = make_draft(study_site, after=MONDAY), as_user(sponsor_viewer)
    paper = reverse("report_paper", args=[draft.pk, "a4"])
    page = reverse("report", args=[draft.pk])
    before = [client.get(url).status_code for url in (page, paper)]

    issued = issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)
    render_paper(report=issued, size="a4", at=issued.as_of)
    pdf = client.get(paper)

    reader = PdfReader(io.BytesIO(pdf.content))
    said = " ".join(leaf.extract_text() for leaf in reader.pages) + str(reader.metadata)
    said += client.get(page).content.decode() + pdf["Content-Disposition"]
    assert before == [404, 404]
    assert "New interest" in said
    secret = ("Zephyrine", "Quackenbush", "Z. Q", "5550199", "555-0199", "canarymail")
    for canary in (*secret, "Canarynote", "Loxley", lead.number):
        assert canary.lower() not in said.lower(), canary


@pytest.mark.parametrize("name", ["lead", "queue", "daily_sheet", "lead_ctms_csv"])
def test_s62_a_sponsor_finds_no_lead_queue_sheet_or_csv_and_the_try_is_logged(
    name: str,
    lead: Lead,
    sponsor_viewer: User,
    as_user: AsUser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = reverse(name, args=[lead.number] if name.startswith("lead") else [])

    with caplog.at_level(logging.INFO, logger="trialsnest.requests"):
        answer = as_user(sponsor_viewer).get(url)

    line = next(one for one in caplog.records if getattr(one, "route", "") == name)
    told = vars(line)
    assert answer.status_code == 404
    assert (told["status"], told["user"]) == (404, sponsor_viewer.pk)
