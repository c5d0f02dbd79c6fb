"""News for the morning mail, and the jobs that send it."""

from datetime import datetime
from typing import Any

from django.core import mail

from accounts.models import User
from recruitment.models import Clock, Digest, Job, Lead, LeadEvent, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.targets import TargetKey
from recruitment.services import jobs
from recruitment.services.digests import send_digests
from tests.factories.clocks import make_clock
from tests.factories.recruitment import (
    MONDAY,
    SiteFactory,
    StudyFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
)


def place_with_words() -> StudySite:
    """A study at a site whose names a mail must not hold."""
    study = StudyFactory(code="WREN-7", title="Asthma in adults who wheeze at night")
    return StudySiteFactory(study=study, site=SiteFactory(name="Cedar Hollow Clinic"))


def lead_with_a_name(place: StudySite, owner: User) -> Lead:
    """A lead whose name a mail must not hold. No clock runs for it yet."""
    enquirer = make_enquirer(first_name="Zephyrine", last_name="Quackenbush")
    made = make_lead(place, owner=owner, enquirer=enquirer)
    Clock.objects.filter(lead=made).delete()
    return made


def listen(*users: User) -> None:
    """They were last told on Monday at ten."""
    for user in users:
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


def mails_to(user: User, at: datetime) -> list[Any]:
    tick(at)
    return [sent for sent in mail.outbox if sent.to == [user.email]]
