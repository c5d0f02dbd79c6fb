"""The page on which a site lead tries other targets on what happened."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Clock, LeadEvent, OpeningInterval, StudySite, Target
from recruitment.queries.what_if import Compared, window_until
from recruitment.rules.targets import TargetKey
from recruitment.rules.what_if import Breach, Replay
from recruitment.services.site_hours import add_holiday
from recruitment.services.target_settings import set_target
from recruitment.views.what_if import heat, sentence
from tests.factories.recruitment import make_lead

SignIn = Callable[[User], Client]
ALL_DAY = [(day, time(0), time(23, 59)) for day in range(7)]


@pytest.fixture
def place(study_site: StudySite, coordinator: User) -> StudySite:
    """Open day and night, so that every hour counts: three leads came ten hours ago, untouched."""
    OpeningInterval.objects.bulk_create(
        OpeningInterval(site=study_site.site, weekday=day, opens=opens, closes=closes)
        for day, opens, closes in ALL_DAY
    )
    for _ in range(3):
        make_lead(study_site, owner=coordinator, received_at=timezone.now() - timedelta(hours=10))
    return study_site


def _page(client: Client, place: StudySite) -> HttpResponse:
    return client.get(reverse("what_if", args=[place.pk]))


def _typed(client: Client, place: StudySite, **changes: Any) -> dict[str, Any]:
    """What the page's form sends when only `changes` were typed."""
    form = _page(client, place).context["form"]
    values: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if isinstance(value, time):
            value = value.strftime("%H:%M")
        if value is not None:
            values[field.html_name] = value
    return values | changes


def _replay(client: Client, place: StudySite, **changes: Any) -> HttpResponse:
    typed = _typed(client, place, **changes)
    return client.post(reverse("what_if", args=[place.pk]), typed)


def _words(response: HttpResponse) -> str:
    return unescape(response.content.decode())


