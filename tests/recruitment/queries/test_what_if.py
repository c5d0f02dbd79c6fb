"""A replay with nothing changed gives the recorded misses, and reading for it writes nothing."""

import random
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from recruitment.models import Clock, Lead, LeadEvent, Role, StudySite
from recruitment.models import Target as TargetRow
from recruitment.queries.what_if import (
    Compared,
    Line,
    compared,
    read_logs,
    read_only,
    window_until,
)
from recruitment.rules.calendars import DEFAULT_HOURS
from recruitment.rules.clocks import is_miss
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.targets import Target, TargetKey, Unit
from recruitment.rules.vocabulary import BlockerCategory, Channel, ContactResult, SourceKind
from recruitment.rules.what_if import Replay, Window, proposed
from recruitment.services import jobs
from recruitment.services.blockers import open_blocker
from recruitment.services.breaches import flag_breaches
from recruitment.services.clocks import clock_of
from recruitment.services.outreach import log_outreach
from recruitment.services.settings import raise_version
from recruitment.services.site_hours import set_opening_hours
from recruitment.services.staleness import flag_stale
from recruitment.services.terms import read_terms, terms_of
from recruitment.services.undo import undo_action
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    StudySiteFactory,
    StudyStaffFactory,
    make_lead,
    make_member,
)
from tests.factories.stages import bring_to
from tests.recruitment.random_verbs import VERBS
from tests.recruitment.random_verbs.blocking import block, redate, resolve
from tests.recruitment.random_verbs.moving import undo, void
from tests.recruitment.random_work import RandomWork

LONG_AGO = datetime(2010, 3, 1, 15, tzinfo=UTC)
SHORT_DAYS = tuple((day, time(10), time(15)) for day in range(6))
OFTEN = (undo, void, block, redate, resolve)  # what makes a log hard to fold
KINDS = (SourceKind.WEB, SourceKind.REFERRAL, SourceKind.PAID, SourceKind.REGISTRY)


@pytest.fixture
def work(study_site: StudySite, coordinator: User, site_lead: User) -> RandomWork:
    """Leads of several kinds of source, a few of them further on, and people to work them."""
    other = StudySiteFactory()
    sources = [SourceFactory(study=study_site.study, kind=kind) for kind in KINDS]
    leads = [
        make_lead(study_site, received_at=LONG_AGO + timedelta(hours=n), source=sources[n % 4])
        for n in range(24)
    ]
    for lead, stage in zip(leads, (Stage.SCHEDULED, Stage.SCREENED, Stage.CONTACTED), strict=False):
        bring_to(stage, lead, site_lead)
    for lead in leads[4:16:2]:
        at = lead.received_at + timedelta(hours=1)
        open_blocker(
            lead=lead,
            category=BlockerCategory.CONTACT_PERMISSION,
            review_by=at + timedelta(days=2),
            by=coordinator,
            at=at,
            seen=lead.version,
        )
    mistaken = leads[4].events.get(kind=EventKind.BLOCKER_OPENED)
    undo_action(
        action_id=mistaken.action_id, by=coordinator, at=mistaken.recorded_at + timedelta(minutes=9)
    )
    colleagues = [make_member(Role.COORDINATOR, study_site) for _ in "ab"]
    return RandomWork(
        random.Random(0),
        leads,
        [site_lead, coordinator, *colleagues, make_member(Role.COORDINATOR, other)],
        [
            StudyStaffFactory(study_site=study_site),
            StudyStaffFactory(study_site=study_site, decides="prescreening"),
            StudyStaffFactory(study_site=other),
        ],
        LONG_AGO + timedelta(days=10),
    )


def _set_target(place: StudySite, key: TargetKey, amount: int, at: datetime) -> None:
    """The next version of a target, in force from an hour later on, for the site alone."""
    version = TargetRow.objects.filter(study=place.study, target=key).count() + 1
    TargetRow.objects.create(
        study=place.study,
        study_site=place,
        target=key,
        version=version,
        amount=amount,
        unit=Unit.HOURS,
        in_force_from=at + timedelta(hours=1),
        set_at=at,
    )
    raise_version(place.study)


def _run_jobs(at: datetime) -> None:
    while waiting := jobs.waiting_jobs(at=at):
        for job in waiting:
            jobs.run_job(job, at=at)


def _live(work: RandomWork, place: StudySite, *, steps: int) -> None:
    """Random work with the jobs beside it, and settings that change now and then."""
    site = place.site
    for step in range(1, steps + 1):
        work.at += timedelta(minutes=work.chance.randrange(0, 240))
        lead = work.chance.choice(work.leads[:8] if work.odds(0.6) else work.leads)
        lead = Lead.objects.get(pk=lead.pk)
        try:
            with transaction.atomic():
                verb = work.chance.choice(OFTEN if work.odds(0.25) else VERBS)
                verb(work, lead, lead.version)
        except Refusal:
            pass
        if step % 40 == 0:
            place.refresh_from_db()
            key = work.chance.choice((TargetKey.FIRST_RESPONSE, TargetKey.OWN, TargetKey.OUTCOME))
            _set_target(place, key, work.chance.randrange(1, 12), work.at)
        if step % 60 == 0:
            site.refresh_from_db()
            is_usual = not site.calendars.exists() or site.calendars.count() % 2 == 1
            hours = SHORT_DAYS if is_usual else DEFAULT_HOURS
            set_opening_hours(site, hours, by=work.people[0], at=work.at)
            _run_jobs(work.at + timedelta(minutes=1))
            work.at += timedelta(minutes=2)
        if step % 15 == 0:
            flag_stale(at=work.at)
            flag_breaches(at=work.at)


