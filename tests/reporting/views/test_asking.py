"""A reader asks about a printed number; the site answers by its own clock (AS3)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Ask, Membership, Role, StudySite
from recruitment.rules.asks.checks import Answer
from recruitment.rules.asks.codes import AnswerChoice, AnswerWay, AskDirection, AskState
from recruitment.services.asks import answer_ask
from recruitment.services.membership import end_role
from reporting.figures.numbers import numbers
from reporting.models import SponsorReport
from reporting.services.issuing import issue_report
from reporting.services.snapshots import report_in
from reporting.views import asking
from tests.factories.recruitment import (
    MONDAY,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.reporting.world import make_draft
from trialsnest.lib.throttle import Throttle

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
WORDS = "Why did so few come to their visit?"


@pytest.fixture
def issued(study_site: StudySite, site_lead: User) -> SponsorReport:
    draft = make_draft(study_site)
    return issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)


def url(report: SponsorReport) -> str:
    return reverse("report_question", args=[report.pk])


def sent(**values: str) -> dict[str, str]:
    return {"about": "movement.visit_attended", "question": WORDS} | values


def test_a_question_about_a_number_comes_to_the_site_with_a_clock_of_its_own(
    issued: SponsorReport, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    sponsor = as_user(sponsor_viewer)
    page = sponsor.get(reverse("report", args=[issued.pk])).content.decode()
    assert url(issued) in page
    assert "Visits attended, this period: 0" in sponsor.get(url(issued)).content.decode()

    answer = sponsor.post(url(issued), sent())

    assert answer["Location"] == f"{reverse('report', args=[issued.pk])}#questions"
    ask = Ask.objects.get()
    assert (ask.direction, ask.state) == (AskDirection.FROM_SPONSOR, AskState.OPEN)
    assert ask.why == "About report no. 1: Visits attended, this period: 0"
    assert ask.owner == site_lead
    assert ask.due_at > ask.raised_at
    assert WORDS in as_user(site_lead).get(reverse("ask", args=[ask.pk])).content.decode()


def test_the_answer_stands_on_the_page_of_who_asked_and_of_nobody_else(
    issued: SponsorReport,
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    as_user: AsUser,
) -> None:
    sponsor = as_user(sponsor_viewer)
    sponsor.post(url(issued), sent())
    ask = Ask.objects.get()
    assert "Due " in sponsor.get(reverse("report", args=[issued.pk])).content.decode()

    answer_ask(
        ask=ask,
        answer=Answer(
            AnswerChoice.IN_WORDS, AnswerWay.EMAIL, ask.raised_at.date(), "Ana", "Snow that week."
        ),
        by=site_lead,
        at=ask.raised_at,
        seen=ask.seq,
    )

    assert "Snow that week." in sponsor.get(reverse("report", args=[issued.pk])).content.decode()
    colleague = make_member(Role.SPONSOR_VIEWER, study_site.study)
    for other in (colleague, site_lead):
        page = as_user(other).get(reverse("report", args=[issued.pk])).content.decode()
        assert WORDS not in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"about": ""}, "Choose the number."),
        ({"about": "movement.secret"}, "The report does not print this number."),
        ({"question": "  "}, "Write the question."),
        ({"question": "x" * 401}, "At most 400"),
        ({"question": "Is the person of 617 555 0143 enrolled?"}, "may be a phone"),
        ({"question": "Who of them is eligible?"}, "eligibility"),
    ],
)
def test_what_cannot_be_sent_comes_back_with_what_was_typed(
    issued: SponsorReport,
    sponsor_viewer: User,
    as_user: AsUser,
    values: dict[str, str],
    said: str,
) -> None:
    answer = as_user(sponsor_viewer).post(url(issued), sent(**values))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Ask.objects.exists()


def test_the_words_of_a_reader_are_held_against_no_names(
    issued: SponsorReport, study_site: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    make_lead(study_site, received_at=MONDAY, enquirer=make_enquirer(last_name="Quackenbush"))

    sponsor = as_user(sponsor_viewer)

    assert sponsor.post(url(issued), sent(question="Who is Quackenbush?")).status_code == 302


def test_a_form_sent_twice_is_one_question(
    issued: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    sponsor = as_user(sponsor_viewer)

    assert [sponsor.post(url(issued), sent()).status_code for _ in range(2)] == [302, 302]

    assert Ask.objects.count() == 1


def test_a_draft_and_a_report_of_another_study_are_no_address(
    study_site: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    sponsor = as_user(sponsor_viewer)
    elsewhere = StudySiteFactory(activated_at=study_site.activated_at)

    for place in (study_site, elsewhere):
        assert sponsor.get(url(make_draft(place))).status_code == 404


def test_without_a_lead_of_the_site_and_after_many_questions_it_is_refused_in_words(
    issued: SponsorReport,
    site_lead: User,
    sponsor_viewer: User,
    as_user: AsUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sponsor = as_user(sponsor_viewer)
    monkeypatch.setattr(asking, "QUESTIONS", Throttle(1, 3600))
    assert sponsor.post(url(issued), sent()).status_code == 302
    assert "Wait an hour" in sponsor.post(url(issued), sent(question="And now?")).content.decode()
    end_role(membership=Membership.objects.get(user=site_lead), by=site_lead, at=issued.as_of)

    answer = sponsor.post(url(issued), sent(question="And then?"))

    assert answer.status_code == 422
    assert asking.NOBODY in answer.content.decode()


def test_every_number_to_ask_about_is_one_that_the_report_prints(issued: SponsorReport) -> None:
    found = numbers(report_in(issued))

    assert len(set(found.values())) == len(found)
    assert found["to_date.enrolled"].endswith(": 0")
    assert found["open_now"] == "Open leads: 0 in all"
