"""Reminders of what was agreed in a weekly review: in the digest, once, and naming nobody."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import User
from recruitment.models import Digest, Job, Lead, ReviewAction, StudySite
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.recovery_codes import DigestRhythm
from recruitment.rules.weekly.codes import ItemKind
from recruitment.rules.weekly.reminders import past_at, remind_at
from recruitment.services import jobs
from recruitment.services.digests import send_digests, set_rhythm
from recruitment.services.weekly_items import finish_action
from tests.factories.recruitment import MONDAY
from tests.recruitment.services.digest_news import listen, mails_to, place_with_words, tick, told
from tests.recruitment.weekly.held import OPENED, act, blocked_leads, end, held_open, item_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = MONDAY + DAY - HOUR  # nine o'clock in New York, as the site opens
WEDNESDAY, THURSDAY, FRIDAY = (TUESDAY + n * DAY for n in (1, 2, 3))
NEXT_MONDAY = TUESDAY + 6 * DAY - HOUR  # clocks went forward on Sunday
WORDS = "Phone Zephyrine Quackenbush at once."
AGREED = "Agreed for you in a weekly review"
SOON = "Due next, of what you agreed to do in a weekly review"
PAST = "Past its day, of what you agreed to do in a weekly review"
Agree = Callable[..., ReviewAction]


@pytest.fixture
def study_site(db: None) -> StudySite:
    return place_with_words()


@pytest.fixture
def leads(study_site: StudySite, site_lead: User) -> list[Lead]:
    return blocked_leads(study_site, site_lead)


@pytest.fixture
def agree(study_site: StudySite, leads: list[Lead], coordinator: User, site_lead: User) -> Agree:
    """Agree the action of the week's review; it is due on Thursday."""
    listen(coordinator, site_lead)

    def agreed(owner: User = coordinator, **values: Any) -> ReviewAction:
        review = held_open(study_site, site_lead)
        item = item_of(review, ItemKind.REPEATED_BLOCKER)
        given = {"words": WORDS, "due_on": date(2026, 3, 5)} | values
        end(item, act(item, owner, **given), site_lead)
        return ReviewAction.objects.latest("pk")

    return agreed


def said_to(user: User, at: datetime) -> str:
    """What the mails to `user` say that went out at `at`, the others' left aside."""
    before = len(mail.outbox)
    tick(at)
    return "\n".join(str(sent.body) for sent in mail.outbox[before:] if sent.to == [user.email])


def test_the_morning_after_the_review_its_owner_hears_of_the_action(
    agree: Agree, coordinator: User
) -> None:
    agree()

    said = said_to(coordinator, TUESDAY)

    assert f"1 new. {AGREED}\n" in said
    assert reverse("weekly_reviews") + "#own" in said
    assert SOON not in said


def test_on_the_working_day_before_it_is_due_and_when_it_is_past_she_hears_again(
    agree: Agree, coordinator: User
) -> None:
    agree()

    mornings = (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, NEXT_MONDAY)
    said = [said_to(coordinator, at) for at in mornings]

    assert [AGREED in each for each in said] == [True, False, False, False, False]
    assert [SOON in each for each in said] == [False, True, False, False, False]
    assert [PAST in each for each in said] == [False, False, False, True, False]


def test_before_a_weekend_the_working_day_before_is_friday(agree: Agree, coordinator: User) -> None:
    agree(due_on=date(2026, 3, 9))
    said_to(coordinator, TUESDAY)

    assert SOON not in said_to(coordinator, THURSDAY)
    assert SOON in said_to(coordinator, FRIDAY)
    assert SOON not in said_to(coordinator, NEXT_MONDAY)


def test_what_is_due_tomorrow_already_is_told_with_its_agreeing(
    agree: Agree, coordinator: User
) -> None:
    agree(due_on=date(2026, 3, 3))

    said = said_to(coordinator, TUESDAY)

    assert AGREED in said
    assert SOON in said


