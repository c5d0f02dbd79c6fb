"""Making a revision from the page of an issued report, and what the sponsor then sees."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import ConfirmedWords, Job, StudySite
from reporting.models import SponsorReport
from reporting.services.issuing import issue_report
from tests.factories.recruitment import make_enquirer, make_lead
from tests.reporting.world import make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
SAID = {"reason": "entries", "changed": "Two inquiries were entered twice."}


@pytest.fixture
def issued(study_site: StudySite, site_lead: User) -> SponsorReport:
    draft = make_draft(study_site)
    return issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)


def test_a_revision_goes_from_the_page_to_the_sponsor(
    issued: SponsorReport, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    client, url = as_user(site_lead), reverse("report_revise", args=[issued.pk])
    assert url in client.get(reverse("report", args=[issued.pk])).content.decode()
    assert client.get(url).status_code == 200

    made = client.post(url, SAID)

    draft = SponsorReport.objects.get(revision="B")
    page = reverse("report", args=[draft.pk])
    assert made["Location"] == page
    assert Job.objects.filter(kind="report.paper", ids__report=draft.pk).count() == 2
    shown = client.get(page).content.decode()
    assert "is to take the place of revision A" in shown
    assert "Two inquiries were entered twice." in shown
    seen = {"note": "", "seen": draft.snapshot_sha256}
    assert client.post(reverse("report_issue", args=[draft.pk]), seen).status_code == 302
    old = client.get(reverse("report", args=[issued.pk])).content.decode()
    assert f'<a href="{page}">Revision B, which replaced it</a>' in old
    assert "Make a revision" not in old
    reader = as_user(sponsor_viewer)
    listed = reader.get(reverse("reports")).content.decode()
    assert "Replaced revision A" in listed
    assert f'data-report="{issued.pk}"' not in listed
    assert "takes the place of revision A" in reader.get(page).content.decode()
    assert reader.get(reverse("report", args=[issued.pk])).status_code == 404
    assert reader.get(reverse("report_paper", args=[issued.pk, "a4"])).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": ""}, "Choose why the report is revised."),
        ({"changed": ""}, "Say what changed, in one sentence."),
        ({"changed": "Mail ada@example.org."}, "an e-mail address (letters 6 to 20)"),
    ],
)
def test_what_was_typed_comes_back_with_a_sentence(
    issued: SponsorReport, site_lead: User, as_user: AsUser, wrong: dict[str, str], said: str
) -> None:
    url = reverse("report_revise", args=[issued.pk])

    response = as_user(site_lead).post(url, SAID | wrong)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert (SAID | wrong)["changed"] in page
    assert not SponsorReport.objects.filter(state="draft").exists()


def test_who_comes_second_is_shown_the_revision_that_was_begun(
    issued: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    client, url = as_user(site_lead), reverse("report_revise", args=[issued.pk])
    client.post(url, SAID)
    draft = SponsorReport.objects.get(revision="B")

    for response in (client.get(url), client.post(url, SAID)):
        assert response["Location"] == reverse("report", args=[draft.pk])
    page = client.get(reverse("report", args=[draft.pk])).content.decode()
    assert "Revision B is being written already." in page
    assert SponsorReport.objects.count() == 2


def test_an_earlier_report_is_not_revised_and_the_page_says_why(
    issued: SponsorReport, study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    later = make_draft(study_site, after=issued.cut_off)
    issue_report(report=later, by=site_lead, at=later.as_of, with_papers=False)
    client, url = as_user(site_lead), reverse("report_revise", args=[issued.pk])

    page = client.get(url, follow=True).content.decode()
    refused = client.post(url, SAID)

    assert "Only the last issued report" in page
    assert "Make a revision" not in page
    assert refused.status_code == 422
    assert "Only the last issued report" in refused.content.decode()


def test_a_revision_is_dropped_and_the_issued_report_stays(
    issued: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    client = as_user(site_lead)
    client.post(reverse("report_revise", args=[issued.pk]), SAID)
    draft = SponsorReport.objects.get(revision="B")

    page = client.post(reverse("report_drop", args=[draft.pk]), follow=True).content.decode()
    refused = client.post(reverse("report_drop", args=[issued.pk]), follow=True)

    assert "The revision is dropped." in page
    assert "Only a revision" in refused.content.decode()
    assert list(SponsorReport.objects.values_list("state", flat=True)) == ["issued"]


def test_a_sponsor_neither_revises_nor_drops(
    issued: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    client = as_user(sponsor_viewer)

    assert client.post(reverse("report_revise", args=[issued.pk]), SAID).status_code == 403
    assert client.post(reverse("report_drop", args=[issued.pk])).status_code == 403
    page = client.get(reverse("report", args=[issued.pk])).content.decode()
    assert "Make a revision" not in page


def test_f6_a_false_hit_in_what_changed_is_confirmed_and_goes_on_record(
    issued: SponsorReport, study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Ada", last_name="Summer"))
    client, url = as_user(site_lead), reverse("report_revise", args=[issued.pk])
    sent = {"reason": "wording", "changed": "The rooms of Summer are told."}
    assert "is_no_hit" not in client.get(url).content.decode()

    refused = client.post(url, sent)
    form = refused.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    without = client.post(url, again)
    assert (refused.status_code, without.status_code) == (422, 422)
    assert "the name of a person (letters 14 to 19)" in refused.content.decode()
    assert not SponsorReport.objects.filter(revision="B").exists()
    taken = client.post(url, again | {"is_no_hit": "on"})

    assert taken.status_code == 302
    assert SponsorReport.objects.get(revision="B").changed == sent["changed"]
    row = ConfirmedWords.objects.get()
    assert (row.about, row.field) == (f"report {issued.pk}, revision B", "changed")
    assert (row.by, row.site) == (site_lead, study_site.site)
