"""Targets are set version by version, and no change moves what was breached (scenario 24, CK5)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from recruitment.models import Clock, Lead, StudySite, Target
from recruitment.queries.projection import differences
from recruitment.rules.clock_codes import ClockStanding
from recruitment.rules.clocks import standing_of
from recruitment.rules.targets import TargetKey
from recruitment.services.clocks import clock_of
from recruitment.services.notes import add_note
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SignIn = Callable[[User], Client]


def _response(lead: Lead) -> Clock:
    return Clock.objects.get(lead=lead, target=TargetKey.FIRST_RESPONSE)


def _received(study_site: StudySite, at: datetime) -> Lead:
    """A lead as a request of its own receives it: with the settings as they are then."""
    return make_lead(StudySite.objects.get(pk=study_site.pk), received_at=at)


def _at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def _form(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the page would send, with `changes`."""
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (sent | changes).items()}


def test_s24_raising_the_target_today_does_not_change_yesterdays_breach(
    study_site: StudySite,
    administrator: User,
    coordinator: User,
    as_user: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late, running = make_lead(study_site), make_lead(study_site, received_at=MONDAY + DAY)
    _at(monkeypatch, MONDAY + DAY + 3 * HOUR)  # Tuesday 13:00; the first was due at 10:00
    client = as_user(administrator)
    url = f"/setup/studies/{study_site.study_id}/targets/"

    sent = _form(client, url, amount_first_response=16)
    assert client.post(url, sent).status_code == 302
    _at(monkeypatch, MONDAY + DAY + 5 * HOUR)
    new = _received(study_site, MONDAY + DAY + 4 * HOUR)

    assert _response(late).due_at == MONDAY + DAY
    assert standing_of(clock_of(_response(late)), timezone.now()) == ClockStanding.OVERDUE
    assert _response(running).due_at == MONDAY + 2 * DAY  # it keeps what it started under
    assert _response(new).due_at == MONDAY + 3 * DAY + 4 * HOUR
    assert _response(new).version == Target.objects.get()
    add_note(lead=late, text="Looked at.", by=coordinator, at=timezone.now())
    assert _response(late).due_at == MONDAY + DAY
    assert list(differences()) == []


def test_a_look_says_what_keeps_its_target_and_when_an_inquiry_would_be_due(
    study_site: StudySite, administrator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_lead(study_site)
    make_lead(study_site, source=SourceFactory(study=study_site.study, kind="web"))
    _at(monkeypatch, MONDAY + 2 * HOUR)
    client = as_user(administrator)
    url = f"/setup/studies/{study_site.study_id}/targets/"
    sent = _form(client, url, amount_first_response=4, look="yes")

    plain = client.post(url, sent).content.decode()
    fragment = client.post(url, sent, headers={"HX-Request": "true"}).content.decode()

    for page in (plain, fragment):
        assert "8 business hours becomes 4 business hours" in " ".join(page.split())
        assert "1 running clock keeps the target it started under" in " ".join(page.split())
        assert "Received Mon 2 Mar at 12:00" in page
        assert "Tue 3 Mar 2026" in page
    assert "<html" in plain
    assert "<html" not in fragment
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount_own": 0}, "Give at least 1."),
        ({"amount_own": -3}, "Give at least 1."),
        ({"amount_own": 241}, "At most 240 business hours."),
        ({"amount_own": "soon"}, "Write a whole number, at least 1."),
        ({"amount_own": ""}, "Give an amount. Without one: 1 business hour."),
        ({"unit_own": "closing", "amount_own": 2}, "Choose what the target is counted in."),
        ({"amount_own": 2, "starts_on": "2026-03-01"}, "A target does not start in the past."),
        ({"amount_own": 2, "starts_on": "2027-12-01"}, "Choose a day within a year."),
    ],
)
def test_a_target_that_nobody_could_keep_is_refused_at_its_field(
    study_site: StudySite,
    administrator: User,
    as_user: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    sentence: str,
) -> None:
    _at(monkeypatch, MONDAY)
    client = as_user(administrator)
    url = f"/setup/studies/{study_site.study_id}/targets/"

    answer = client.post(url, _form(client, url, **changes))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Target.objects.exists()


def test_a_site_may_have_a_target_of_its_own_and_go_back_to_the_studys(
    study_site: StudySite, administrator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, MONDAY)
    client = as_user(administrator)
    url = f"/setup/study-sites/{study_site.pk}/targets/"
    assert client.post(url, _form(client, url, amount_first_response=2)).status_code == 302
    _at(monkeypatch, MONDAY + 2 * HOUR)
    own = _received(study_site, MONDAY + HOUR)
    page = client.get(url).content.decode()

    assert "8 business hours" in page  # what the study says beside it
    assert client.post(url, _form(client, url, amount_first_response="")).status_code == 302
    _at(monkeypatch, MONDAY + 3 * HOUR)
    back = _received(study_site, MONDAY + 3 * HOUR)

    assert _response(own).due_at == MONDAY + 3 * HOUR
    assert _response(back).due_at == MONDAY + DAY + 3 * HOUR
    assert "As the study has it" in client.get(url).content.decode()


def test_two_who_change_the_targets_at_once_do_not_overwrite_each_other(
    study_site: StudySite, administrator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, MONDAY)
    client = as_user(administrator)
    url = f"/setup/studies/{study_site.study_id}/targets/"
    first = _form(client, url, amount_own=2)
    second = _form(client, url, amount_own=3)

    assert client.post(url, first).status_code == 302
    answer = client.post(url, second)

    assert answer.status_code == 409
    assert "changed this on" in answer.content.decode()
    assert Target.objects.get().amount == 2


def test_the_page_says_what_a_target_promises_and_what_is_planned(
    study_site: StudySite, administrator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, MONDAY)
    client = as_user(administrator)
    url = f"/setup/studies/{study_site.study_id}/targets/"

    sent = _form(client, url, amount_handoff=6, starts_on="2026-03-09")
    assert client.post(url, sent).status_code == 302
    page = client.get(url).content.decode()

    assert "it never implies that a person will be screened" in page
    assert "6 business hours from" in page
    assert administrator.name in page
    assert all(str(key.label) in page for key in TargetKey)