def test_the_page_first_says_what_was_missed(
    place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    said = _words(_page(as_user(site_lead), place))

    assert "3 of 6 clocks were missed." in said  # owners came at once, nobody called in 8 hours
    assert "when the log of 3 leads was read. New York time." in said
    assert "Would be missed" not in said


def test_a_longer_target_misses_less_and_the_page_says_so_in_one_sentence(
    place: StudySite, site_lead: User, coordinator: User, as_user: SignIn
) -> None:
    response = _replay(as_user(site_lead), place, amount_first_response="20")

    said = _words(response)
    assert response.status_code == 200
    assert "With these settings 0 of 6 clocks would have been missed instead of 3." in said
    assert "\N{MINUS SIGN}3" in said
    assert coordinator.name in said
    assert 'value="20"' in said, "what was typed stays"


def test_nothing_typed_is_said_to_be_the_present_settings(
    place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    said = _words(_replay(as_user(site_lead), place))

    assert "3 of 6 clocks were missed." in said
    assert "These are the present settings." in said


def test_shorter_hours_give_more_time_and_an_open_day_counts_again(
    place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    closed = {f"{which}_{day}_0": "" for which in ("opens", "closes") for day in range(7)}
    weekday = (timezone.now() + timedelta(days=2)).weekday()
    never = {f"opens_{weekday}_0": "10:00", f"closes_{weekday}_0": "11:00"}

    response = _replay(as_user(site_lead), place, **(closed | never))

    assert "With these settings 0 of 6 clocks" in _words(response)


def test_nothing_is_written(place: StudySite, site_lead: User, as_user: SignIn) -> None:
    before = list(Clock.objects.values()), LeadEvent.objects.count(), Target.objects.count()

    _replay(as_user(site_lead), place, amount_own="9", closed_on_1="2026-03-02")

    assert before == (list(Clock.objects.values()), LeadEvent.objects.count(), 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount_own": "0"}, "An owner: Write a whole number, at least 1."),
        ({"amount_own": "-3"}, "An owner: Write a whole number, at least 1."),
        ({"amount_own": "soon"}, "An owner: Write a whole number, at least 1."),
        ({"amount_own": ""}, "An owner: Write a whole number, at least 1."),
        ({"amount_own": "100", "unit_own": "days"}, "An owner: at most 60 business days."),
        ({"unit_own": "weeks"}, "Choose what the target is counted in."),
        ({"closes_0_0": "07:00", "opens_0_0": "08:00"}, "Closing time must be after opening time."),
        ({"opens_0_0": ""}, "Give both times, or leave both empty."),
        ({"opens_0_1": "10:00", "closes_0_1": "12:00"}, "overlap."),
        ({"closed_on_1": "30.2."}, "Write the day as 2026-11-30."),
        ({"open_on": ["2020-01-01"]}, "Choose from the closed days that are listed."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_stays_as_typed(
    changes: dict[str, Any], sentence: str, place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    response = _replay(as_user(site_lead), place, amount_handoff="7", **changes)

    said = _words(response)
    assert response.status_code == 422
    assert sentence in said
    assert "clocks would have been missed" not in said
    form = response.context["form"]
    assert form["amount_handoff"].value() == "7"
    for name, value in changes.items():
        assert form[name].value() == value


def test_no_working_time_at_all_is_refused(
    place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    closed = {f"{which}_{day}_0": "" for which in ("opens", "closes") for day in range(7)}

    response = _replay(as_user(site_lead), place, **closed)

    assert response.status_code == 422
    assert "Give at least one opening interval." in _words(response)


def test_closed_days_are_named_and_can_be_worked_on(
    place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    today = timezone.now().date()
    given = {"on": today - timedelta(days=3), "name": "Founders' Day"}
    add_holiday(place.site, **given, by=site_lead, at=timezone.now())
    client = as_user(site_lead)
    on = (today - timedelta(days=3)).isoformat()

    assert "Founders' Day" in _words(_page(client, place))
    assert "These are the present settings." not in _words(_replay(client, place, open_on=[on]))


def test_the_page_takes_few_statements_however_many_leads_there_are(
    place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    client = as_user(site_lead)
    _page(client, place)
    counts = []
    for more in (0, 6):
        for _ in range(more):
            make_lead(place, received_at=timezone.now() - timedelta(hours=9))
        with CaptureQueriesContext(connection) as captured:
            _page(client, place)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


NOW = datetime(2026, 11, 16, 12, tzinfo=timezone.get_current_timezone())


def _replayed(missed: int, ran: int) -> Replay:
    breach = Breach(1, TargetKey.OWN, 0, 1, NOW, None, None)
    replay = Replay(breaches=[breach] * missed)
    replay.ran[TargetKey.OWN] = ran
    return replay


WITH, WOULD = "With these settings", "would have been missed"


@pytest.mark.parametrize(
    ("before", "after", "is_same", "expected"),
    [
        ((29, 212), (41, 212), False, f"{WITH} 41 of 212 clocks {WOULD} instead of 29."),
        ((29, 212), (41, 210), False, f"{WITH} 41 of 210 clocks {WOULD} instead of 29 of 212."),
        ((1, 1), (1, 1), False, f"{WITH} 1 of 1 clock {WOULD}, as many as were."),
        ((29, 212), (29, 212), True, "29 of 212 clocks were missed."),
        ((0, 0), (0, 0), True, "No clock ran in these eight weeks."),
    ],
)
def test_the_sentence_names_both_numbers(
    before: tuple[int, int], after: tuple[int, int], is_same: bool, expected: str
) -> None:
    found = Compared(window_until(NOW), 1, _replayed(*before), _replayed(*after), {})
    assert sentence(found, is_same=is_same) == expected


def test_the_darkest_hour_is_the_one_with_the_most_misses() -> None:
    days = heat({(0, 9): 8, (0, 10): 1, (4, 9): 3}, [9, 10], 8)
    assert days[0] == ("Monday", [(8, 4), (1, 1)])
    assert days[4] == ("Friday", [(3, 2), (0, 0)])
    assert len(days) == 7


def test_an_administrator_takes_the_amounts_to_where_targets_are_set(
    place: StudySite, administrator: User, as_user: SignIn
) -> None:
    client = as_user(administrator)
    at = timezone.now()
    set_target(
        study=place.study,
        study_site=place,
        key=TargetKey.HANDOFF,
        amount=6,
        unit="hours",
        in_force_from=at,
        by=administrator,
        at=at,
    )
    response = _replay(client, place, amount_first_response="3", unit_first_response="days")
    assert "Publish these targets from a date" in _words(response)

    fields = response.context["publish"] | {"look": "yes"}
    looked = client.post(reverse("study_site_targets", args=[place.pk]), fields)

    assert looked.status_code == 200
    wanted = looked.context["form"].cleaned_data["wanted"]
    assert {row: target.words for row, target in wanted.items()} == {
        (TargetKey.FIRST_RESPONSE, ""): "3 business days"
    }
    assert Target.objects.count() == 1, "nothing is set before somebody chooses the date"
    page = reverse("what_if", args=[place.pk])
    assert page in _words(looked)
    assert [url for _, url in response.context["crumbs"]] == [
        reverse("study_site_targets", args=[place.pk])
    ]


def test_a_site_lead_is_told_who_sets_targets(
    place: StudySite, site_lead: User, as_user: SignIn
) -> None:
    said = _words(_replay(as_user(site_lead), place, amount_own="9"))

    assert "An administrator sets targets from a date on." in said
    assert "Publish these targets" not in said
