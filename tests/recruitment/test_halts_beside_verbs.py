"""A halt, and its end, while somebody works on a lead of the study this very moment (D32)."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import Blocker, Job, Lead, Role, StudyBlocker, StudySite
from recruitment.queries.projection import differences
from recruitment.services import halting, jobs
from recruitment.services.halted import hold_if_halted
from recruitment.services.halting import end_halt, halt_study, hold_late_leads
from recruitment.services.log import change
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member
from tests.recruitment.test_lock_order import beside

AT = MONDAY + timedelta(hours=1)
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def study_site(transactional_db: None) -> StudySite:
    place: StudySite = StudySiteFactory()
    return place


@pytest.fixture
def site_lead(study_site: StudySite) -> User:
    return make_member(Role.SITE_LEAD, study_site.site)


@pytest.fixture
def leads(study_site: StudySite) -> list[Lead]:
    return sorted((make_lead(study_site) for _ in range(2)), key=lambda lead: lead.pk)


@pytest.fixture
def halt(
    study_site: StudySite,
    leads: list[Lead],
    site_lead: User,
    monkeypatch: pytest.MonkeyPatch,
) -> StudyBlocker:
    """A halt that holds the first lead; the second is left to a job."""
    monkeypatch.setattr(halting, "BATCH", 1)
    return halt_study(study_site=study_site, why="Dosing paused.", by=site_lead, at=AT)


def links(lead: Lead) -> list[bool]:
    """Whether each of its links to a halt is open."""
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    return [row.resolved_at is None for row in Blocker.objects.filter(lead=lead)]


def test_a_lead_that_a_verb_links_just_now_does_not_wait_in_a_ring_with_the_job(
    halt: StudyBlocker, leads: list[Lead]
) -> None:
    job = Job.objects.get(kind=halting.LINK)
    with transaction.atomic(), change(leads[1], by=None, at=AT, seen=None) as work:
        linking = beside(lambda: jobs.run_job(job.pk, at=AT))
        linking.__enter__()
        hold_if_halted(work)
    linking.__exit__(None, None, None)

    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert links(leads[1]) == [True]


def test_a_lead_linked_while_its_halt_ends_is_freed_by_the_next_look(
    halt: StudyBlocker, leads: list[Lead], site_lead: User
) -> None:
    with transaction.atomic():
        with change(leads[1], by=None, at=AT, seen=None) as work:
            hold_if_halted(work)
        ending = beside(lambda: end_halt(halt=halt, resolution="Over.", by=site_lead, at=AT))
        ending.__enter__()
    ending.__exit__(None, None, None)
    assert links(leads[1]) == [True]  # nobody can end that one any more

    hold_late_leads(at=AT)

    assert links(leads[1]) == [False]
    assert leads[1].stale_at is not None
    assert hold_late_leads(at=AT) == 0
