"""One report on the page, and issuing its draft."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import ConfirmedWords, Job, Site, StudySite
from recruitment.rules.vocabulary import RecordsType
from recruitment.services.records import name_records, request_record
from recruitment.services.records_lists import NamedRecord
from reporting.figures.report import weekly_report
from reporting.models import ReportDownload, SponsorReport
from reporting.render import report_html
from reporting.services.issuing import issue_report
from reporting.services.snapshots import freeze, snapshot_text
from tests.factories.recruitment import MONDAY, make_enquirer, make_lead
from tests.reporting.samples import HEADER, sample_inputs
from tests.reporting.world import make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def draft(study_site: StudySite) -> SponsorReport:
    return make_draft(study_site)


@pytest.fixture
def full_draft(draft: SponsorReport) -> SponsorReport:
    """A draft that holds the figures of the sample, whose tables are full."""
    freeze(draft, weekly_report(sample_inputs()))
    draft.cut_off, draft.as_of = HEADER.cut_off, HEADER.as_of
    draft.save()
    return draft


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def tables_of(html: str) -> dict[str, list[list[str]]]:
    """The cells of each table by the heading above it, without marks and heads of columns."""
    tables = {}
    for part in re.split(r"<h[23]", html)[1:]:
        heading = plain("<h" + re.split("</h[23]>", part)[0])
        table = part.partition("<table")[2].partition("</table>")[0]
        body = re.sub(r"<thead>.*?</thead>", "", table, flags=re.DOTALL)
        rows = re.findall(r"<tr[ >](.*?)</tr>", body, re.DOTALL)
        cells = [re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL) for row in rows]
        tables[heading] = [[plain(cell) for cell in row] for row in cells]
    return tables


def test_the_page_and_the_paper_print_the_same_numbers(
    full_draft: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    page = as_user(site_lead).get(reverse("report", args=[full_draft.pk])).content.decode()

    on_page = tables_of(page)
    on_paper = tables_of(report_html(snapshot_text(full_draft), paper="a4"))

    for heading in (
        "Movement since the last report",
        "Source quality",
        "Site execution",
        "Scheduling",
        "Criteria and protocol friction",
        "Why leads closed, to date",
        "Next actions of open leads",
    ):
        assert len(on_paper[heading]) > 1, heading
        assert on_page[heading] == on_paper[heading], heading
    assert [row[-2:] for row in on_page["Blockers"]] == [row[-2:] for row in on_paper["Blockers"]]


def test_the_site_lead_issues_a_draft_with_a_sentence(
    draft: SponsorReport, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    client, url = as_user(site_lead), reverse("report", args=[draft.pk])
    assert "Issue it now" in client.get(url).content.decode()

    response = client.post(
        reverse("report_issue", args=[draft.pk]),
        {"note": " Two slots\nopened on  Saturdays. ", "seen": draft.snapshot_sha256},
    )

    assert (response.status_code, response["Location"]) == (302, url)
    draft.refresh_from_db()
    assert (draft.state, draft.issued_by) == ("issued", site_lead)
    seen = as_user(sponsor_viewer).get(url).content.decode()
    assert "Two slots opened on Saturdays." in seen
    assert "Issue it now" not in seen
    assert "Issue it now" not in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("Ask ada@example.org about it.", "e-mail address"),
        ("Call (617) 555-0143 for more.", "long number"),
        ("\uff10\uff16\uff11\uff17 \uff15\uff15\uff15 \uff10\uff11\uff14\uff13", "long number"),
        ("Born 03/12/1961.", "birth date"),
        ("Seen on March 3, 1961.", "birth date"),
        ("Lead 7KQ2M9XD is waiting.", "lead number"),
        ("A 61-year-old is waiting.", "an age"),
        ("Three people look eligi\u200bble.", "eligibility"),
        ("See www.example.org.", "web address"),
    ],
)
def test_a_sentence_that_may_tell_who_somebody_is_is_refused_without_quoting_it(
    draft: SponsorReport, site_lead: User, as_user: AsUser, note: str, what: str
) -> None:
    response = as_user(site_lead).post(
        reverse("report_issue", args=[draft.pk]), {"note": note, "seen": draft.snapshot_sha256}
    )

    assert response.status_code == 422
    assert what in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("Quackenbush waits.", "the name of a person (letters 1 to 11)"),
        ("Ana Lead called.", "the name of a person"),
        ("Ask Harborview.", "the name of a clinic or provider (letters 5 to 14)"),
        ("Rosewood is late.", "the name of a clinic or provider (letters 1 to 8)"),
    ],
)
def test_s68_names_of_patients_staff_clinics_and_providers_block_the_issue(
    draft: SponsorReport,
    study_site: StudySite,
    site_lead: User,
    as_user: AsUser,
    note: str,
    what: str,
) -> None:
    enquirer = make_enquirer(first_name="Zephyrine", last_name="Quackenbush")
    lead = make_lead(study_site, enquirer=enquirer)
    Site.objects.update(name="Harborview Clinic")
    name_records(
        lead=lead,
        items=[NamedRecord(RecordsType.LABS, why="For review")],
        by=site_lead,
        at=MONDAY,
        seen=lead.version,
    )
    lead.refresh_from_db()
    request_record(
        lead=lead,
        type=RecordsType.LABS,
        how="by fax",
        provider="Rosewood Neurology",
        by=site_lead,
        at=MONDAY,
        seen=lead.version,
    )
    client, url = as_user(site_lead), reverse("report_issue", args=[draft.pk])

    refused = client.post(url, {"note": note, "seen": draft.snapshot_sha256})

    assert refused.status_code == 422
    assert what in refused.content.decode()
    assert SponsorReport.objects.get().state == "draft"
    cleared = {"note": "Two slots opened.", "seen": draft.snapshot_sha256}
    assert client.post(url, cleared).status_code == 302


def test_s68_a_false_hit_is_confirmed_and_goes_on_record_without_the_word(
    draft: SponsorReport, study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Ada", last_name="Summer"))
    client, url = as_user(site_lead), reverse("report_issue", args=[draft.pk])
    note = "Summer was quiet."
    assert "is_no_hit" not in client.get(reverse("report", args=[draft.pk])).content.decode()
    refused = client.post(url, {"note": note, "seen": draft.snapshot_sha256})
    form = refused.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert "the name of a person (letters 1 to 6)" in refused.content.decode()

    without = client.post(url, sent)
    other = client.post(url, sent | {"is_no_hit": "on", "note": "Summer called."})

    assert (without.status_code, other.status_code) == (422, 422)
    assert not other.context["form"]["is_no_hit"].value()
    assert not ConfirmedWords.objects.exists()
    assert client.post(url, sent | {"is_no_hit": "on"}).status_code == 302
    assert SponsorReport.objects.get().narrative == note
    said = ConfirmedWords.objects.get()
    assert (said.what, said.first, said.last) == ("the name of a person", 1, 6)
    assert (said.by, said.site, said.field) == (site_lead, study_site.site, "note")
    assert said.about == f"report {draft.pk}"


@pytest.mark.parametrize(
    "note",
    ["", "Saturday screening starts on 5 December; 12 slots a week.", "Records: 11 leads wait."],
)
def test_an_ordinary_sentence_passes(
    draft: SponsorReport, site_lead: User, as_user: AsUser, note: str
) -> None:
    response = as_user(site_lead).post(
        reverse("report_issue", args=[draft.pk]), {"note": note, "seen": draft.snapshot_sha256}
    )

    assert response.status_code == 302
    assert SponsorReport.objects.get().narrative == note


def test_who_read_an_older_draft_is_told_to_read_again(
    draft: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    response = as_user(site_lead).post(
        reverse("report_issue", args=[draft.pk]), {"note": "", "seen": "0" * 64}, follow=True
    )

    assert "Read it once more" in response.content.decode()
    assert SponsorReport.objects.get().state == "draft"


def test_counting_again_takes_in_what_was_entered_since(
    study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    draft = make_draft(study_site)
    make_lead(study_site, received_at=MONDAY + timedelta(hours=1), at=draft.as_of)

    as_user(site_lead).post(reverse("report_refresh", args=[draft.pk]))

    fresh = SponsorReport.objects.get()
    assert fresh.as_of > draft.as_of
    assert fresh.cut_off == draft.cut_off
    assert Job.objects.filter(kind="report.paper").count() == 2


def test_a_sponsor_may_neither_issue_nor_refresh(
    draft: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    client = as_user(sponsor_viewer)

    assert client.post(reverse("report_issue", args=[draft.pk])).status_code == 404
    SponsorReport.objects.update(state="issued", issued_at=draft.as_of, issued_by=sponsor_viewer)
    assert client.post(reverse("report_issue", args=[draft.pk])).status_code == 403
    assert client.post(reverse("report_refresh", args=[draft.pk])).status_code == 403


def test_a_sentence_survives_a_draft_that_was_made_again(
    draft: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    client, url = as_user(site_lead), reverse("report_issue", args=[draft.pk])

    refused = client.post(url, {"note": "Two slots opened.", "seen": "0" * 64})

    assert refused.status_code == 409
    form = refused.context["form"]
    assert form["note"].value() == "Two slots opened."
    assert form["seen"].value() == draft.snapshot_sha256
    again = {name: form[name].value() for name in form.fields}
    assert client.post(url, again).status_code == 302
    assert SponsorReport.objects.get().narrative == "Two slots opened."


def test_a_wrong_sentence_for_an_issued_report_does_not_show_it_as_a_draft(
    draft: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    issue_report(report=draft, by=site_lead, at=draft.as_of)

    response = as_user(site_lead).post(
        reverse("report_issue", args=[draft.pk]), {"note": "Ask ada@example.org."}, follow=True
    )

    page = response.content.decode()
    assert response.redirect_chain == [(reverse("report", args=[draft.pk]), 302)]
    assert "This report has been issued already." in page
    assert "Issue it now" not in page


def test_lr2_a_sponsor_who_reads_the_page_is_on_record_and_its_issuer_is_not(
    draft: SponsorReport, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    issue_report(report=draft, by=site_lead, at=draft.as_of)
    url = reverse("report", args=[draft.pk])

    as_user(site_lead).get(url)
    as_user(sponsor_viewer).head(url)
    assert not ReportDownload.objects.exists()
    as_user(sponsor_viewer).get(url)

    taken = ReportDownload.objects.get()
    assert (taken.report, taken.size, taken.user) == (draft, "page", sponsor_viewer)
