"""Calendar files of the weekly review: dates, codes and addresses, nobody's words (PR4)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Lead, ReviewAction, Site, StudySite, WeeklyReview
from recruitment.rules.weekly.codes import ItemKind
from recruitment.rules.weekly.reminders import next_review
from recruitment.services.site_hours import change_site
from recruitment.services.weekly_items import finish_action
from tests.recruitment.weekly.held import OPENED, act, end
from tests.trialsnest.ics_reader import events, read, times

AsUser = Callable[[User], Client]
WORDS = "Phone Zephyrine Quackenbush at once."


@pytest.fixture
def action(review: WeeklyReview, coordinator: User, site_lead: User) -> ReviewAction:
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    end(item, act(item, coordinator, words=WORDS), site_lead)
    return ReviewAction.objects.get()


def on_tuesdays(site: Site, by: User, hour: int = 10) -> None:
    values = {"review_weekday": 1, "review_at": time(hour)}
    change_site(site, values, by=by, at=OPENED)
    site.refresh_from_db()


def test_the_day_of_an_action_is_in_the_file_and_its_words_are_not(
    action: ReviewAction, coordinator: User, leads: list[Lead], as_user: AsUser
) -> None:
    answer = as_user(coordinator).get(reverse("weekly_action_calendar", args=[action.pk]))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="review-action.ics"'
    assert "no-store" in answer["Cache-Control"]
    (event,) = events(read(answer.content))
    assert event.value("DTSTART") == f"{action.due_on:%Y%m%d}"
    assert event.text("SUMMARY") == (
        "TrialsNest: an action of the weekly review is due, " + action.study_site.study.code
    )
    assert event.text("URL").endswith(reverse("weekly_reviews") + "#own")
    said = answer.content.decode().replace("\r\n ", "")
    for secret in ("Zephyrine", "Quackenbush", "Phone", *(lead.number for lead in leads)):
        assert secret not in said


def test_an_action_that_is_done_takes_its_entry_away_under_the_same_uid(
    action: ReviewAction, coordinator: User, as_user: AsUser
) -> None:
    url = reverse("weekly_action_calendar", args=[action.pk])
    client = as_user(coordinator)
    (before,) = events(read(client.get(url).content))
    finish_action(action=action, by=coordinator, at=OPENED)

    (after,) = events(read(client.get(url).content))

    assert after.value("UID") == before.value("UID")
    assert (after.value("STATUS"), after.value("SEQUENCE")) == ("CANCELLED", "1")


def test_nobody_gets_the_file_of_somebody_elses_action(
    action: ReviewAction, site_lead: User, as_user: AsUser
) -> None:
    url = reverse("weekly_action_calendar", args=[action.pk])

    assert as_user(site_lead).get(url).status_code == 404


def test_the_review_is_every_week_at_the_sites_own_hour(
    review: WeeklyReview, site_lead: User, administrator: User, as_user: AsUser
) -> None:
    on_tuesdays(review.site, administrator)

    answer = as_user(site_lead).get(reverse("weekly_calendar", args=[review.pk]))

    zone = ZoneInfo(review.site.time_zone)
    first = datetime(2026, 3, 3, 10, tzinfo=zone)
    found = times(answer.content, 3)
    assert [each.timestamp() for each in found] == [
        first.timestamp(),
        datetime(2026, 3, 10, 10, tzinfo=zone).timestamp(),  # clocks changed on the 8th
        datetime(2026, 3, 17, 10, tzinfo=zone).timestamp(),
    ]
    assert review.site.name not in answer.content.decode()


def test_another_time_is_the_same_entry_one_step_on(
    review: WeeklyReview, site_lead: User, administrator: User, as_user: AsUser
) -> None:
    client, url = as_user(site_lead), reverse("weekly_calendar", args=[review.pk])
    on_tuesdays(review.site, administrator)
    (before,) = events(read(client.get(url).content))
    on_tuesdays(review.site, administrator, hour=14)

    (after,) = events(read(client.get(url).content))

    assert after.value("UID") == before.value("UID")
    assert int(after.value("SEQUENCE")) > int(before.value("SEQUENCE"))
    assert after.value("DTSTART").endswith("T140000")


def test_a_site_without_a_time_says_so(
    review: WeeklyReview, site_lead: User, as_user: AsUser
) -> None:
    url = reverse("weekly_calendar", args=[review.pk])

    answer = as_user(site_lead).get(url, follow=True)

    assert "no day and time for its weekly review yet" in answer.content.decode()


def test_ones_own_file_holds_what_is_open_and_the_reviews_one_leads(
    action: ReviewAction, coordinator: User, site_lead: User, administrator: User, as_user: AsUser
) -> None:
    on_tuesdays(action.site, administrator)
    url = reverse("weekly_own_calendar")

    of_owner = events(read(as_user(coordinator).get(url).content))
    of_lead = events(read(as_user(site_lead).get(url).content))

    assert [event.value("DTSTART") for event in of_owner] == [f"{action.due_on:%Y%m%d}"]
    assert [event.value("RRULE") for event in of_lead] == ["FREQ=WEEKLY"]


@pytest.mark.parametrize("weekday", range(7))
def test_the_next_review_is_within_a_week(weekday: int) -> None:
    since = date(2026, 3, 4)

    on = next_review(weekday, since)

    assert on.weekday() == weekday
    assert since <= on < since + timedelta(days=7)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"review_weekday": "1", "review_at": ""}, "Write the time too"),
        ({"review_weekday": "", "review_at": "10:00"}, "Choose the day too"),
        ({"review_weekday": "1", "review_at": "ten"}, "Write a time such as 09:00."),
        ({"review_weekday": "8", "review_at": "10:00"}, "Select a valid choice"),
    ],
)
def test_a_site_takes_a_day_and_a_time_or_neither(
    study_site: StudySite,
    administrator: User,
    as_user: AsUser,
    given: dict[str, str],
    sentence: str,
) -> None:
    site = study_site.site
    columns = ("name", "code", "sponsor_label", "time_zone", "country", "region")
    data = {name: getattr(site, name) for name in columns} | {"is_active": "on"} | given

    answer = as_user(administrator).post(reverse("site_edit", args=[site.pk]), data)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
