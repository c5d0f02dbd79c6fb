"""Names, numbers and addresses as people write them; what is compared and what is searched."""

import hashlib
import hmac
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.identity import (
    Name,
    Phone,
    clean_block,
    clean_line,
    display_name,
    fold,
    is_filler,
    keyed_hash,
    name_key,
    normalize_email,
    normalize_phone,
    read_emails,
    read_phones,
    recase,
    search_tokens,
    sought,
    split_name,
    words,
)

STRINGS = Path(__file__).resolve().parents[2] / "data" / "strings"
NAUGHTY: list[str] = json.loads((STRINGS / "blns.json").read_text(encoding="utf-8"))
EDGES: list[dict[str, str]] = [
    json.loads(line)
    for line in (STRINGS / "edge-values.jsonl").read_text(encoding="utf-8").splitlines()
]
EDGE = {case["kind"]: case["value"] for case in EDGES}


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("6175550101", "+16175550101"),
        ("(617) 555-0101 ", "+16175550101"),
        ("617.555.0101", "+16175550101"),
        ("1 617 555 0101", "+16175550101"),
        ("06175550101", "+16175550101"),
        ("'+16175550101", "+16175550101"),
        ("6175550101.0", "+16175550101"),
        ("tel:+16175550101", "+16175550101"),
        ("00 44 20 7946 0958", "+442079460958"),
        (
            "\uff16\uff11\uff17\uff0d\uff15\uff15\uff15\uff0d\uff10\uff11\uff10\uff11",
            "+16175550101",
        ),
        ("\u0666\u0661\u0667\u0665\u0665\u0665\u0660\u0661\u0660\u0661", "+16175550101"),
        ("\u200b617\u00a0555\u00a00101", "+16175550101"),
        ("+1 (555) 010-0199 ext. 42", "+15550100199"),
        ("1-800-FLOWERS", "+18003569377"),
        ("+1555", None),
        ("12", None),
        ("555-0123", None),
        ("1.61756E+10", None),
        ("not provided", None),
        ("#####", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_a_number_is_read_as_e164_or_not_at_all(written: str, e164: str | None) -> None:
    assert normalize_phone(written) == e164


def test_the_region_gives_national_numbers_their_country() -> None:
    assert normalize_phone("020 7946 0958", "GB") == "+442079460958"
    assert normalize_phone("06 12345678", "NL") == "+31612345678"


def test_several_numbers_words_and_extensions_are_kept_apart() -> None:
    two = read_phones("(774) 555-0125 or after 6pm (857) 555-0178")
    daughter = read_phones("call my daughter (401) 555-0152")
    slash = read_phones("617-555-0101 / 617-555-0101 / 617-555-0102")
    extension = read_phones("617-555-0101 x22")

    assert [phone.e164 for phone in two.phones] == ["+17745550125", "+18575550178"]
    assert (daughter.phones[0].e164, daughter.words) == ("+14015550152", "call my daughter")
    assert [phone.e164 for phone in slash.phones] == ["+16175550101", "+16175550102"]
    assert extension.phones == (Phone("+16175550101", "22"),)
    assert not read_phones("555.010.0199").phones[0].is_assigned


@given(st.integers(min_value=2_000_000_000, max_value=9_999_999_999))
def test_reading_a_number_again_changes_nothing(number: int) -> None:
    once = normalize_phone(str(number))

    assert once is None or normalize_phone(once) == once


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("ODIS.VEUM61@EXAMPLE.COM ", "odis.veum61@example.com"),
        ("SoMe.One+trial@Example.ORG", "some.one+trial@example.org"),
        ("mailto:<ada@example.org>;", "ada@example.org"),
        ("x@example.org\n", "x@example.org"),
        ("someone@\u4f8b\u3048.jp", "someone@xn--r8jz45g.jp"),
        ("chris@@example.com", None),
        ("not provided", None),
        ("a@b", None),
        ("a b@example.org", None),
        ("a..b@example.org", None),
        (".a@example.org", None),
        ("a@-example.org", None),
        ("a@example.123", None),
        ('"quoted local"@example.org', None),
        ("ada@example.org\r\nBcc: eve@example.org", None),
        (f"{'a' * 65}@example.org", None),
        (f"a@{'b' * 250}.org", None),
        ("", None),
    ],
)
def test_an_address_is_read_in_lower_case_or_not_at_all(written: str, address: str | None) -> None:
    assert normalize_email(written) == address


def test_several_addresses_in_a_cell_are_all_found() -> None:
    reading = read_emails("Ada@example.org; b@example.org, ADA@example.org or none")

    assert reading.emails == ("ada@example.org", "b@example.org")
    assert reading.has_rest


