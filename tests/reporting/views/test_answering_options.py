"""A sponsor reads the options of a question and names one of them in her answer (AS2)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Ask, AskEvent, StudySite
from reporting.models import SponsorReport
from reporting.services.issuing import issue_report
from reporting.services.snapshots import report_in
from tests.factories.recruitment import MONDAY
from tests.recruitment.asks.held import OPTIONS, WORDS, question, raised
from tests.reporting.views.test_answering import said, url
from tests.reporting.world import DAY, WEEK, make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def ask(study_site: StudySite, site_lead: User) -> Ask:
    return raised(study_site, site_lead, question(options=OPTIONS), at=MONDAY + DAY)


@pytest.fixture
def issued(ask: Ask, study_site: StudySite, site_lead: User) -> SponsorReport:
    draft = make_draft(study_site)
    return issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)


def test_the_page_and_the_form_show_the_options(
    issued: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    client = as_user(sponsor_viewer)
    page = client.get(reverse("report", args=[issued.pk])).content.decode()
    form = client.get(url(issued)).content.decode()

    for option in OPTIONS:
        assert f"<li>{option}</li>" in page
        assert f'name="option" value="{option}"' in form
    assert "None of these" in form


def test_the_option_that_is_named_stands_with_the_ask_and_in_the_next_report(
    issued: SponsorReport,
    ask: Ask,
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    as_user: AsUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = issued.cut_off + DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    sent = as_user(sponsor_viewer).post(
        url(issued), said(ask, choice="in_words", comment="", option=OPTIONS[1])
    )

    assert sent["Location"] == reverse("report", args=[issued.pk])
    assert AskEvent.objects.get(ask=ask, kind="answered").option == OPTIONS[1]
    seen = as_user(site_lead).get(reverse("ask", args=[ask.pk])).content.decode()
    assert f"Answered: Answered in words, {OPTIONS[1]}" in seen
    (row,) = report_in(make_draft(study_site, after=issued.cut_off + WEEK / 2)).asks.answered
    assert (row.question, row.option) == (WORDS, OPTIONS[1])


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"option": "Ten years"}, "Select a valid choice"),
        ({"option": OPTIONS[0], "choice": "not_agreed"}, "goes with no option"),
        ({"option": OPTIONS[0], "choice": "more_needed"}, "goes with no option"),
    ],
)
def test_an_answer_that_fits_no_option_is_refused_and_kept(
    issued: SponsorReport,
    ask: Ask,
    sponsor_viewer: User,
    as_user: AsUser,
    values: dict[str, object],
    sentence: str,
) -> None:
    answer = as_user(sponsor_viewer).post(url(issued), said(ask, **values))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Two years are enough." in page
    assert not AskEvent.objects.filter(ask=ask, kind="answered").exists()


def test_a_question_without_options_asks_for_none(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    plain = raised(study_site, site_lead, at=MONDAY + DAY)
    draft = make_draft(study_site)
    report = issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)
    client = as_user(sponsor_viewer)

    assert 'name="option"' not in client.get(url(report)).content.decode()
    client.post(url(report), said(plain, option=OPTIONS[0]))
    assert AskEvent.objects.get(ask=plain, kind="answered").option == ""
