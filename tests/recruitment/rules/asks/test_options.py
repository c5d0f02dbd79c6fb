"""The choices that a question offers: few, short, each on one line, none twice."""

import pytest

from recruitment.rules.asks.codes import AnswerChoice
from recruitment.rules.asks.options import (
    MAX_OPTION,
    NAMES_OPTION,
    check_option,
    cleaned_options,
    options_of,
)
from recruitment.rules.refusals import InvalidInput

TWO = ("Fridays", "Saturdays")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((), ()),
        (("", "  "), ()),
        (TWO, TWO),
        (("  Fridays ", "", "Satur\tdays"), ("Fridays", "Satur days")),
        (("a", "b", "c", "d", "e"), ("a", "b", "c", "d", "e")),
        (("a", "x" * MAX_OPTION), ("a", "x" * MAX_OPTION)),
        (("a\nb", "c"), ("a b", "c")),
    ],
)
def test_what_is_typed_is_kept_on_one_line_each(
    given: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert cleaned_options(given) == kept
    assert options_of("\n".join(kept)) == kept


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("Fridays",), "Offer 2 to 5 options, one a line, or none."),
        (tuple("abcdef"), "Offer 2 to 5 options, one a line, or none."),
        (("a", "x" * (MAX_OPTION + 1)), "Option 2 is longer than 120 characters."),
        (("Fridays", "fridays "), "Two options are the same."),
    ],
)
def test_what_is_no_list_of_choices_is_refused_at_its_field(
    given: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        cleaned_options(given)

    assert (refused.value.field, str(refused.value)) == ("options", sentence)


@pytest.mark.parametrize("choice", AnswerChoice)
def test_an_answer_that_agrees_or_says_something_may_name_one(choice: AnswerChoice) -> None:
    check_option("", choice, offered=TWO)
    if choice in NAMES_OPTION:
        check_option("Fridays", choice, offered=TWO)
        return
    with pytest.raises(InvalidInput, match="goes with no option") as refused:
        check_option("Fridays", choice, offered=TWO)
    assert refused.value.field == "option"


def test_an_answer_names_no_option_that_is_not_offered() -> None:
    for offered in ((), TWO):
        with pytest.raises(InvalidInput, match="does not offer"):
            check_option("Sundays", AnswerChoice.AGREED, offered=offered)
