"""Whatever is typed into whichever field of the work: stored and shown safely, or a sentence.

The fields are found from the forms; a new one is covered as soon as it is there.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.forms.fields import LineField
from recruitment.models import Lead, StudySite
from recruitment.rules.work_codes import RemoteStep
from tests.recruitment.forms_found import texts_of, work_forms
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.views.page_forms import PAGE_FORMS, Desk, desk_of

STRINGS = Path(__file__).parents[2] / "data" / "strings"
NAUGHTY: list[str] = json.loads((STRINGS / "blns.json").read_text())
EDGES = [json.loads(line) for line in (STRINGS / "edge-values.jsonl").read_text().splitlines()]
UNREADABLE = ("a\x00b", "a\x07b", "a\ud800b")
TEXTS = [
    pytest.param(field, id=f"{form}.{name}")
    for form, kind in sorted(work_forms().items())
    for name, field in texts_of(kind)
]
MARKUP = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>' {{ 7|add:7 }} {% debug %}",
]
SHOWN = [
    *MARKUP,
    "عبد الرحمن \u202eadA\u202c בן־דוד",
    "👩‍👩‍👧‍👦🏳️‍🌈 Z̸̢̡̨̛͕͔͓",
    "A\u200bd\u200ba\ufeff",
    "W" * 200,
]
"""Markup, right to left and turned round, emoji and stacked marks, zero width, 200 letters."""


def test_the_forms_of_the_work_are_found() -> None:
    assert len(work_forms()) > 50
    assert len(TEXTS) > 60


@pytest.mark.parametrize("field", TEXTS)
def test_every_text_has_a_limit_that_is_told_in_a_sentence(field: forms.CharField) -> None:
    assert field.max_length
    assert field.clean("x" * field.max_length)
    with pytest.raises(ValidationError, match="At most"):
        field.clean("x" * (field.max_length + 1))


@pytest.mark.parametrize("field", TEXTS)
def test_every_text_refuses_what_no_page_can_hold_and_cleans_the_rest(
    field: forms.CharField,
) -> None:
    assert isinstance(field, LineField), "a plain CharField cleans nothing"
    for odd in UNREADABLE:
        with pytest.raises(ValidationError, match="cannot be printed"):
            field.clean(odd)
    for odd in [*NAUGHTY, *(str(edge["value"]) for edge in EDGES), *SHOWN]:
        kept, said = _cleaned(field, odd)
        assert all(sentence.endswith(".") for sentence in said)
        assert len(kept) <= (field.max_length or 0)
        assert not {"\x00", "\ufeff", "\u202e"} & {*kept}


def _cleaned(field: forms.CharField, text: str) -> tuple[str, list[str]]:
    """What is kept of a text, or the sentences that refuse it."""
    try:
        return field.clean(text), []
    except ValidationError as refusal:
        return "", refusal.messages


@pytest.fixture
def desk(study_site: StudySite, coordinator: User, as_user: Callable[[User], Client]) -> Desk:
    return desk_of(study_site, coordinator, as_user(coordinator))


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("form", PAGE_FORMS)
def test_each_page_keeps_and_shows_it_safely_or_says_what_is_wrong(form: str, desk: Desk) -> None:
    fields = desk.form(form).fields
    texts = [name for name, field in fields.items() if isinstance(field, LineField)]
    kinds = {name: RemoteStep.LAB for name in fields if name.startswith("kind_")}
    assert texts
    for odd in SHOWN:
        with transaction.atomic():
            typed: dict[str, Any] = desk.typed(form) | kinds | {"seen": desk.lead.version}
            answer: Any = desk.post(form, typed | dict.fromkeys(texts, odd))
            _is_safe(answer)
            if answer.status_code == 422:
                wrong = {*answer.context["form"].errors}
                assert wrong <= {*texts}, answer.context["form"].errors
                steps = {name[-2:] for name in wrong} & {"_1", "_2", "_3"}
                left = wrong | {name for name in fields if name[-2:] in steps}
                typed |= dict.fromkeys(left & {*kinds}, "")  # of a step all is needed, or nothing
                fits = {*texts} - left
                answer = desk.post(form, typed | dict.fromkeys(fits, odd))
            assert answer.status_code in {200, 302}, (odd, words_of(answer))
            if odd in MARKUP:  # anything else could not run wherever it is shown
                for url in ("queue", "handoffs", "messages", "intake", "actions"):
                    _is_safe(desk.client.get(reverse(url)))
                for lead in Lead.objects.all():
                    _is_safe(desk.client.get(reverse("lead", args=[lead.number])))
            transaction.set_rollback(True)


def _is_safe(answer: Any) -> None:
    html = answer.content.decode()
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html
    assert "' 14 " not in html
