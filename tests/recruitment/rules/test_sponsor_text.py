"""What may not stand in words for sponsors is told with its place (D38)."""

import pytest

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.sponsor_text import (
    A_NAME,
    A_PLACE,
    Found,
    NotForSponsors,
    check_for_sponsors,
    lint,
)

KNOWN = ["Zephyrine Quackenbush", "Ana Lee", "José Nu\u0301n\u0303ez"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("May they come on a Saturday?", []),
        ("For Quackenbush too?", [(A_NAME, 5, 15)]),
        ("for quackenbush too?", []),
        ("Is zephyrine quackenbush here?", [(A_NAME, 4, 24)]),
        ("Ask Lee.", []),  # three letters are a word too often
        ("Ask ana lee.", [(A_NAME, 5, 11)]),
        ("For Nu\u0301n\u0303ez?", [(A_NAME, 5, 11)]),  # letters and their marks apart
        ("Dr. Smith said so.", [(A_NAME, 1, 4)]),
        ("Call 6175550123.", [("a long number, which may be a phone or record number", 6, 15)]),
        (
            "Call \uff16\uff11\uff17\uff15\uff15\uff15\uff10.",
            [("a long number, which may be a phone or record number", 6, 12)],
        ),
        ("Age 5\u200b7 years old.", [("an age", 5, 17)]),  # what has no width hides nothing
        ("See www.example.org.", [("a web address", 5, 8)]),
    ],
)
def test_what_may_not_stand_there_is_found_with_its_letters(
    text: str, found: list[tuple[str, int, int]]
) -> None:
    assert lint(text, KNOWN) == [Found(*one) for one in found]


def test_all_of_it_is_told_at_once_and_nothing_is_quoted() -> None:
    text = "Quackenbush, 57 years old, 6175550123"

    with pytest.raises(InvalidInput) as refused:
        check_for_sponsors(text, KNOWN, field="question")

    said = str(refused.value)
    assert refused.value.field == "question"
    assert "the name of a person (letters 1 to 11)" in said
    assert "an age (letters 14 to 25)" in said
    assert "record number (letters 28 to 37)" in said
    assert "Quackenbush" not in said
    assert "617" not in said


def test_a_clean_text_passes() -> None:
    check_for_sponsors("May a stable dose go on until the visit?", KNOWN, field="question")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Records of Harborview came late.", [(A_PLACE, 12, 21)]),
        ("Records of HARBORVIEW NEUROLOGY came.", [(A_PLACE, 12, 31)]),
        ("Records of Harborview Neurology came.", [(A_PLACE, 12, 21), (A_PLACE, 12, 31)]),
        ("The harborview was fine.", []),
        ("A Neurology clinic and a Hospital.", []),
        ("Two slots at Uni.", []),
    ],
)
def test_clinics_and_providers_are_found_by_what_is_their_own(
    text: str, found: list[tuple[str, int, int]]
) -> None:
    assert lint(text, (), ["Harborview Neurology", "Uni"]) == [Found(*one) for one in found]


def test_a_token_is_of_one_text_with_its_findings() -> None:
    def token(text: str) -> str:
        with pytest.raises(NotForSponsors) as refused:
            check_for_sponsors(text, KNOWN, field="note")
        return refused.value.token

    assert token("Ask Quackenbush.") == token("Ask Quackenbush.")
    assert len({token(f"{word} Quackenbush.") for word in ("Ask", "Tell", "Call")}) == 3
