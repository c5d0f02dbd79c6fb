"""The halt of a study at a site: one press, over all its leads, ended by a person (D32, RT4)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import Blocker, Job, Lead, LeadEvent, Role, StudyBlocker, StudySite
from recruitment.models.halts import progress, standing_halt
from recruitment.queries.halts import halt_page
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import (
    BlockerCategory,
    Party,
)
from recruitment.services import halting, jobs
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.halting import end_halt, halt_everywhere
from recruitment.services.study_blockers import open_study_blocker, resolve_study_blocker
from tests.factories.recruitment import (
    MONDAY,
    SiteFactory,
    StudySiteFactory,
    make_lead,
    make_member,
)
from tests.recruitment.services.halts import DAY, LATER, halt_of, log_try


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return [make_lead(study_site, owner=coordinator) for _ in range(5)]


def _run_jobs(kind: str) -> int:
    done = 0
    while job := Job.objects.filter(kind=kind, state="waiting").first():
        assert jobs.run_job(job.pk, at=LATER)
        done += 1
    return done


def test_one_press_stops_every_open_lead_with_an_event_each_and_one_action(
    study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    elsewhere = make_lead(StudySiteFactory())

    halt = halt_of(study_site, site_lead)

    opened = LeadEvent.objects.filter(kind=EventKind.BLOCKER_OPENED)
    assert sorted(event.lead_id for event in opened) == [lead.pk for lead in leads]
    assert len({event.action_id for event in opened}) == 1
    assert {event.code for event in opened} == {BlockerCategory.STUDY_PAUSED}
    for lead in leads:
        lead.refresh_from_db()
        assert lead.waiting_on == Party.SPONSOR
        assert not list(differences([lead]))
    assert not elsewhere.blockers.exists()
    assert (halt.owner, progress(halt).left) == (site_lead, 0)


def test_a_second_press_is_told_who_halted_the_study_and_since_when(
    study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    halt_of(study_site, site_lead)

    with pytest.raises(InvalidInput, match="Ana Lead halted this study here on Mon 2 Mar 2026, 11"):
        halt_of(study_site, site_lead)

    assert StudyBlocker.objects.count() == 1
    assert Blocker.objects.count() == len(leads)


def test_ending_it_frees_every_lead_once_and_says_how_many(
    study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    halt = halt_of(study_site, site_lead)

    assert end_halt(halt=halt, resolution="Dosing goes on.", by=site_lead, at=LATER) == 5

    assert standing_halt(study_site) is None
    assert not Blocker.objects.filter(resolved_at__isnull=True).exists()
    for lead in leads:
        lead.refresh_from_db()
        assert not list(differences([lead]))
    with pytest.raises(InvalidInput, match="resolved already"):
        end_halt(halt=halt, resolution="Again.", by=site_lead, at=LATER)
    ended = LeadEvent.objects.filter(kind=EventKind.BLOCKER_RESOLVED)
    assert (ended.count(), len({event.action_id for event in ended})) == (5, 1)


def test_many_leads_follow_in_batches_that_may_run_twice_and_after_a_kill(
    study_site: StudySite, leads: list[Lead], site_lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halting, "BATCH", 2)

    halt = halt_of(study_site, site_lead)

    assert (progress(halt).done, progress(halt).left) == (2, 3)
    job = Job.objects.get(kind=halting.LINK)
    with transaction.atomic():
        halting._run_link(job.ids, LATER)
        transaction.set_rollback(True)  # the worker is killed before it commits
    assert progress(halt).left == 3
    halting._run_link(job.ids, LATER)
    assert progress(halt).left == 1
    halting._run_link(job.ids, LATER)
    _run_jobs(halting.LINK)
    assert (progress(halt).done, progress(halt).left) == (5, 0)
    opened = LeadEvent.objects.filter(kind=EventKind.BLOCKER_OPENED)
    assert (opened.count(), len({event.action_id for event in opened})) == (5, 1)

    assert end_halt(halt=halt, resolution="It goes on.", by=site_lead, at=LATER) == 5
    halt.refresh_from_db()
    assert (progress(halt).done, progress(halt).left) == (2, 3)
    _run_jobs(halting.FREE)
    assert progress(halt).left == 0
    assert LeadEvent.objects.filter(kind=EventKind.BLOCKER_RESOLVED).count() == 5


def test_a_lead_not_linked_yet_is_held_all_the_same(
    study_site: StudySite, leads: list[Lead], site_lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halting, "BATCH", 2)
    halt_of(study_site, site_lead)

    with pytest.raises(InvalidInput, match="halted this study"):
        log_try(leads[-1], site_lead)


def test_a_new_halt_takes_over_what_the_old_one_frees_late(
    study_site: StudySite, leads: list[Lead], site_lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halting, "BATCH", 2)
    old = halt_of(study_site, site_lead)
    _run_jobs(halting.LINK)
    end_halt(halt=old, resolution="It goes on.", by=site_lead, at=LATER)
    new = halt_of(study_site, site_lead, at=LATER)

    _run_jobs(halting.LINK)
    _run_jobs(halting.FREE)

    assert (progress(new).done, progress(new).left) == (5, 0)


def test_it_is_the_only_way_to_pause_a_study(
    study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    paused = BlockerCategory.STUDY_PAUSED
    given: dict[str, Any] = {"category": paused, "by": site_lead, "at": LATER}
    with pytest.raises(InvalidInput, match="halted as a whole"):
        open_blocker(lead=leads[0], seen=1, review_by=MONDAY + DAY, **given)
    with pytest.raises(InvalidInput, match="Halt the study instead"):
        open_study_blocker(study_site=study_site, review_by=MONDAY + DAY, **given)
    halt = halt_of(study_site, site_lead)
    with pytest.raises(InvalidInput, match="own page"):
        resolve_study_blocker(blocker=halt, resolution="Over.", by=site_lead, at=LATER)
    leads[0].refresh_from_db()
    with pytest.raises(InvalidInput, match="a site lead ends the halt"):
        resolve_blocker(
            blocker=leads[0].blockers.get(),
            resolution="Over.",
            by=site_lead,
            at=LATER,
            seen=leads[0].version,
        )


def test_a_study_is_halted_at_several_sites_in_one_step(
    study_site: StudySite, administrator: User, coordinator: User, site_lead: User
) -> None:
    there = StudySiteFactory(study=study_site.study, site=SiteFactory(), owner=None)
    owner = make_member(Role.COORDINATOR, there)
    there.owner = owner
    there.save()
    halt_of(there, owner)

    made = halt_everywhere(
        study_sites=[study_site, there], why="Sponsor.", by=administrator, at=LATER
    )

    assert [row.study_site for row in made] == [study_site]
    assert made[0].owner is None
    assert standing_halt(there) is not None


def test_the_statements_of_the_page_do_not_grow_with_the_leads(
    study_site: StudySite, site_lead: User, count_queries: Callable[..., int]
) -> None:
    halt = halt_of(study_site, site_lead)
    make_lead(study_site, received_at=LATER)
    few = count_queries(halt_page, halt, now=LATER)
    for _ in range(4):
        make_lead(study_site, received_at=LATER)

    assert count_queries(halt_page, halt, now=LATER) == few
