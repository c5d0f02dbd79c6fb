"""What a lead is found by: every way to type a name, a number, an address, a lead's number."""

# ruff: noqa: RUF001  (look-alike letters are what is tested)

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.identity import search_tokens, sought, words
from recruitment.rules.identity.search import MAX_PARTS, TOKEN_LIMIT, Sought, span_of

STRINGS = Path(__file__).parents[2] / "data" / "strings"
NAUGHTY: list[str] = json.loads((STRINGS / "blns.json").read_text())
EDGE = [
    json.loads(line)["value"] for line in (STRINGS / "edge-values.jsonl").read_text().splitlines()
]
REGIONS = ("US", "GB")
PHONE = "+16175550101"


def finds(wanted: Sought, tokens: set[str]) -> bool:
    """Whether a lead with these tokens is found: of every part some token lies in a span."""
    asked = [*wanted.parts] if wanted.parts else [()]
    alone = (wanted.address,) if wanted.address else ()
    return any(
        all(any(span.low <= token < span.high for span in part for token in tokens) for part in way)
        for way in (asked, [alone])
    )


JOSE = search_tokens("José Łukasz-O’Brien", ["Jose.L@X.org"], [PHONE, "+442079460018"])


def test_the_tokens_of_a_lead_are_folded_words_addresses_and_reversed_digits() -> None:
    assert {"jose", "lukasz", "obrien", "jose.l@x.org", "10105557161", "810064970244"} == JOSE


@pytest.mark.parametrize(
    "typed",
    [
        *("josé", "JOSE", "jose\u0301", "LUKASZ", "Łuk", "o'brien jose", "O’Brien", "obri"),
        *("lukasz-o'b", "jo\u200bse", "\u202ejose", " jose   lukasz ", "obrien 0101 jo"),
        *("0101", "101", "(617) 555-0101", "617.555.0101", "+1 617 555 0101", "1-617-555-0101"),
        *("0016175550101", "011 1 617 555 0101", "617/555/0101", "6175550101 ext. 12", "٠١٠١"),
        *("\uff10\uff11\uff10\uff11", "020 7946 0018", "+44 20 7946 0018", "jose (617) 555-0101"),
        *("0044 (0)20 79460018", "jose.l@x", "JOSE.L@X.ORG", "jose.l"),
    ],
)
def test_a_lead_is_found_however_it_is_typed(typed: str) -> None:
    assert finds(sought(typed, REGIONS), JOSE)


@pytest.mark.parametrize(
    "typed", ["josef", "sojé", "jose novak", "0102", "1010", "brien", "x.org", "j", "jose 0102"]
)
def test_a_lead_is_not_found_by_what_is_not_there(typed: str) -> None:
    assert not finds(sought(typed, REGIONS), JOSE)


def test_four_digits_with_a_zero_before_them_are_these_four() -> None:
    assert not finds(sought("0142"), search_tokens("", [], ["+16175559142"]))


@pytest.mark.parametrize("typed", ["", "  ", "01", "1 7", "()", "\u200b", "%", "_", "-", "🙂", "'"])
def test_too_little_looks_for_nothing(typed: str) -> None:
    assert not sought(typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("محمد عبد الرحمن", "عبد"),
        ("مُحَمَّد", "محمد"),
        ("王小明", "王"),
        ("李", "李"),
        ("Γιώργος Παπαδόπουλος", "παπαδο γιωργος"),
        ("Γιώργος", "ΓΙΏΡΓΟΣ"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Мария Иванова", "иван"),
        ("김민준", "김"),
        ("İbrahim Işık", "isik"),
        ("Strauß", "strauss"),
        ("Y", "y"),
        ("Null", "null"),
        ("X Æ A-12", "x æ a-12"),
        ("X Æ A-12", "a-12"),
        ("Anna-Lena", "lena anna"),
        ("de la Cruz", "la cruz"),
    ],
)
def test_names_of_every_script_are_found(name: str, typed: str) -> None:
    assert finds(sought(typed), search_tokens(name, [], []))


def test_scripts_that_look_alike_are_kept_apart() -> None:
    assert not finds(sought("maria"), search_tokens("Мария", [], []))


def test_one_letter_alone_is_a_name_of_one_letter() -> None:
    assert finds(sought("y"), {"y"})
    assert not finds(sought("y"), {"yuki"})
    assert finds(sought("y t"), {"yuki", "tanaka"})


@pytest.mark.parametrize("typed", ["7KQ2M4XP", "7kq2m4xp", "7KQ2-M4XP", " 7kq2 m4xp"])
def test_a_lead_number_is_read_in_any_case_and_with_signs(typed: str) -> None:
    assert sought(typed).number == "7KQ2M4XP"


def test_letters_that_no_number_has_are_read_as_the_digits_they_look_like() -> None:
    assert sought("OIL00000").number == "01100000"
    assert sought("THEODORE").number == "THE0D0RE"
    assert finds(sought("theodore"), {"theodore"})


@pytest.mark.parametrize("text", [*NAUGHTY, *EDGE])
def test_no_string_breaks_it_and_every_name_finds_itself(text: str) -> None:
    assert len(sought(text, REGIONS).parts) <= MAX_PARTS
    named = words(text)
    if len(named) == 1 and not named[0].isdecimal():
        assert finds(sought(named[0]), search_tokens(text, [], []))


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3))
def test_every_word_of_a_name_finds_it(parts: list[str]) -> None:
    tokens = search_tokens(" ".join(parts), [], [])

    for word in words(" ".join(parts)):
        if not word.isdecimal():
            assert finds(sought(word), tokens)


@given(st.text(min_size=1, max_size=80).filter(lambda text: "\x00" not in text), st.text())
def test_a_span_holds_all_that_begins_so_and_nothing_else(beginning: str, rest: str) -> None:
    span, low = span_of(beginning), beginning[:TOKEN_LIMIT]
    assert span.low <= low + rest < span.high or ord(low[-1]) == 0x10FFFF
    assert not span.low <= rest < span.high or rest.startswith(low)
