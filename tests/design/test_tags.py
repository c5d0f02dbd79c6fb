"""Template filters and tags write safe markup."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines

NOW = datetime(2026, 11, 17, 19, 5, tzinfo=UTC)


def written(source: str, **values: object) -> str:
    return engines["django"].from_string(source).render(values)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("{{ at|day:zone }}", '<time datetime="2026-11-17T19:05Z">Tue 17 Nov 2026</time>'),
        ("{{ at|day_short:zone }}", '<time datetime="2026-11-17T19:05Z">Tue 17 Nov</time>'),
        ("{{ at|clock:zone }}", '<time datetime="2026-11-17T19:05Z">12:05</time>'),
        (
            "{{ at|moment:zone }}",
            '<time datetime="2026-11-17T19:05Z">Tue 17 Nov 2026, 12:05</time>',
        ),
        ("{{ zone|zone_words }}", "Phoenix time"),
        ('{{ 2|counted:"study,studies" }}', "2 studies"),
        ('{{ "Ana Lucía Vega"|initials }}', "AV"),
    ],
)
def test_filter_writes_staff_words(source: str, html: str) -> None:
    assert written(source, at=NOW, zone="America/Phoenix").replace("T19:05Z", "T19:05Z") == html


@pytest.mark.parametrize(
    "source", ["{{ at|day:zone }}", "{% ago at now zone %}", "{% due at now zone %}"]
)
def test_what_is_not_set_is_a_quiet_dash_with_words(source: str) -> None:
    html = written(source, at=None, now=NOW, zone="UTC")

    assert "Not set" in html
    assert "<time" not in html


def test_due_in_the_past_is_marked_and_has_its_full_moment() -> None:
    html = written("{% due at now zone %}", at=NOW - timedelta(days=2), now=NOW, zone="UTC")

    assert 'class="due due--bad"' in html
    assert "2 d overdue" in html
    assert 'title="Sun 15 Nov 2026, 19:05"' in html
    assert "#late" in html


def test_ago_says_how_long() -> None:
    html = written("{% ago at now %}", at=NOW - timedelta(hours=5), now=NOW)

    assert ">5 h</time>" in html


def test_icon_escapes_its_name_and_is_hidden_from_assistive_tech() -> None:
    html = written("{% icon name %}", name='"><script>')

    assert "<script" not in html
    assert 'aria-hidden="true"' in html


def test_field_writes_label_hint_error_and_names_them_for_assistive_tech() -> None:
    from tests.design.samples import StudySiteForm

    html = written("{{ form }}", form=StudySiteForm(data={"name": ""}))

    assert '<label class="label" for="id_name">Name of the study at this site</label>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'href="#id_cadence_0"' in html, "the summary links to the first choice of a group"
    assert html.count('role="alert"') == 1
