"""Scenario 17 by its clock: what nobody took in time is on the list, then in the misses."""

from collections.abc import Callable
from datetime import timedelta

from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Job, Role, StudySite
from recruitment.rules.targets import TargetKey
from recruitment.services.breaches import flag_breaches
from recruitment.services.digests import send_digests
from recruitment.services.handoffs import accept_handoff, offer_handoff
from recruitment.services.jobs import run_job
from tests.factories.recruitment import MONDAY, make_lead, make_member
from trialsnest.lib.weeks import Week

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


def test_s17_after_four_business_hours_the_hand_off_is_overdue_on_the_site_leads_list(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    colleague = make_member(Role.COORDINATOR, study_site, name="Tom Ode")
    now = timezone.now()
    old = make_lead(study_site, owner=coordinator, received_at=now - 20 * DAY)
    fresh = make_lead(study_site, owner=coordinator, received_at=now - DAY)
    rows = [
        offer_handoff(
            lead=lead, to=colleague, context="Evenings", by=coordinator, at=at, seen=lead.version
        )
        for lead, at in ((old, now - 10 * DAY), (fresh, now))
    ]

    clock = old.clocks.get(target=TargetKey.HANDOFF)
    assert clock.due_at == rows[0].accept_by  # one due time, wherever it is shown
    url = f"{reverse('escalations')}?list=overdue&target=handoff"
    (group,) = as_user(site_lead).get(url).context["groups"]
    assert [row.lead for row in group.rows] == [old]
    assert as_user(colleague).get(url).context["groups"] == []

    week = Week.containing(rows[0].accept_by, study_site.site.time_zone).label
    misses = {"week": week, "by": "target"}
    read = as_user(site_lead).get(reverse("misses"), misses).context["read"]
    assert read.rates[TargetKey.HANDOFF].overdue == 1
    accept_handoff(handoff=rows[0], by=colleague, at=now)
    read = as_user(site_lead).get(reverse("misses"), misses).context["read"]
    assert (read.rates[TargetKey.HANDOFF].overdue, read.rates[TargetKey.HANDOFF].met_late) == (0, 1)
    assert as_user(site_lead).get(url).context["groups"] == []


def test_a_target_that_passes_is_noticed_by_the_sweep_and_told_the_next_morning_once(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    make_lead(study_site, owner=coordinator)  # Monday 10:00, to be answered by Tuesday 10:00
    send_digests(at=MONDAY)  # from here on they listen
    morning = MONDAY + DAY - timedelta(hours=1)
    for at in (morning, morning + DAY, morning + 2 * DAY):
        for _ in range(2):
            flag_breaches(at=at - timedelta(minutes=15))
            send_digests(at=at)
            for job in Job.objects.filter(state="waiting"):
                run_job(job.pk, at=at)

    told = [(sent.to[0], str(sent.body)) for sent in mail.outbox]
    mine = [body for to, body in told if to == coordinator.email]
    assert [body.count("Past a target, on your leads") for body in mine] == [0, 1]
    assert "1 new. Due soon, on your leads" in mine[0]
    boss = [body for to, body in told if to == site_lead.email]
    assert ["1 new. Past a target, at your sites" in body for body in boss] == [True]
