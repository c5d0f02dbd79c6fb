"""What every template keeps: no inline code, careful words, known classes, small files."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from recruitment.rules.boundary import BOUNDARY

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
HTML = sorted(TEMPLATES.rglob("*.html"))
# Paper has its own style sheets and is made from a snapshot, not in a browser.
SCREEN = [path for path in HTML if "sponsor_report" not in str(path)]

# DESIGN.md 10: words besides those of BL1 that the software never says of a person.
NEVER = re.compile(r"\b(match(?:es)?|scores?|failed|converted)\b", re.IGNORECASE)
# Of BL1's words those that templates say of eligibility decisions, hand-overs, files and materials.
SAID_OF_THINGS = {"eligibility", "accepted", "approved", "effective", "safe"}
ALLOWED = ("Match columns", "No leads match these filters", "Not qualified")
# Set by htmx, by the script or only in a query the style does not need.
NO_STYLE_NEEDED = {"wide"}


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def without_template_code(text: str) -> str:
    """The HTML alone: comments and tags gone, each variable a star."""
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", " ", text, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "*", text, flags=re.DOTALL)


def words_of(text: str) -> str:
    """What a person reads, with the words handed to components: no markup, no code names."""
    handed = re.findall(r'\b(?:title|text|lede|label|button|hint|\w+_label)="([^"]*)"', text)
    shown = re.sub(r"<[^>]*>", " ", without_template_code(text))
    spoken = re.findall(
        r'(?:aria-label|placeholder|title|alt)="([^"]*)"', without_template_code(text)
    )
    return " ".join([shown, *handed, *spoken])


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_template_compiles_is_small_and_says_what_it_needs(path: Path) -> None:
    lines = path.read_text().splitlines()

    get_template(name_of(path))

    assert len(lines) <= 80
    assert re.fullmatch(r"\{# .+ #\}", lines[0]), "the first line says what the file needs"


@pytest.mark.parametrize("path", SCREEN, ids=name_of)
def test_template_works_under_the_strict_policy(path: Path) -> None:
    html = without_template_code(path.read_text())

    assert not re.search(r"\sstyle\s*=", html), "no inline style"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", html), "no inline handler"
    assert not re.search(r"<[^>]*\shx-on", html), "hx-on needs eval"
    assert not re.search(r"<style\b", html)
    assert not re.search(
        r"hx-(?:vals|headers|trigger)\s*=\s*[\"'][^\"']*(?:js:|javascript:|\[)", html
    )
    for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", html, flags=re.DOTALL):
        assert "src=" in attributes
        assert body.strip() == ""
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']\s*(?:https?:)?//", html), (
        "own origin only"
    )


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_template_never_says_of_a_person_what_only_the_study_team_may(path: Path) -> None:
    words = words_of(path.read_text())
    for phrase in ALLOWED:
        words = words.replace(phrase, "")

    of_people = [word for word in BOUNDARY.findall(words) if word.lower() not in SAID_OF_THINGS]
    assert NEVER.findall(words) + of_people == []


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_template_uses_plain_words(path: Path) -> None:
    words = words_of(path.read_text())

    assert "!" not in words, "no exclamation marks"
    assert not re.search(r">\s*(?:Submit|OK)\s*<", path.read_text()), "verbs on buttons"


def classes_in_css() -> set[str]:
    text = "".join(path.read_text() for path in (ROOT / "static" / "css").rglob("*.css"))
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", text, flags=re.DOTALL)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", text))


@pytest.mark.parametrize("path", SCREEN, ids=name_of)
def test_every_class_of_a_template_exists_in_the_style_sheets(path: Path) -> None:
    known = classes_in_css() | NO_STYLE_NEEDED
    html = without_template_code(path.read_text())

    used = {
        name for value in re.findall(r'\bclass="([^"]*)"', html) for name in value.split() if name
    }

    unknown = {name for name in used if not any(fnmatchcase(css, name) for css in known)}
    assert unknown == set()


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_every_icon_of_a_template_is_in_the_sprite(path: Path) -> None:
    sprite = (ROOT / "static" / "img" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))

    asked = set(re.findall(r'\{% icon "([\w-]+)"', path.read_text()))
    asked |= set(re.findall(r'\b(?:action_)?icon="([\w-]+)"', path.read_text()))

    assert asked <= drawn
