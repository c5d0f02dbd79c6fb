"""The words of 15.4, and what a study's own texts may say."""

import inspect

import pytest
from django.db.models import TextChoices

from recruitment.demo.prompts import PROMPTS
from recruitment.demo.studies import STUDIES
from recruitment.rules import boundary, closing, events, stages, vocabulary, work_codes
from recruitment.rules.boundary import BOUNDARY, check_boundary
from recruitment.rules.refusals import InvalidInput

SAID_OF_THINGS = {"Hand-off accepted", "Accepted", "Current approved consent and visit materials"}
"""Labels with a word of 15.4 that is said of a hand-off or of materials, never of a person."""


@pytest.mark.parametrize(
    "text",
    [
        "Eligible",
        "INELIGIBLE for now",
        "Eligibility check",
        "Qualified",
        "Disqualified",
        "Pre-qualifying",
        "Matched",
        "Approved",
        "Accepted",
        "Guaranteed place",
        "Will be enrolled",
        "A cure",
        "Safe",
        "An effective drug",
        "New treatment",
        "Free treatment",
        "Eligi\u200bble",
        "\uff25ligible",
        "Not qualified, not eligible",
    ],
)
def test_words_that_only_the_study_team_may_say_are_refused_with_the_field(text: str) -> None:
    with pytest.raises(InvalidInput, match="only the study team may say") as refusal:
        check_boundary(text, field="label")

    assert refusal.value.field == "label"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Study criteria",
        "For study-team review",
        "Not proceeding",
        "Not qualified",
        "Safety call",
    ],
)
def test_words_of_the_field_pass(text: str) -> None:
    check_boundary(text, field="label")


def test_the_demo_s_own_words_pass() -> None:
    for plan in STUDIES:
        for label, _ in (plan.labels or {}).values():
            check_boundary(label, field="label")
    for _, _, text, _ in PROMPTS:
        check_boundary(text, field="text")


def test_no_label_of_a_code_says_what_only_the_study_team_may() -> None:
    modules = (stages, events, vocabulary, closing, work_codes, boundary)
    codes = [
        member
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, TextChoices)
        for member in kind
    ]

    said = {
        code.label
        for code in codes
        if BOUNDARY.search(code.label) and code != stages.Stage.NOT_QUALIFIED
    }

    assert len(codes) > 250
    assert said == SAID_OF_THINGS
