"""Real connections at once: one winner, every loser told, nothing written over."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from recruitment.models import Job, Lead, LeadEvent, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import LeadChanged, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services import jobs
from recruitment.services.moves import move_lead
from recruitment.services.outreach import log_outreach
from recruitment.services.ownership import claim_lead
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member

AT = MONDAY + timedelta(hours=1)


def _all_at_once(calls: list[Callable[[], str]]) -> Counter[str]:
    """Run the calls in threads that start together; what each said."""
    start = threading.Barrier(len(calls))
    said: list[str] = []

    def run(call: Callable[[], str]) -> None:
        start.wait()
        try:
            said.append(call())
        except LeadChanged as refusal:
            said.append(f"told: {refusal}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return Counter(said)


def _people(count: int, study_site: StudySite) -> list[User]:
    return [make_member(Role.COORDINATOR, study_site) for _ in range(count)]


def _claim(lead: Lead, by: User) -> str:
    claim_lead(lead=lead, by=by, at=AT)
    return "claimed"


def _log(lead: Lead, by: User, seen: int) -> str:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=by,
        at=AT,
        seen=seen,
    )
    return "logged"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_people_claim_one_lead_and_one_has_it(transactional_db: None) -> None:
    study_site = StudySiteFactory()
    people = _people(8, study_site)
    lead = make_lead(study_site)

    said = _all_at_once([lambda by=by: _claim(lead, by) for by in people])  # type: ignore[misc]

    assert said["claimed"] == 1
    lead.refresh_from_db()
    assert lead.owner is not None
    assert all(lead.owner.name in words for words in said if words.startswith("told"))
    assert lead.events.filter(kind="owner_set").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_people_log_the_same_call_from_the_same_page_and_one_is_kept(
    transactional_db: None,
) -> None:
    study_site = StudySiteFactory()
    people = _people(8, study_site)
    lead = make_lead(study_site)

    said = _all_at_once([lambda by=by: _log(lead, by, lead.version) for by in people])  # type: ignore[misc]

    assert said["logged"] == 1
    assert sum(said.values()) == 8
    assert lead.attempts_made.count() == 1
    assert list(differences([lead])) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_four_runs_of_the_stale_job_at_once_flag_each_lead_once(transactional_db: None) -> None:
    leads = [make_lead() for _ in range(12)]
    late = MONDAY + timedelta(days=20)

    said = _all_at_once([lambda: str(flag_stale(at=late)) for _ in range(4)])

    assert sum(int(words) * times for words, times in said.items()) == len(leads)
    assert list(differences(leads)) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_job_sent_to_four_workers_runs_once(transactional_db: None) -> None:
    runs: list[int] = []
    jobs.register("test.once", lambda ids, at: runs.append(1))
    job = Job.objects.create(key="test.once:1", kind="test.once", due_at=AT, made_at=AT)

    said = _all_at_once([lambda: str(jobs.run_job(job.pk, at=AT)) for _ in range(4)])

    assert said["True"] == 1
    assert runs == [1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_thousand_claims_and_moves_by_eight_connections_lose_nothing(
    transactional_db: None,
) -> None:
    study_site = StudySiteFactory()
    people = _people(8, study_site)
    leads = [make_lead(study_site) for _ in range(50)]

    said = _all_at_once([lambda by=by: _work_on(leads, by, tries=250) for by in people])  # type: ignore[misc]

    tries = Counter[str]()
    for words, times in said.items():
        for name, count in (part.split("=") for part in words.split()):
            tries[name] += int(count) * times
    assert sum(tries.values()) == 2000
    assert min(tries["claimed"], tries["moved"], tries["told"]) > 0
    _check_each_win_is_in_the_log(leads, tries)


WAYS = ("claimed", "moved", "told")


def _work_on(leads: list[Lead], by: User, *, tries: int) -> str:
    """Claim, release and move random leads as fast as it goes; how often each went through."""
    chance, went = random.Random(by.pk), Counter(dict.fromkeys(WAYS, 0))
    for _ in range(tries):
        lead = Lead.objects.select_related("study_site__study", "study_site__site").get(
            pk=chance.choice(leads).pk
        )
        try:
            if chance.random() < 0.5:
                claim_lead(lead=lead, by=by, at=AT)
                went["claimed"] += 1
            else:
                to = chance.choice([Stage.CONTACTED, Stage.AWAITING_PRESCREEN, Stage.NO_RESPONSE])
                plan = Plan(ActionType.CALL, AT + timedelta(days=1))
                move_lead(lead=lead, to=to, by=by, at=AT, seen=lead.version, plan=plan)
                went["moved"] += 1
        except Refusal as refusal:
            went["told" if str(refusal) else "untold"] += 1
    return " ".join(f"{name}={went[name]}" for name in WAYS)


def _check_each_win_is_in_the_log(leads: list[Lead], tries: Counter[str]) -> None:
    """Every step that its caller was told went through is in a log, once, and rows agree."""
    events = LeadEvent.objects.filter(lead__in=leads)
    assert events.filter(kind="owner_set", code="claim").count() == tries["claimed"]
    assert events.filter(kind="stage_changed").count() == tries["moved"]
    for lead in leads:
        assert lead.events.filter(kind="owner_set").count() <= 1
    assert list(differences(leads)) == []