def test_what_is_done_or_one_agreed_oneself_is_no_news(
    agree: Agree, coordinator: User, site_lead: User
) -> None:
    finish_action(action=agree(), by=coordinator, at=OPENED + HOUR)
    assert said_to(coordinator, TUESDAY) == ""

    Digest.objects.update(told_through=MONDAY)
    own = ReviewAction.objects.get()
    own.pk, own.owner, own.agreed_by, own.state, own.ended_at = (
        None,
        site_lead,
        site_lead,
        "open",
        None,
    )
    own.ended_by = None
    own.save()
    assert AGREED not in said_to(site_lead, TUESDAY)
    assert SOON in said_to(site_lead, WEDNESDAY)


def test_whoever_hears_on_mondays_hears_on_the_monday_before(
    agree: Agree, coordinator: User
) -> None:
    set_rhythm(user=coordinator, rhythm=DigestRhythm.MONDAY, at=MONDAY)
    agree(due_on=date(2026, 3, 12))

    assert [said_to(coordinator, at) for at in (TUESDAY, FRIDAY)] == ["", ""]
    said = said_to(coordinator, NEXT_MONDAY)
    assert AGREED in said
    assert SOON in said


def test_whoever_hears_as_it_happens_hears_within_the_quarter_of_an_hour(
    agree: Agree, coordinator: User
) -> None:
    set_rhythm(user=coordinator, rhythm=DigestRhythm.NOW, at=MONDAY)
    agree()

    assert AGREED in said_to(coordinator, OPENED + HOUR)
    assert said_to(coordinator, OPENED + 2 * HOUR) == ""


def test_whoever_wants_none_gets_none(agree: Agree, coordinator: User) -> None:
    set_rhythm(user=coordinator, rhythm=DigestRhythm.OFF, at=MONDAY)
    agree()

    assert [said_to(coordinator, at) for at in (TUESDAY, WEDNESDAY, FRIDAY)] == ["", "", ""]


def test_a_tick_that_runs_twice_or_a_job_that_does_mails_once(
    agree: Agree, coordinator: User
) -> None:
    agree()

    for _ in range(2):
        send_digests(at=TUESDAY)
    (job,) = Job.objects.filter(key__contains=f":{coordinator.pk}:")
    for _ in range(2):
        jobs.run_job(job.pk, at=TUESDAY)

    assert len(mails_to(coordinator, TUESDAY)) == 1
    assert told(coordinator) == TUESDAY - timedelta(minutes=2)


def test_no_mail_says_who_what_or_where(
    agree: Agree, coordinator: User, leads: list[Lead], study_site: StudySite
) -> None:
    agree()
    for at in (TUESDAY, WEDNESDAY, FRIDAY):
        tick(at)

    for sent in mails_to(coordinator, FRIDAY):
        text = f"{sent.subject}\n{sent.body}\n{sent.alternatives}\n{sent.extra_headers}"
        for secret in (
            "Zephyrine",
            "Quackenbush",
            "Phone",
            study_site.study.code,
            study_site.site.name,
            *(lead.number for lead in leads),
        ):
            assert secret not in text


@pytest.mark.parametrize(
    ("due_on", "rhythm", "expected"),
    [
        (date(2026, 3, 5), DigestRhythm.MORNING, date(2026, 3, 4)),
        (date(2026, 3, 9), DigestRhythm.MORNING, date(2026, 3, 5)),  # Friday is closed
        (date(2026, 3, 7), DigestRhythm.NOW, date(2026, 3, 5)),  # due on a day it is closed
        (date(2026, 3, 5), DigestRhythm.MONDAY, date(2026, 3, 2)),
        (date(2026, 3, 9), DigestRhythm.MONDAY, date(2026, 3, 2)),
    ],
)
def test_the_working_day_before(due_on: date, rhythm: DigestRhythm, expected: date) -> None:
    calendar = BusinessCalendar("UTC", closed_dates=frozenset({date(2026, 3, 6)}))

    at = datetime.combine(expected, datetime.min.time(), UTC)
    assert remind_at(due_on, calendar, rhythm) == at
    assert past_at(due_on, calendar) == datetime.combine(due_on + DAY, datetime.min.time(), UTC)