def _recorded(place: StudySite, window: Window) -> list[tuple[object, ...]]:
    """The misses of the window as the rows of the clocks have them."""
    rows = Clock.objects.filter(
        study_site=place, due_at__gte=window.start, due_at__lt=window.end
    ).select_related("lead")
    return sorted(
        (row.lead_id, row.target, row.subject_id, row.run, row.due_at, row.outcome)
        for row in rows
        if is_miss(clock_of(row), window.end)
    )


def _told(replay: Replay) -> list[tuple[object, ...]]:
    return sorted(
        (b.lead_id, b.target.value, b.subject_id, b.run, b.due_at, b.outcome or "")
        for b in replay.breaches
    )


def _as_it_was(place: StudySite, window: Window) -> Compared:
    terms = read_terms(place)
    return compared(place, recorded=terms, proposed=proposed(terms, amounts={}), window=window)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_unchanged_settings_give_exactly_the_recorded_misses_of_a_random_history(
    seed: int, work: RandomWork, study_site: StudySite
) -> None:
    work.chance = random.Random(seed)
    misses = 0
    for _ in range(2):
        _live(work, study_site, steps=100)
        window = window_until(work.at)

        found = _as_it_was(study_site, window)

        assert _told(found.before) == _recorded(study_site, window)
        misses += len(found.before.breaches)
    assert misses > 20
    log = LeadEvent.objects.filter(study_site=study_site)
    assert log.filter(kind=EventKind.VOIDED).exists()
    assert log.filter(kind=EventKind.BLOCKER_OPENED).exists()
    assert log.filter(occurred_at__lt=F("recorded_at")).exists(), "entered late"
    assert Clock.objects.exclude(pauses=[]).exists()
    assert study_site.site.calendars.count() > 2


def test_reading_takes_two_statements_and_writes_nothing(
    study_site: StudySite, coordinator: User
) -> None:
    for _ in range(5):
        lead = make_lead(study_site, owner=coordinator)
        log_outreach(
            lead=lead,
            channel=Channel.PHONE,
            result=ContactResult.NO_ANSWER,
            by=coordinator,
            at=MONDAY + timedelta(days=3),
            seen=lead.version,
        )
    terms = terms_of(study_site)
    window = window_until(MONDAY + timedelta(days=4))
    before = list(Clock.objects.order_by("pk").values())

    with CaptureQueriesContext(connection) as captured:
        found = compared(
            study_site,
            recorded=terms,
            proposed=proposed(terms, amounts={(TargetKey.OWN, ""): Target(9, Unit.HOURS)}),
            window=window,
        )

    own = ("SAVEPOINT", "RELEASE", "SET TRANSACTION READ ONLY")
    statements = [q["sql"] for q in captured if not q["sql"].startswith(own)]
    assert len(statements) <= 2, "\n".join(statements)
    assert found.leads == 5
    assert found.before.by_target() == {TargetKey.FIRST_RESPONSE: 5}
    assert found.people() == [Line(coordinator.name, 5, 5)]
    assert list(Clock.objects.order_by("pk").values()) == before


def test_the_database_refuses_a_write_while_it_is_replayed_and_not_after(
    study_site: StudySite,
) -> None:
    lead = make_lead(study_site)

    with pytest.raises(InternalError, match="read-only"), read_only():
        lead.save()
    lead.save()

    with read_only():
        pass
    lead.save()


def test_leads_of_another_place_and_leads_long_at_rest_are_not_read(
    study_site: StudySite, site_lead: User
) -> None:
    running = make_lead(study_site)
    ended = make_lead(study_site)
    bring_to(Stage.NOT_QUALIFIED, ended, site_lead)
    make_lead(StudySiteFactory(study=study_site.study))

    logs = read_logs(study_site, window_until(MONDAY + timedelta(weeks=30)))

    assert [log.lead_id for log in logs] == [running.pk]


def test_people_stand_in_alphabetical_order_and_nobody_comes_last(
    study_site: StudySite, coordinator: User
) -> None:
    zoe = make_member(Role.COORDINATOR, study_site, name="zoe Adler")
    for owner in (zoe, coordinator, None, zoe):
        make_lead(study_site, owner=owner)

    found = _as_it_was(study_site, window_until(MONDAY + timedelta(days=2)))

    assert [line.name for line in found.people()] == [coordinator.name, zoe.name, "Nobody"]
    assert [line.before for line in found.people()] == [1, 2, 2]
    assert [line.change for line in (Line("", 1, 4), Line("", 4, 1), Line("", 2, 2))] == [
        "+3",
        "\N{MINUS SIGN}3",
        "0",
    ]
