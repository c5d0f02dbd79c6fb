"""A question may offer choices, and an answer name one of them (12.1, section 15; AS2)."""

import pytest

from accounts.models import User
from recruitment.models import Ask, AskEvent, ConfirmedWords, Lead, StudySite
from recruitment.rules.asks.codes import AnswerChoice, AskEventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.sponsor_text import NotForSponsors
from tests.factories.recruitment import make_enquirer, make_lead
from tests.recruitment.asks.held import OPTIONS, answered, asked_of_us, question, raised


def named(ask: Ask) -> list[str]:
    """The options that its answers named, in order."""
    entries = AskEvent.objects.filter(ask=ask, kind=AskEventKind.ANSWERED).order_by("seq")
    return list(entries.values_list("option", flat=True))


def test_options_are_kept_one_a_line_and_none_is_none(
    study_site: StudySite, site_lead: User
) -> None:
    typed = [" Two years", "", "Three\tyears", "All of them "]
    offering = raised(study_site, site_lead, question(options=tuple(typed)))
    plain = raised(study_site, site_lead, question(question="Which criterion?"))

    assert offering.options == "Two years\nThree years\nAll of them"
    assert plain.options == ""


HELD = [
    ("Let Quackenbush decide", "the name of a person (letters 15 to 25)"),
    ("Call 617 555 0123", "phone or record number"),
    ("Those born 1/2/1970", "birth date"),
    ("As Dr. Reader says", "the name of a person"),
    ("Write to a.b@example.org", "an e-mail address"),
    ("Only the eligible", "only the study team may say"),
]


@pytest.mark.parametrize(("words", "what"), HELD)
def test_an_option_that_tells_of_a_person_is_refused_and_says_where(
    study_site: StudySite, site_lead: User, words: str, what: str
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Zephyrine", last_name="Quackenbush"))

    with pytest.raises(NotForSponsors) as refused:
        raised(study_site, site_lead, question(options=("Two years", words)))

    assert refused.value.field == "options"
    assert what in str(refused.value)
    assert not Ask.objects.exists()


def test_a_lead_number_is_no_option(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    with pytest.raises(InvalidInput, match="looks like a lead number"):
        raised(study_site, site_lead, question(options=(f"Yes for {leads[0].number}", "No")))


def test_a_false_hit_in_an_option_is_confirmed_without_its_words(
    study_site: StudySite, site_lead: User
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Ada", last_name="Summer"))
    asked = question(options=("In Summer", "In autumn"))
    with pytest.raises(NotForSponsors) as refused:
        raised(study_site, site_lead, asked)

    ask = raised(study_site, site_lead, asked, confirmed=refused.value.token)

    assert ask.options == "In Summer\nIn autumn"
    row = ConfirmedWords.objects.get()
    assert (row.field, row.first, row.last) == ("options", 4, 9)


def test_what_is_asked_of_us_offers_nothing(study_site: StudySite, site_lead: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(study_site, site_lead, asked_of_us(options=OPTIONS))

    assert refused.value.field == "options"


def test_an_answer_names_an_option_and_a_correction_another(offering: Ask, site_lead: User) -> None:
    answered(offering, site_lead, option=OPTIONS[0])
    answered(offering, site_lead, option=OPTIONS[0])  # sent twice
    answered(offering, site_lead, option=OPTIONS[1])
    answered(offering, site_lead)

    assert named(offering) == [OPTIONS[0], OPTIONS[1], ""]
    offering.refresh_from_db()
    assert offering.options == "\n".join(OPTIONS)


def test_an_option_says_enough_for_an_answer_in_words(offering: Ask, site_lead: User) -> None:
    in_words = AnswerChoice.IN_WORDS
    with pytest.raises(InvalidInput, match="Write what was answered"):
        answered(offering, site_lead, choice=in_words, comment="")

    answered(offering, site_lead, choice=in_words, comment="", option=OPTIONS[2])

    assert named(offering) == [OPTIONS[2]]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"option": "Four years"}, "does not offer this option"),
        ({"option": OPTIONS[0], "choice": AnswerChoice.NOT_AGREED}, "goes with no option"),
        ({"option": OPTIONS[0], "choice": AnswerChoice.MORE_NEEDED}, "goes with no option"),
        (
            {"option": OPTIONS[0], "choice": AnswerChoice.PARTLY, "comment": ""},
            "Write what was answered",
        ),
    ],
)
def test_an_answer_that_does_not_fit_the_options_is_refused(
    offering: Ask, site_lead: User, values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        answered(offering, site_lead, **values)

    assert named(offering) == []
