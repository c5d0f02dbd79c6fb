"""The options of a question on the forms of the site: typed one a line, named in an answer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Ask, StudySite
from tests.factories.recruitment import make_enquirer, make_lead
from tests.recruitment.asks.held import ANSWERED, OPTIONS, question, raised
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.views.weekly.test_asks import asked, said

TYPED = "Two years\r\n\r\n  Three years \r\nAll of them\r\n"


@pytest.fixture(autouse=True)
def _in_that_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: ANSWERED + timedelta(hours=1))


def test_options_are_typed_one_a_line_and_stand_on_the_page_of_the_ask(
    led: Client, study_site: StudySite, site_lead: User
) -> None:
    url = reverse("ask_new", args=[study_site.pk])
    assert 'name="options"' in led.get(url).content.decode()

    raised_ask = led.post(url, asked(site_lead, options=TYPED), follow=True)

    assert Ask.objects.get().options == "\n".join(OPTIONS)
    assert "Options Two years Three years All of them" in words_of(raised_ask)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Two years", "Offer 2 to 5 options, one a line, or none."),
        ("a\nb\nc\nd\ne\nf", "Offer 2 to 5 options, one a line, or none."),
        ("Two years\n" + "x" * 121, "Option 2 is longer than 120 characters."),
        ("Two years\n" + "x" * 600, "At most 605 characters."),
        ("Yes\nyes", "Two options are the same."),
        ("Yes\nAsk Quackenbush", "the name of a person (letters 9 to 19)"),
        ("Yes\nCall 617 555 0123", "a long number"),
    ],
)
def test_what_may_not_be_offered_comes_back_as_typed_with_a_sentence_at_its_field(
    led: Client, study_site: StudySite, site_lead: User, typed: str, sentence: str
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Ada", last_name="Quackenbush"))

    answer = led.post(
        reverse("ask_new", args=[study_site.pk]), asked(site_lead, category="", options=typed)
    )

    form = answer.context["form"]
    assert answer.status_code == 422
    assert sentence in str(form.errors["options"])
    assert form["options"].value() == typed
    assert not Ask.objects.exists()


def test_the_site_writes_down_which_option_was_named(
    led: Client, study_site: StudySite, site_lead: User
) -> None:
    ask = raised(study_site, site_lead, question(options=OPTIONS))
    url = reverse("ask_answer", args=[ask.pk])
    wrong = led.post(url, said(ask, option="Ten years"))
    assert wrong.status_code == 422

    led.post(url, said(ask, option=OPTIONS[2]))

    assert ask.history.latest("seq").option == OPTIONS[2]
    assert "Answered: Agreed, All of them" in words_of(led.get(reverse("ask", args=[ask.pk])))


def test_an_ask_without_options_shows_and_asks_for_none(
    led: Client, study_site: StudySite, site_lead: User
) -> None:
    ask = raised(study_site, site_lead)

    page = led.get(reverse("ask", args=[ask.pk])).content.decode()

    assert 'name="option"' not in page
    assert "Options" not in page
