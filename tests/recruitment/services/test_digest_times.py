"""When the morning mail goes, to whom, and once: slots, rhythms, ticks and jobs (AL4)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Digest, Job, Lead, Role, StudySite
from recruitment.rules.recovery_codes import DigestRhythm
from recruitment.rules.refusals import InvalidInput
from recruitment.services import jobs
from recruitment.services.digests import send_digests, set_rhythm
from recruitment.services.membership import end_role, suspend_user
from recruitment.services.removal import remove_user
from recruitment.tasks import send_digests as tick_task
from tests.factories.recruitment import (
    MONDAY,
    make_member,
)
from tests.recruitment.services.digest_news import (
    breach,
    lead_with_a_name,
    listen,
    mails_to,
    place_with_words,
    run_all,
    tick,
    told,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TUESDAY = MONDAY + DAY - HOUR  # nine o'clock in New York
WEDNESDAY = TUESDAY + DAY
SignIn = Callable[[User], Client]


@pytest.fixture
def study_site(db: None) -> StudySite:
    return place_with_words()


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return lead_with_a_name(study_site, coordinator)


@pytest.fixture(autouse=True)
def _listening(coordinator: User, site_lead: User) -> None:
    listen(coordinator, site_lead)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_slot_is_mailed_once_however_often_ticks_and_jobs_run(
    times: int, lead: Lead, coordinator: User
) -> None:
    breach(lead, MONDAY + HOUR)
    for n in range(times):
        send_digests(at=TUESDAY + n * MINUTE)
        for job in Job.objects.all():
            jobs.run_job(job.pk, at=TUESDAY + n * MINUTE)
            Job.objects.filter(pk=job.pk).update(state="waiting", done_at=None)
    run_all(TUESDAY + HOUR)

    assert [sent.to for sent in mail.outbox].count([coordinator.email]) == 1


def test_a_missed_slot_is_told_by_the_next_and_a_missed_tick_can_be_run_again(
    lead: Lead, coordinator: User
) -> None:
    breach(lead, MONDAY + HOUR)

    tick_task(at=(TUESDAY + 5 * HOUR).isoformat())  # the tick at nine did not run
    run_all(TUESDAY + 5 * HOUR)
    tick_task(at=TUESDAY.isoformat())
    run_all(TUESDAY + 6 * HOUR)

    assert [sent.to for sent in mail.outbox].count([coordinator.email]) == 1
    assert told(coordinator) == TUESDAY - 2 * MINUTE


def test_a_moment_to_come_or_without_a_zone_is_refused(db: None) -> None:
    for at in (datetime(2199, 1, 1, tzinfo=MONDAY.tzinfo), MONDAY.replace(tzinfo=None)):
        with pytest.raises(InvalidInput):
            send_digests(at=at)


def test_what_is_written_within_two_minutes_of_the_slot_is_left_to_the_next(
    lead: Lead, coordinator: User
) -> None:
    breach(lead, TUESDAY - MINUTE)

    assert tick(TUESDAY) == []
    assert len(mails_to(coordinator, WEDNESDAY)) == 1


@pytest.mark.parametrize(
    ("rhythm", "mails"),
    [
        (DigestRhythm.NOW, [MONDAY + 4 * HOUR + 15 * MINUTE]),
        (DigestRhythm.MORNING, [TUESDAY]),
        (DigestRhythm.MONDAY, [MONDAY + 7 * DAY - 2 * HOUR]),
        (DigestRhythm.OFF, []),
    ],
)
def test_each_rhythm_mails_at_its_time(
    rhythm: DigestRhythm, mails: list[datetime], lead: Lead, coordinator: User
) -> None:
    set_rhythm(user=coordinator, rhythm=rhythm, at=MONDAY)
    breach(lead, MONDAY + 4 * HOUR)  # 14:00 there

    sent_at = []
    at, step = MONDAY, 15 * MINUTE if rhythm == DigestRhythm.NOW else HOUR
    while at < MONDAY + (1 if rhythm == DigestRhythm.NOW else 8) * DAY:
        before = len(mail.outbox)
        tick(at)
        if any(sent.to == [coordinator.email] for sent in mail.outbox[before:]):
            sent_at.append(at)
        at += step

    assert sent_at == mails


def test_nobody_suspended_removed_or_without_a_role_is_mailed(
    lead: Lead, study_site: StudySite, coordinator: User, site_lead: User, administrator: User
) -> None:
    breach(lead, MONDAY + HOUR)
    send_digests(at=TUESDAY)
    assert Job.objects.count() == 2
    suspend_user(user=coordinator, by=administrator, at=TUESDAY)
    held = site_lead.memberships.get()
    end_role(membership=held, by=administrator, at=TUESDAY)
    run_all(TUESDAY)
    Job.objects.filter(kind="mail.alert").delete()

    assert [sent for sent in mail.outbox if "new in your work" in sent.subject] == []
    remove_user(user=coordinator, by=administrator, at=TUESDAY)
    assert tick(WEDNESDAY) == []


def test_switching_it_on_again_does_not_tell_what_came_meanwhile(
    lead: Lead, coordinator: User
) -> None:
    set_rhythm(user=coordinator, rhythm=DigestRhythm.OFF, at=MONDAY)
    breach(lead, MONDAY + HOUR)
    assert mails_to(coordinator, TUESDAY) == []

    set_rhythm(user=coordinator, rhythm=DigestRhythm.MORNING, at=TUESDAY)

    assert mails_to(coordinator, WEDNESDAY) == []


def test_somebody_new_hears_of_what_comes_after_her(
    lead: Lead, study_site: StudySite, coordinator: User
) -> None:
    breach(lead, MONDAY + HOUR)
    newcomer = make_member(Role.SITE_LEAD, study_site.site)

    assert mails_to(newcomer, TUESDAY) == []
    assert told(newcomer) == TUESDAY
    breach(lead, TUESDAY + HOUR)
    assert len(mails_to(newcomer, WEDNESDAY)) == 1


def test_an_unknown_rhythm_is_refused_and_the_old_one_stays(coordinator: User) -> None:
    with pytest.raises(InvalidInput):
        set_rhythm(user=coordinator, rhythm="hourly", at=MONDAY)  # type: ignore[arg-type]
    assert Digest.objects.get(user=coordinator).rhythm == DigestRhythm.MORNING


def test_the_page_shows_and_saves_the_rhythm_of_whoever_is_signed_in(
    coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    client, url = as_user(coordinator), reverse("work_mail")

    assert "Cedar Hollow Clinic opens" in client.get(url).content.decode()
    assert client.post(url, {"rhythm": "monday"}).status_code == 302
    assert re.search(r'value="monday"[^>]* checked', client.get(url).content.decode())
    assert Digest.objects.get(user=coordinator).rhythm == "monday"
    assert Digest.objects.get(user=site_lead).rhythm == "morning"
    for bad in ({}, {"rhythm": "hourly"}):
        assert client.post(url, bad).status_code == 422
    assert Digest.objects.get(user=coordinator).rhythm == "monday"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ticks_and_workers_side_by_side_mail_once(
    transactional_db: None, lead: Lead, coordinator: User, site_lead: User
) -> None:
    breach(lead, MONDAY + HOUR)
    _beside(lambda: send_digests(at=TUESDAY), 4)
    assert Job.objects.count() == 2
    keys = list(Job.objects.values_list("pk", flat=True))

    _beside(lambda: [jobs.run_job(key, at=TUESDAY) for key in keys], 4)

    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(
        [coordinator.email, site_lead.email]
    )


def _beside(work: Callable[[], Any], times: int) -> None:
    """Run `work` in several threads that begin together."""
    start, problems = Barrier(times), []

    def run() -> None:
        try:
            start.wait(timeout=20)
            work()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert problems == []