@pytest.mark.parametrize(
    ("whole", "first", "last", "is_certain"),
    [
        ("Ada Example", "Ada", "Example", True),
        ("Example, Ada", "Ada", "Example", True),
        ("van der Berg, Jan", "Jan", "van der Berg", True),
        ("Bj\u00f6rk", "Bj\u00f6rk", "", True),
        ("\u738b\u5c0f\u660e", "\u738b\u5c0f\u660e", "", True),
        ("\uc740\uc11c \ubbfc", "\uc740\uc11c", "\ubbfc", True),
        ("Juan P\u00e9rez Garc\u00eda", "Juan P\u00e9rez Garc\u00eda", "", False),
        ("D'Angelo-O'Neill, Jr.", "D'Angelo-O'Neill, Jr.", "", False),
        ("", "", "", True),
    ],
)
def test_a_whole_name_is_split_only_where_it_can_be_told(
    whole: str, first: str, last: str, is_certain: bool
) -> None:
    split = split_name(whole)

    assert (split.first, split.last, split.is_certain) == (first, last, is_certain)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("MI", "HOMENICK"), ("Mi", "Homenick")),
        (("dona", "Purdy"), ("Dona", "Purdy")),
        (("SEAN", "O'BRIEN-SMITH"), ("Sean", "O'Brien-Smith")),
        (("JAN", "VAN DER BERG"), ("Jan", "van der Berg")),
        (("maria", "de la cruz"), ("Maria", "de la Cruz")),
        (("RONALD", "MCDONALD"), ("Ronald", "McDonald")),
        (("Ren\u00e9e", "\u0152UVRARD"), ("Ren\u00e9e", "\u0152uvrard")),
        (("JP", "Morgan"), ("JP", "Morgan")),
        (("Ada", "MacDonald"), ("Ada", "MacDonald")),
        (("Jan", "van der Berg"), ("Jan", "van der Berg")),
        (("<img src=x>", "Gerhold"), ("<img src=x>", "Gerhold")),
        (("IRMAK", "I\u015eIK"), ("Irmak", "I\u015eIK")),
        (("Y", ""), ("Y", "")),
    ],
)
def test_case_is_repaired_only_where_a_whole_part_was_typed_in_one(
    typed: tuple[str, str], kept: tuple[str, str]
) -> None:
    assert recase(Name(*typed)) == Name(*kept)


def test_filler_is_told_from_names_that_look_like_words_of_a_program() -> None:
    assert all(is_filler(Name(*split)) for split in [("asdf", "asdf"), ("qwerty", ""), ("xxx", "")])
    for name in ("Null", "None", "True", "N/A", "nan", "Inf", "May 5", "Y", "X \u00c6 A-12"):
        assert not is_filler(Name(name))


def test_a_person_without_a_name_is_still_shown_by_words() -> None:
    assert display_name("Ada", "Example") == "Ada Example"
    assert display_name("", "\u200b") == "No name given"


def test_spellings_of_one_name_compare_equal_and_look_alikes_do_not() -> None:
    nfc, nfd = EDGE["diacritics-NFC"], EDGE["diacritics-NFD"]

    assert clean_line(nfd) == unicodedata.normalize("NFC", nfd)
    assert name_key(nfc, "") == name_key(unicodedata.normalize("NFD", nfc), "")
    assert name_key("Ada", "O\u2019Brien") == name_key("O'BRIEN", "ada")
    assert name_key("Maria", "Ivanova") != name_key(EDGE["confusable: mixed script"], "")
    assert name_key("Peter", "M\u00fcller") != name_key("Peter", "Mueller")
    assert name_key("=1+1", "X") != name_key("+1+1", "X")
    assert fold("\u0130brahim I\u015f\u0131k") == "ibrahim isik"


@pytest.mark.parametrize(
    ("kind", "cleaned"),
    [
        ("spaces", "Padded Name"),
        ("NBSP inside", "Nu\u00f1ez Garcia"),
        ("zero-width space", "ZeroWidth"),
        ("RTL override", "evil name"),
        ("BOM inside", "BOM Name"),
        ("control", "Tab Name"),
        ("newline", "Line Break"),
        ("NUL", "NULName"),
        ("JS line separators", "line sep para"),
        ("ligature", "\ufb01nch"),
        ("header injection", "Carriage Bcc: victim@example.org"),
    ],
)
def test_what_cannot_be_stored_or_seen_is_taken_out(kind: str, cleaned: str) -> None:
    assert clean_line(EDGE[kind]) == cleaned


def test_joiners_stay_where_they_shape_letters_and_emoji() -> None:
    family, persian = EDGE["ZWJ sequence"], "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"

    assert clean_line(family) == family
    assert clean_line(persian) == persian
    assert clean_line("A\u200dda") == "Ada"
    assert name_key(persian, "") == name_key(persian.replace("\u200c", ""), "")


@pytest.mark.parametrize("text", [*NAUGHTY, *EDGE.values()], ids=range(len(NAUGHTY) + len(EDGE)))
def test_no_string_breaks_any_of_these_functions(text: str) -> None:
    cleaned = clean_line(text)

    cleaned.encode("utf-8")  # a lone surrogate would raise
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned)
    assert clean_line(cleaned) == cleaned
    assert normalize_email(text) is None or "@" in text
    normalize_phone(text)
    recase(split_name(text))
    assert all(len(token) <= 64 for token in search_tokens(text, [text], []))
    sought(text)


@given(st.text())
def test_cleaning_and_folding_again_change_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_block(clean_block(text)) == clean_block(text)
    assert fold(fold(text)) == fold(text)
    assert words(" ".join(words(text))) == words(text)


@given(st.emails())
def test_normalizing_an_address_again_changes_nothing(address: str) -> None:
    once = normalize_email(address)

    assert once is None or normalize_email(once) == once


def test_the_keyed_hash_is_hmac_sha256_and_differs_by_key() -> None:
    expected = hmac.new(b"key one", b"+16175550101", hashlib.sha256).hexdigest()

    assert keyed_hash("+16175550101", "key one") == expected
    assert keyed_hash("+16175550101", "key two") != expected


@pytest.mark.parametrize(("value", "key"), [("", "key"), ("value", "")])
def test_a_hash_without_key_or_value_is_refused(value: str, key: str) -> None:
    with pytest.raises(ValueError, match="needs a key and a value"):
        keyed_hash(value, key)
