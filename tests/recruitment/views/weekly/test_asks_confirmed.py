"""A false hit in the words of an ask is confirmed, and goes on record without the words (F6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Ask, ConfirmedWords, StudySite
from recruitment.rules.sponsor_text import NotForSponsors
from recruitment.services.asks import raise_ask
from tests.factories.recruitment import make_enquirer, make_lead
from tests.recruitment.asks.held import ANSWERED, ASKED, answered, question, raised
from tests.recruitment.views.weekly.test_asks import asked, said

HIT = "May we ask again after Summer?"
WHY = "Many are away until Summer."
FOUND = "the name of a person (letters 24 to 29)"


@pytest.fixture(autouse=True)
def _named_so(study_site: StudySite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody at the site has a name that is a word too."""
    make_lead(study_site, enquirer=make_enquirer(first_name="Ada", last_name="Summer"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: ANSWERED + timedelta(hours=1))


def as_shown(answer: HttpResponse, form: Any) -> dict[str, Any]:
    """What the browser sends of the form again, a tick that is not set left out."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value}


def test_each_finding_of_a_new_ask_is_confirmed_in_turn(
    led: Client, study_site: StudySite, site_lead: User
) -> None:
    url = reverse("ask_new", args=[study_site.pk])
    assert "is_no_hit" not in led.get(url).content.decode()

    first = led.post(url, asked(site_lead, question=HIT, why=WHY))
    form = first.context["form"]
    assert first.status_code == 422
    assert FOUND in first.content.decode()
    second = led.post(url, as_shown(first, form) | {"is_no_hit": "on"})
    form = second.context["form"]
    assert list(form.errors) == ["why"]
    assert not form["is_no_hit"].value()
    assert not Ask.objects.exists()
    third = led.post(url, as_shown(second, form) | {"is_no_hit": "on"})

    ask = Ask.objects.get()
    assert third.status_code == 302
    assert (ask.question, ask.why) == (HIT, WHY)
    rows = ConfirmedWords.objects.order_by("field")
    assert [(one.field, one.first, one.last) for one in rows] == [
        ("question", 24, 29),
        ("why", 21, 26),
    ]
    assert {(one.about, one.by, one.site) for one in rows} == {
        (f"ask {ask.pk}", site_lead, study_site.site)
    }


def test_a_tick_holds_for_the_words_that_were_refused_and_for_no_others(
    led: Client, study_site: StudySite, site_lead: User
) -> None:
    url = reverse("ask_new", args=[study_site.pk])
    first = led.post(url, asked(site_lead, question=HIT))
    sent = as_shown(first, first.context["form"]) | {"is_no_hit": "on"}

    other = led.post(url, sent | {"question": "May we call Summer again?"})

    assert other.status_code == 422
    assert not other.context["form"]["is_no_hit"].value()
    assert not ConfirmedWords.objects.exists()


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("ask_answer", "comment", {}),
        ("ask_settle", "words", {}),
        ("ask_redate", "reason", {"needed_by": "2026-03-12"}),
        ("ask_withdraw", "reason", {}),
    ],
)
def test_what_is_done_with_an_ask_asks_the_same(
    led: Client, study_site: StudySite, site_lead: User, name: str, field: str, values: Any
) -> None:
    ask = raised(study_site, site_lead)
    if name == "ask_settle":
        answered(ask, site_lead)
    ask.refresh_from_db()
    url = reverse(name, args=[ask.pk])
    typed = said(ask) if name == "ask_answer" else {"seen": ask.seq, **values}

    refused = led.post(url, typed | {field: WHY})
    form = refused.context["refused"]
    assert refused.status_code == 422
    assert "the name of a person (letters 21 to 26)" in str(form.errors[field])
    assert 'name="is_no_hit"' in refused.content.decode()
    taken = led.post(url, as_shown(refused, form) | {"is_no_hit": "on"})

    assert taken.status_code == 302
    row = ConfirmedWords.objects.get()
    assert (row.about, row.field, row.by) == (f"ask {ask.pk}", field, site_lead)
    assert ask.history.latest("seq").words == WHY


def test_a_refused_question_leaves_no_ask_behind(study_site: StudySite, site_lead: User) -> None:
    with pytest.raises(NotForSponsors) as refused:
        raised(study_site, site_lead, question(question=HIT))
    assert not Ask.objects.exists()

    made = raise_ask(
        study_site=study_site,
        asked=question(question=HIT),
        owner=site_lead,
        by=site_lead,
        at=ASKED,
        confirmed=f"other {refused.value.token}",
    )

    assert made.ask.question == HIT
    assert ConfirmedWords.objects.count() == 1
