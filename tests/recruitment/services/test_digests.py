"""The e-mail about one's work: once for each slot, only with news, and naming nobody."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Alert, Job, Lead, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel
from recruitment.rules.targets import TargetKey
from recruitment.rules.work_codes import AlertKind
from recruitment.services.escalations import escalate
from recruitment.services.handoffs import offer_handoff
from tests.factories.clocks import make_clock
from tests.factories.recruitment import (
    MONDAY,
    make_lead,
)
from tests.recruitment.services.digest_news import (
    breach,
    lead_with_a_name,
    listen,
    mails_to,
    notice,
    place_with_words,
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


def test_the_morning_mail_says_how_much_is_new_and_where(lead: Lead, coordinator: User) -> None:
    breach(lead, MONDAY + HOUR)
    breach(lead, MONDAY + 2 * HOUR, TargetKey.RECORDS_REVIEW)

    assert tick(TUESDAY - MINUTE) == []
    (body,) = [sent.body for sent in mails_to(coordinator, TUESDAY)]

    assert "2 new. Past a target, on your leads\n" in body
    assert reverse("escalations") + "?list=overdue" in body
    assert told(coordinator) == TUESDAY - 2 * MINUTE


def test_the_same_backlog_is_not_told_twice_and_what_comes_next_is(
    lead: Lead, coordinator: User
) -> None:
    breach(lead, MONDAY + HOUR)
    assert len(mails_to(coordinator, TUESDAY)) == 1

    assert len(mails_to(coordinator, WEDNESDAY)) == 1
    breach(lead, WEDNESDAY + HOUR)
    later = mails_to(coordinator, WEDNESDAY + DAY)

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
    (message,) = mails_to(coordinator, TUESDAY)
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
    (message,) = mails_to(coordinator, TUESDAY)

    html = message.alternatives[0][0]

    assert "1 new." in html
    assert 'escalations/?list=overdue">Past a target, on your leads</a>' in html
    assert "Mon 2 Mar 2026, 10:00, New York time" in html
    assert "Mon 2 Mar 2026, 10:00, New York time" in message.body
