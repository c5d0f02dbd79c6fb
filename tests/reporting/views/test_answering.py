"""The sponsor answers a question of an issued report, and the weekly review finds it (AS2)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Ask, AskEvent, Role, StudySite
from recruitment.services.asks_changed import withdraw_ask
from recruitment.services.weekly_reviews import open_review
from reporting.models import SponsorReport
from reporting.services.issuing import issue_report
from tests.factories.recruitment import (
    MONDAY,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.asks.held import WORDS, answered, question, raised
from tests.reporting.world import DAY, make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def ask(study_site: StudySite, site_lead: User) -> Ask:
    return raised(study_site, site_lead, at=MONDAY + DAY)


@pytest.fixture
def issued(ask: Ask, study_site: StudySite, site_lead: User) -> SponsorReport:
    draft = make_draft(study_site)
    return issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)


def url(report: SponsorReport, place: int = 1) -> str:
    return reverse("report_answer", args=[report.pk, place])


def said(ask: Ask, **values: object) -> dict[str, object]:
    return {"choice": "agreed", "comment": "Two years are enough.", "seen": ask.seq} | values


def test_s69_the_answer_stands_in_the_next_weekly_review(
    issued: SponsorReport,
    ask: Ask,
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    as_user: AsUser,
) -> None:
    sponsor, ana = as_user(sponsor_viewer), as_user(site_lead)
    page = sponsor.get(reverse("report", args=[issued.pk])).content.decode()
    assert url(issued) in page
    assert url(issued) not in ana.get(reverse("report", args=[issued.pk])).content.decode()
    assert WORDS in sponsor.get(url(issued)).content.decode()

    sent = sponsor.post(url(issued), said(ask))

    assert sent["Location"] == reverse("report", args=[issued.pk])
    ask.refresh_from_db()
    assert (ask.state, ask.choice) == ("answered", "agreed")
    entry = AskEvent.objects.get(ask=ask, kind="answered")
    assert (entry.by, entry.way, entry.said_by) == (sponsor_viewer, "portal", "")
    assert "Two years are enough." in ana.get(reverse("ask", args=[ask.pk])).content.decode()
    review = open_review(
        site=study_site.site, places=[study_site], study_site=None, by=site_lead, at=timezone.now()
    )
    agenda = ana.get(reverse("weekly_review", args=[review.pk])).content.decode()
    assert WORDS in agenda
    assert "agreed" in agenda.lower()


def test_sent_twice_it_is_one_answer_and_later_ones_are_told(
    issued: SponsorReport, ask: Ask, sponsor_viewer: User, as_user: AsUser
) -> None:
    client = as_user(sponsor_viewer)
    for _ in range(2):
        client.post(url(issued), said(ask))

    page = client.get(url(issued), follow=True).content.decode()

    assert "No answer to this question is waited for any more." in page
    assert AskEvent.objects.filter(ask=ask, kind="answered").count() == 1


def test_more_information_leaves_the_question_open(
    issued: SponsorReport, ask: Ask, sponsor_viewer: User, as_user: AsUser
) -> None:
    client = as_user(sponsor_viewer)

    client.post(url(issued), said(ask, choice="more_needed", comment="Which criterion?"))

    ask.refresh_from_db()
    assert ask.state == "open"
    assert client.get(url(issued)).status_code == 200


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"choice": ""}, "Choose the answer."),
        ({"choice": "eligible"}, "Select a valid choice"),
        ({"choice": "in_words", "comment": ""}, "Write what was answered."),
        ({"comment": "Call 617 555 0143."}, "a long number"),
        ({"comment": "She is eligible."}, "eligibility"),
        ({"comment": "x" * 401}, "At most 400"),
        ({"seen": ""}, "The page is incomplete"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence_and_kept(
    issued: SponsorReport,
    ask: Ask,
    sponsor_viewer: User,
    as_user: AsUser,
    values: dict[str, object],
    sentence: str,
) -> None:
    response = as_user(sponsor_viewer).post(url(issued), said(ask, **values))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert str(said(ask, **values)["comment"]) in response.content.decode()
    ask.refresh_from_db()
    assert ask.state == "open"


def test_pr2_a_name_is_refused_to_nobody_outside_so_that_nobody_learns_whose_we_hold(
    issued: SponsorReport,
    ask: Ask,
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    as_user: AsUser,
) -> None:
    enquirer = make_enquirer(first_name="Zephyrine", last_name="Quackenbush")
    make_lead(study_site, enquirer=enquirer)
    client = as_user(sponsor_viewer)
    answers = []
    for name in ("Quackenbush", "Somebodyelse"):
        comment = f"Is {name} of the site {site_lead.name}?"
        sent = client.post(url(issued), said(ask, choice="more_needed", comment=comment))
        answers.append(sent.status_code)
        ask.refresh_from_db()

    assert answers == [302, 302]


def test_who_was_first_is_not_told_and_what_was_typed_stays(
    issued: SponsorReport, ask: Ask, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    old = said(ask)
    answered(ask, site_lead, at=timezone.now(), choice="more_needed", comment="Which one?")

    response = as_user(sponsor_viewer).post(url(issued), old)

    page = response.content.decode()
    assert response.status_code == 409
    assert "The question was changed since you opened it." in page
    assert site_lead.name not in page
    assert "Two years are enough." in page
    ask.refresh_from_db()
    assert response.context["form"]["seen"].value() == str(ask.seq)


def test_only_what_an_issued_report_asks_is_answered_and_by_its_own_sponsor(
    issued: SponsorReport,
    ask: Ask,
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    as_user: AsUser,
) -> None:
    later = question(question="May visits be at home?")
    raised(study_site, site_lead, later, at=issued.as_of + DAY)
    draft = make_draft(study_site, after=issued.cut_off)
    client = as_user(sponsor_viewer)
    stranger = as_user(make_member(Role.SPONSOR_VIEWER, StudySiteFactory().study))

    for place in (0, 2, 99):
        assert client.get(url(issued, place)).status_code == 404
    assert client.get(url(draft)).status_code == 404
    assert stranger.get(url(issued)).status_code == 404
    assert as_user(site_lead).post(url(issued), said(ask)).status_code == 403
    assert as_user(site_lead).get(url(draft)).status_code == 404


def test_a_question_that_was_withdrawn_waits_for_no_answer(
    issued: SponsorReport, ask: Ask, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    withdraw_ask(ask=ask, reason="Settled.", by=site_lead, at=timezone.now(), seen=ask.seq)

    response = as_user(sponsor_viewer).post(url(issued), said(ask))

    assert response["Location"] == reverse("report", args=[issued.pk])
    ask.refresh_from_db()
    assert ask.state == "withdrawn"
