"""One word for one thing: codes, labels, addresses, views and templates call it the same."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import TextChoices
from django.urls import URLPattern, URLResolver, get_resolver

from recruitment.rules.events import EventKind, MilestoneCode
from recruitment.rules.stages import Bucket, Stage
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.work_codes import ReadinessItemCode
from tests.recruitment.rules.test_glossary import all_codes

ROOT = Path(settings.BASE_DIR)
OWN = ("recruitment.", "reporting.", "accounts.", "trialsnest.")
TEMPLATES = sorted((ROOT / "templates" / "recruitment").glob("*.html"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))

OF_THE_VIEW = {
    *("done", "current", "mine", "unowned", "to", "from", "both", "later", "today", "quiet"),
    *("book", "close"),
}
"""Words of a page's own values: steps of the track, tabs, sides of a hand-off, proposals, forms."""

BUCKETS_BY_D1 = {Bucket.NEW_INQUIRY, Bucket.READY_TO_SCHEDULE}
"""Buckets whose label the owner set apart from that of their stage (D1)."""

KNOWN = {code.value for codes in all_codes() for code in codes}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_asks_only_for_codes_that_there_are(path: Path) -> None:
    asked = set(re.findall(r'[!=]= "(\w+)"', path.read_text()))

    assert asked - KNOWN - OF_THE_VIEW == set()


@pytest.mark.parametrize("name", ["stage", "bucket", "lane"])
def test_styles_and_templates_mark_only_codes_that_there_are(name: str) -> None:
    marked = {
        code
        for path in [*STYLES, *TEMPLATES]
        for code in re.findall(rf'data-{name}="(\w+)"', path.read_text())
    }

    assert marked <= KNOWN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *combinations((EventKind, MilestoneCode, Stage), 2),
        (ReadinessItemCode, BlockerCategory),
    ],
    ids=lambda codes: codes.__name__,
)
def test_one_code_has_one_label(one: type[TextChoices], other: type[TextChoices]) -> None:
    shared = set(one.values) & set(other.values)

    assert {code: one(code).label for code in shared} == {
        code: other(code).label for code in shared
    }


@pytest.mark.parametrize("bucket", [code for code in Bucket if code.value in Stage.values])
def test_a_bucket_is_called_as_its_stage_unless_the_owner_said_otherwise(bucket: Bucket) -> None:
    same = bucket.label == Stage(bucket.value).label

    assert same == (bucket not in BUCKETS_BY_D1)


def test_event_kinds_say_what_happened_and_no_two_say_the_same() -> None:
    past = re.compile(
        r"_(set|changed|logged|received|done|canceled|requested|decided|reviewed|opened|resolved"
        r"|redated|chased|offered|booked|confirmed|ended|overridden|accepted|declined|withdrawn"
        r"|returned|recorded|corrected|added|flagged|breached|proposed)$"
        r"|^(received|touched|recovered|voided|escalated|released)$"
    )

    assert [kind for kind in EventKind if not past.search(kind.value)] == []
    assert len({kind.label for kind in EventKind}) == len(EventKind)


def _own(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _own(pattern.url_patterns)
        elif pattern.callback.__module__.startswith(OWN):
            yield pattern


PATTERNS = {str(pattern.name): pattern for pattern in _own(get_resolver().url_patterns)}


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_view_is_called_as_its_address(name: str) -> None:
    callback = PATTERNS[name].callback
    view_class = getattr(callback, "view_class", None)
    found = view_class.__name__ if view_class else callback.__name__

    camel = "".join(word.capitalize() for word in name.split("_"))
    # One class may be the page to add and to change, and a page may say which kind it is.
    allowed = {name, camel, camel.removesuffix("Add") + "Edit"}
    allowed |= {camel + kind for kind in ("Home", "Page", "Edit")}
    assert found in allowed


def test_no_address_uses_a_word_that_the_field_has_another_for() -> None:
    wrong = re.compile(r"status|task|ticket|subject|candidate|eligib|qualif|match", re.IGNORECASE)

    found = [name for name in PATTERNS if wrong.search(f"{name} {PATTERNS[name].pattern}")]

    assert found == ["lead_import_match"], "columns of a file are matched, never people"
