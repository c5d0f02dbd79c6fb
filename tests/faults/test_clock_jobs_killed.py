"""Jobs that look at the time: killed at any moment, and run by several workers at once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts.models import User
from recruitment.models import Lead, LeadEvent, Role, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from recruitment.services import sweeps
from recruitment.services.blockers import open_blocker
from recruitment.services.breaches import flag_breaches
from recruitment.services.missed_visits import plan_missed_visits
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member
from tests.factories.stages import bring_to
from tests.faults.processes import Running, database_url, wait_for
from tests.recruitment.clocks_agree import check_agreement

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = MONDAY + 40 * DAY
JOBS: tuple[Callable[..., int], ...] = (
    flag_stale,
    flag_breaches,
    tell_pauses_over,
    plan_missed_visits,
)


@pytest.fixture
def place(transactional_db: None) -> StudySite:
    """Committed, so that other processes see it."""
    return StudySiteFactory(capacity_per_week=50)


def _notices(kind: EventKind) -> Counter[int]:
    return Counter(LeadEvent.objects.filter(kind=kind).values_list("lead", flat=True))


@pytest.mark.parametrize("where", ["between", "inside"])
def test_a_sweep_killed_between_two_batches_or_inside_one_loses_nothing_and_repeats_nothing(
    place: StudySite, tmp_path: Path, where: str
) -> None:
    owner = make_member(Role.COORDINATOR, place)
    leads = [make_lead(place, owner=owner) for _ in range(7)]
    at = MONDAY + 2 * DAY
    killed = Running(
        ("tests.faults.stopped_sweep", where, at.isoformat()),
        tmp_path / "sweep.log",
        {"DATABASE_URL": database_url()},
    )
    try:
        wait_for(lambda: "written\n" in killed.said or killed.process.poll() is not None)
        assert killed.process.poll() is None, killed.said[-2000:]
    finally:
        killed.kill()
    written = sum(_notices(EventKind.CLOCK_BREACHED).values())
    assert f"stopped with {written} written" in killed.said
    assert 4 <= written < 7

    wait_for(lambda: _free(leads))
    assert flag_breaches(at=at) == 7 - written
    assert flag_breaches(at=at) == 0

    assert set(_notices(EventKind.CLOCK_BREACHED).values()) == {1}
    assert len(_notices(EventKind.CLOCK_BREACHED)) == 7
    check_agreement(Lead.objects.all())


def _free(leads: list[Lead]) -> bool:
    """Whether the server has noticed that the killed process is gone."""
    keys = [lead.pk for lead in leads]
    with transaction.atomic():
        rows = Lead.objects.select_for_update(skip_locked=True).filter(pk__in=keys)
        return len(rows) == len(leads)


def test_all_jobs_in_four_workers_at_once_write_every_notice_once(
    place: StudySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 3)  # so that they meet in the middle
    owner = make_member(Role.COORDINATOR, place)
    leads = [_lead(place, owner, n) for n in range(8)]
    start = threading.Barrier(4)
    written: list[tuple[str, int]] = []
    failures: list[BaseException] = []

    def work(turn: int) -> None:
        try:
            start.wait()
            jobs = (*JOBS[turn:], *JOBS[:turn], *JOBS)
            written.extend((job.__name__, job(at=LATE)) for job in jobs)
        except BaseException as failure:  # told by the test itself
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)

    assert not failures
    # Whom another worker had locked in the last round.
    written.extend((job.__name__, job(at=LATE)) for job in JOBS)
    counts: Counter[str] = Counter()
    for name, count in written:
        counts[name] += count
    assert set(_notices(EventKind.STALE_FLAGGED).values()) == {1}
    assert counts["flag_stale"] == len(leads)
    told = LeadEvent.objects.filter(kind=EventKind.CLOCK_BREACHED)
    assert counts["flag_breaches"] == told.count()
    assert told.values("lead", "code", "subject_id").distinct().count() == told.count()
    assert counts["tell_pauses_over"] == LeadEvent.objects.filter(kind="pause_ended").count() == 4
    planned = LeadEvent.objects.filter(kind="action_set", code=ActionType.MISSED_VISIT)
    assert counts["plan_missed_visits"] == planned.count() == 4
    assert not any(job(at=LATE) for job in JOBS)
    check_agreement(Lead.objects.all())


def _lead(place: StudySite, owner: User, n: int) -> Lead:
    """Every other one blocked, the others with a visit whose result nobody wrote down."""
    lead = make_lead(place, owner=owner)
    if n % 2:
        bring_to(Stage.SCHEDULED, lead, owner)
        return lead
    open_blocker(
        lead=lead,
        category=BlockerCategory.PATIENT_DECIDING,
        by=owner,
        at=MONDAY + HOUR,
        seen=lead.version,
        review_by=MONDAY + 2 * DAY,
        plan=Plan(ActionType.CALL, MONDAY + DAY),
    )
    return lead


def test_a_lead_that_somebody_works_on_is_not_waited_for(place: StudySite) -> None:
    leads = [make_lead(place) for _ in range(3)]
    counted: list[int] = []

    def work() -> None:
        counted.extend([flag_stale(at=LATE), flag_breaches(at=LATE)])
        connection.close()

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=leads[0].pk)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
        assert counted == [2, 4]

    assert (flag_stale(at=LATE), flag_breaches(at=LATE)) == (1, 2)
    check_agreement(leads)
