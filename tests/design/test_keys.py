"""The keyboard is one table: what it lists is done, what is done is listed, and nothing clashes."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from recruitment.context import NAV
from recruitment.forms.outcome_pad import BY_KEY, MOVE_KEYS
from trialsnest.lib.keys import BY_NAME, GO, PARTS, shortcut

SCRIPT = Path(settings.BASE_DIR, "static/js/keys.js").read_text()
TEMPLATES = Path(settings.BASE_DIR, "templates")
DOES = SCRIPT.partition("const does = {")[2].partition("\n  };")[0]
HANDLED = set(re.findall(r"^    (\w+): \(event\)", DOES, re.MULTILINE))


def test_every_key_listed_is_handled_and_every_key_handled_is_listed() -> None:
    assert set(BY_NAME) == HANDLED


def test_the_help_sheet_is_made_from_the_table() -> None:
    html = render_to_string("components/keys.html", {"nav_items": [{"key": "q", "label": "Queue"}]})

    for part in PARTS:
        assert f"<h3>{part.title}</h3>" in html
        for key in part.keys:
            assert f'data-does="{key.name}" data-keys="{" ".join(key.keys)}"' in html
            assert key.does in html
    assert "<kbd>g</kbd> then <kbd>q</kbd>" in html


def test_no_key_does_two_things_digits_apart() -> None:
    """A digit is a bucket in the list and an outcome in the panel."""
    keys = [key for entry in BY_NAME.values() for key in entry.keys if not key.isdigit()]
    assert len(keys) == len(set(keys))
    assert GO not in keys


def test_the_second_row_of_the_pad_and_the_table_name_the_same_keys() -> None:
    assert list(MOVE_KEYS) == list(BY_NAME["moved"].keys)
    assert {*BY_KEY} == {*"1234567890"}


def test_keys_after_g_are_one_letter_and_none_comes_twice() -> None:
    keys = [key for _, _, key, _ in NAV if key]
    assert len(keys) == len(set(keys))
    assert all(len(key) == 1 for key in keys)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_writes_a_key_of_the_table_by_hand(path: Path) -> None:
    """Digits are the pad's and the buckets' own."""
    written = re.findall(r'aria-keyshortcuts="([^"{]*)"', path.read_text())
    assert [keys for keys in written if not keys.isdigit()] == []


def test_a_shortcut_that_nobody_named_is_an_error() -> None:
    assert shortcut("undo") == "u"
    with pytest.raises(KeyError):
        shortcut("nothing")
