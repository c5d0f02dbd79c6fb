"""A look at what a change of a site's calendar would move, before it is saved."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from recruitment.models import (
    Closure,
    Holiday,
    Job,
    Recalculation,
    SettingChange,
    Site,
    SiteCalendar,
    StudySite,
)
from recruitment.rules.target_words import PROMISES_NOTHING
from tests.factories.recruitment import MONDAY, make_lead

SignIn = Callable[[User], Client]
NOON = MONDAY + timedelta(hours=2)
ASKS = {"HX-Request": "true"}


@pytest.fixture
def client_at_noon(administrator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    return as_user(administrator)


def _words(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def _nothing_written(site: Site, version: int) -> bool:
    site.refresh_from_db()
    rows = (Holiday, Closure, Recalculation, Job, SettingChange, SiteCalendar)
    return site.calendar_version == version and not any(row.objects.exists() for row in rows)


def test_a_closed_day_says_how_many_due_times_it_would_move_and_writes_nothing(
    study_site: StudySite, client_at_noon: Client
) -> None:
    make_lead(study_site)
    site, version = study_site.site, study_site.site.calendar_version
    url = f"/setup/sites/{site.pk}/days/"
    sent = {"add": "holiday", "on": "2026-03-03", "name": "Snow", "look": "yes"}

    part, page = client_at_noon.post(url, sent, headers=ASKS), client_at_noon.post(url, sent)

    for answer in (part, page):
        assert "Of 1 running clock, 1 would be due later and 0 earlier." in _words(answer)
    assert "<html" not in _words(part)
    assert 'value="Snow"' in _words(page)
    assert _nothing_written(site, version)


def test_longer_hours_would_bring_due_times_forward(
    study_site: StudySite, client_at_noon: Client
) -> None:
    make_lead(study_site)
    site, version = study_site.site, study_site.site.calendar_version
    url = f"/setup/sites/{site.pk}/hours/"
    sent = {f"{name}_{day}_0": at for day in range(7) for name, at in LONG} | {"look": "yes"}

    text = _words(client_at_noon.post(url, sent, headers=ASKS))

    assert "Of 1 running clock, 0 would be due later and 1 earlier." in text
    assert "8 business hours from now end" in text
    assert _nothing_written(site, version)


LONG = (("opens", "06:00"), ("closes", "22:00"))


def test_what_cannot_be_is_said_in_the_look(study_site: StudySite, client_at_noon: Client) -> None:
    site, version = study_site.site, study_site.site.calendar_version
    url = f"/setup/sites/{site.pk}/days/"
    closure = {"add": "closure", "reason": "Rebuilding", "look": "yes"}

    def look(**sent: str) -> str:
        return _words(client_at_noon.post(url, closure | sent, headers=ASKS))

    assert "there is no working time" in look(first_on="2026-04-01", last_on="2026-05-15")
    assert "The last day is before the first." in look(first_on="2026-04-02", last_on="2026-04-01")
    assert "Not counted yet" in look(first_on="", last_on="2026-04-01")
    assert _nothing_written(site, version)


def test_both_pages_say_what_a_due_time_promises_and_offer_a_look(
    study_site: StudySite, client_at_noon: Client
) -> None:
    for page in ("hours", "days"):
        text = _words(client_at_noon.get(f"/setup/sites/{study_site.site_id}/{page}/"))
        assert PROMISES_NOTHING in text
        assert "Look first" in text
        assert "Type a change to see which due times it moves." in text


def test_removing_a_closed_day_can_be_looked_at(
    study_site: StudySite, administrator: User, client_at_noon: Client
) -> None:
    site = study_site.site
    day = Holiday.objects.create(site=site, on=date(2026, 3, 3), name="Snow", is_own=True)
    shut = Closure.objects.create(
        site=site, first_on=day.on, last_on=day.on, reason="Works", added_by=administrator
    )
    make_lead(study_site)
    shut_url, day_url = f"/setup/closures/{shut.pk}/remove/", f"/setup/holidays/{day.pk}/remove/"

    # as long as the other keeps the day closed nothing differs
    assert "Nothing differs" in _words(client_at_noon.post(shut_url, {"look": "yes"}))
    assert client_at_noon.post(shut_url).status_code == 302

    answer = client_at_noon.post(day_url, {"look": "yes"})

    assert "Of 1 running clock, 0 would be due later and 1 earlier." in _words(answer)
    assert Holiday.objects.filter(pk=day.pk).exists()


def test_public_holidays_can_be_looked_at_before_they_are_added(
    study_site: StudySite, client_at_noon: Client
) -> None:
    make_lead(study_site)
    site, version = study_site.site, study_site.site.calendar_version
    url = f"/setup/sites/{site.pk}/days/"

    answer = client_at_noon.post(url, {"add": "public", "look": "yes"})

    assert "8 business hours from now end" in _words(answer)
    assert _nothing_written(site, version)


def test_another_time_zone_can_be_looked_at_before_it_is_saved(
    study_site: StudySite, client_at_noon: Client
) -> None:
    make_lead(study_site)
    site, version = study_site.site, study_site.site.calendar_version
    url = f"/setup/sites/{site.pk}/"
    form = client_at_noon.get(url).context["form"]
    sent = {name: value for name, value in form.initial.items() if value is not None}
    sent |= {"time_zone": "Pacific/Honolulu", "look": "yes"}

    part, page = client_at_noon.post(url, sent, headers=ASKS), client_at_noon.post(url, sent)

    for answer in (part, page):
        assert "Of 1 running clock, 0 would be due later and 1 earlier." in _words(answer)
    assert "<html" not in _words(part)
    assert _nothing_written(site, version)
    assert client_at_noon.post(url, sent | {"time_zone": "Mars/Base"}).status_code == 422
