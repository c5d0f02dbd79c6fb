"""The e-mail about one's work: once for each slot, only with news, and naming nobody."""

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
from recruitment.models import Alert, Clock, Digest, Job, Lead, LeadEvent, Role, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.recovery_codes import DigestRhythm, EscalationKind, EscalationLevel
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import TargetKey
from recruitment.rules.work_codes import AlertKind
from recruitment.services import jobs
from recruitment.services.digests import send_digests, set_rhythm
from recruitment.services.escalations import escalate
from recruitment.services.handoffs import offer_handoff
from recruitment.services.membership import end_role, suspend_user
from recruitment.services.removal import remove_user
from recruitment.tasks import send_digests as tick_task
from tests.factories.clocks import make_clock
from tests.factories.recruitment import (
    MONDAY,
    SiteFactory,
    StudyFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TUESDAY = MONDAY + DAY - HOUR  # nine o'clock in New York
WEDNESDAY = TUESDAY + DAY
SignIn = Callable[[User], Client]


@pytest.fixture
def study_site(db: None) -> StudySite:
    study = StudyFactory(code="WREN-7", title="Asthma in adults who wheeze at night")
    return StudySiteFactory(study=study, site=SiteFactory(name="Cedar Hollow Clinic"))


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    enquirer = make_enquirer(first_name="Zephyrine", last_name="Quackenbush")
    made = make_lead(study_site, owner=coordinator, enquirer=enquirer)
    Clock.objects.filter(lead=made).delete()  # each test runs its own
    return made


@pytest.fixture(autouse=True)
def _listening(coordinator: User, site_lead: User) -> None:
    """Both were last told on Monday at ten."""
    for user in (coordinator, site_lead):
        Digest.objects.create(user=user, told_through=MONDAY)


def breach(lead: Lead, at: datetime, target: TargetKey = TargetKey.PRESCREEN_REVIEW) -> None:
    """A clock that is overdue at `at`, and the notice of it."""
    key = LeadEvent.objects.count() + 1000
    make_clock(lead, target, due_at=at, subject_id=key, flagged_for=at)
    notice(lead, EventKind.CLOCK_BREACHED, at, code=target, subject_id=key, due_at=at)


def notice(lead: Lead, kind: EventKind, at: datetime, **values: Any) -> None:
    lead.refresh_from_db()
    LeadEvent.objects.create(
        lead=lead,
        seq=lead.version + 1,
        study_site=lead.study_site,
        kind=kind,
        occurred_at=at,
        recorded_at=at,
        action_id="00000000-0000-4000-8000-000000000000",
        **values,
    )
    Lead.objects.filter(pk=lead.pk).update(version=lead.version + 1)


def run_all(at: datetime) -> None:
    for job in Job.objects.filter(state="waiting", due_at__lte=at).order_by("pk"):
        jobs.run_job(job.pk, at=at)


def tick(at: datetime) -> list[str]:
    """Tick and run what it queued; the text of each new mail."""
    before = len(mail.outbox)
    send_digests(at=at)
    run_all(at)
    return [str(sent.body) for sent in mail.outbox[before:]]


def told(user: User) -> datetime | None:
    return Digest.objects.get(user=user).told_through


def test_the_morning_mail_says_how_much_is_new_and_where(lead: Lead, coordinator: User) -> None:
    breach(lead, MONDAY + HOUR)
    breach(lead, MONDAY + 2 * HOUR, TargetKey.RECORDS_REVIEW)

    assert tick(TUESDAY - MINUTE) == []
    (body,) = [sent.body for sent in _to(coordinator, TUESDAY)]

    assert "2 new. Past a target, on your leads\n" in body
    assert reverse("escalations") + "?list=overdue" in body
    assert told(coordinator) == TUESDAY - 2 * MINUTE


def _to(user: User, at: datetime) -> list[Any]:
    tick(at)
    return [sent for sent in mail.outbox if sent.to == [user.email]]


def test_the_same_backlog_is_not_told_twice_and_what_comes_next_is(
    lead: Lead, coordinator: User
) -> None:
    breach(lead, MONDAY + HOUR)
    assert len(_to(coordinator, TUESDAY)) == 1

    assert len(_to(coordinator, WEDNESDAY)) == 1
    breach(lead, WEDNESDAY + HOUR)
    later = _to(coordinator, WEDNESDAY + DAY)

    assert len(later) == 2
    assert "1 new. Past a target, on your leads (2 in all)" in later[1].body


def test_without_news_nobody_is_mailed_and_no_job_is_made(lead: Lead, coordinator: User) -> None:
    assert tick(TUESDAY) == []

    assert not Job.objects.exists()
    assert told(coordinator) == TUESDAY - 2 * MINUTE


def test_what_was_answered_meanwhile_is_not_told(lead: Lead, coordinator: User) -> None:
    at = MONDAY + HOUR
    make_clock(lead, due_at=at, outcome="met_late", ended_at=at + HOUR)
    notice(lead, EventKind.CLOCK_BREACHED, at, code="prescreen_review", subject_id=0, due_at=at)

    assert tick(TUESDAY) == []


def test_every_kind_of_news_is_counted_and_leads_to_its_list(
    lead: Lead, study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    breach(lead, MONDAY + HOUR)
    make_clock(lead, TargetKey.RECORDS_CHASE, started_at=MONDAY, due_at=TUESDAY + HOUR)
    theirs = make_lead(study_site, owner=site_lead)
    offer_handoff(
        lead=theirs,
        to=coordinator,
        context="Evenings.",
        by=site_lead,
        at=MONDAY + HOUR,
        seen=theirs.version,
    )
    lead.refresh_from_db()
    escalate(
        lead=lead,
        kind=EscalationKind.WORKLOAD,
        level=EscalationLevel.SITE_LEAD,
        owner=site_lead,
        due_at=WEDNESDAY,
        question="Who takes it, Zephyrine asked?",
        by=coordinator,
        at=MONDAY + 3 * HOUR,
        seen=lead.version,
    )
    stale_at = MONDAY + 2 * HOUR
    notice(lead, EventKind.STALE_FLAGGED, stale_at, code="new_inquiry", due_at=stale_at)
    Lead.objects.filter(pk=lead.pk).update(stale_at=stale_at)
    Alert.objects.create(
        study_site=study_site,
        kind=AlertKind.SUSPENDED,
        about=coordinator,
        leads=1,
        made_at=MONDAY + HOUR,
    )
    tick(TUESDAY)

    bodies = {sent.to[0]: str(sent.body) for sent in mail.outbox}
    for words in (
        "1 new. Past a target, on your leads\n",
        "1 new. Due soon, on your leads\n",
        "1 new. Hand-offs to answer\n",
        "1 new. Leads of yours that went stale\n",
    ):
        assert words in bodies[coordinator.email]
    assert "Escalated" not in bodies[coordinator.email]
    for words in (
        "1 new. Past a target, at your sites\n",
        "1 new. Escalated to you, site lead\n",
        "1 new. Alerts about your sites\n",
    ):
        assert words in bodies[site_lead.email]
    assert "Past a target, on your leads" not in bodies[site_lead.email]


def test_every_link_of_a_mail_opens_a_page_of_its_reader(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    breach(lead, MONDAY + HOUR)
    (message,) = _to(coordinator, TUESDAY)
    client = as_user(coordinator)

    paths = re.findall(r"https?://[^/\s]+(/\S*)", message.body)

    assert len(paths) == 2
    assert {client.get(path).status_code for path in paths} == {200}


def test_a_mail_names_nobody_and_tells_no_condition(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    breach(lead, MONDAY + HOUR)
    tick(TUESDAY)

    assert len(mail.outbox) == 2
    secrets = [
        lead.number,
        "Zephyrine",
        "Quackenbush",
        *lead.person.contact_points.values_list("value", flat=True),
        "Asthma",
        "Priya",
        "Ana Lead",
    ]
    for message in mail.outbox:
        whole = message.message().as_string() + str(message.alternatives)
        assert [secret for secret in secrets if secret.lower() in whole.lower()] == []
        assert message.subject == "TrialsNest: new in your work"
    job = Job.objects.first()
    assert job is not None
    assert set(job.ids) == {"user", "slot"}


def test_text_and_html_say_the_same(lead: Lead, coordinator: User) -> None:
    breach(lead, MONDAY + HOUR)
    (message,) = _to(coordinator, TUESDAY)

    html = message.alternatives[0][0]

    assert "1 new." in html
    assert 'escalations/?list=overdue">Past a target, on your leads</a>' in html
    assert "Mon 2 Mar 2026, 10:00, New York time" in html
    assert "Mon 2 Mar 2026, 10:00, New York time" in message.body


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
    assert len(_to(coordinator, WEDNESDAY)) == 1


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
    assert _to(coordinator, TUESDAY) == []

    set_rhythm(user=coordinator, rhythm=DigestRhythm.MORNING, at=TUESDAY)

    assert _to(coordinator, WEDNESDAY) == []


def test_somebody_new_hears_of_what_comes_after_her(
    lead: Lead, study_site: StudySite, coordinator: User
) -> None:
    breach(lead, MONDAY + HOUR)
    newcomer = make_member(Role.SITE_LEAD, study_site.site)

    assert _to(newcomer, TUESDAY) == []
    assert told(newcomer) == TUESDAY
    breach(lead, TUESDAY + HOUR)
    assert len(_to(newcomer, WEDNESDAY)) == 1


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
