"""Notices of clocks: pauses that end, reviews of stale leads, nothing told twice."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Clock, Lead, Milestone, StudySite
from recruitment.rules.blocking import PAUSES
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Party,
    SourceKind,
)
from recruitment.services.blockers import redate_blocker, resolve_blocker
from recruitment.services.breaches import flag_breaches
from recruitment.services.halting import halt_study
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.staleness import flag_stale
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead
from tests.recruitment.clocks_agree import check_agreement
from tests.recruitment.due_work import DAY, HOUR, block, call, notices

LATE = MONDAY + 30 * DAY


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """Received on Monday at 10:00 from somebody who asked herself: to be answered by 14:00."""
    web = SourceFactory(study=study_site.study, kind=SourceKind.WEB)
    return make_lead(study_site, owner=coordinator, source=web)


@pytest.mark.parametrize(
    ("category", "party"),
    sorted(pair for pair in PAUSES if pair[0] != BlockerCategory.STUDY_PAUSED),
    ids=lambda value: str(value.value),
)
def test_the_end_of_a_pause_is_told_of_where_there_was_one_that_ends_by_itself(
    lead: Lead, coordinator: User, category: BlockerCategory, party: Party
) -> None:
    review_by = MONDAY + 2 * DAY
    block(lead, coordinator, review_by=review_by, category=category, party=party)

    assert tell_pauses_over(at=review_by - timedelta(microseconds=1)) == 0
    assert tell_pauses_over(at=review_by) == int(PAUSES[category, party])
    assert tell_pauses_over(at=LATE) == 0

    for event in notices(lead, EventKind.PAUSE_ENDED):
        assert (event.code, event.occurred_at, event.due_at) == (category, review_by, review_by)
    check_agreement([lead])


def test_a_halt_of_the_study_ends_for_no_lead_by_itself(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    halt_study(study_site=lead.study_site, why="A safety question.", by=site_lead, at=MONDAY + HOUR)
    assert lead.blockers.filter(review_by__lt=LATE).exists()
    assert tell_pauses_over(at=LATE) == 0
    assert flag_breaches(at=LATE) == 0
    assert flag_stale(at=LATE) == 0


def test_a_pause_put_off_is_told_of_again_and_one_that_was_resolved_is_not(
    lead: Lead, coordinator: User
) -> None:
    block(lead, coordinator, review_by=MONDAY + 2 * DAY)
    blocker = lead.blockers.get()
    assert tell_pauses_over(at=MONDAY + 2 * DAY) == 1
    lead.refresh_from_db()
    common = {"blocker": blocker, "by": coordinator, "at": MONDAY + 2 * DAY + HOUR}
    redate_blocker(
        **common,
        review_by=MONDAY + 4 * DAY,
        reason="She needs some days more.",
        seen=lead.version,
    )
    assert tell_pauses_over(at=MONDAY + 4 * DAY) == 1
    assert [event.due_at for event in notices(lead, EventKind.PAUSE_ENDED)] == [
        MONDAY + 2 * DAY,
        MONDAY + 4 * DAY,
    ]
    lead.refresh_from_db()
    blocker.refresh_from_db()
    resolve_blocker(
        blocker=blocker,
        resolution="She comes.",
        by=coordinator,
        at=MONDAY + 4 * DAY + HOUR,
        seen=lead.version,
        plan=Plan(ActionType.CALL, MONDAY + 7 * DAY),
    )
    assert tell_pauses_over(at=LATE) == 0
    check_agreement([lead])


def test_a_lead_that_goes_stale_again_gets_a_second_review_once_the_first_is_over(
    lead: Lead, coordinator: User
) -> None:
    reviews = Clock.objects.filter(lead=lead, target=TargetKey.STALE_REVIEW).order_by("run")
    assert lead.stale_at is not None
    first = lead.stale_at + HOUR
    assert flag_stale(at=first) == 1
    (review,) = reviews
    assert (review.run, review.started_at, review.told_at) == (1, first, first)
    lead.refresh_from_db()
    call(lead, coordinator, first + HOUR)  # it is on plan again, and needs no review
    assert lead.stale_at is not None

    assert flag_stale(at=lead.stale_at) == 1

    lead.refresh_from_db()
    assert lead.times_stale == 2
    assert [clock.run for clock in reviews.all()] == [1, 2]
    told = lead.events.filter(kind=EventKind.STALE_FLAGGED).earliest("seq")
    assert Milestone.objects.get(lead=lead, code="stale_flagged").event == told
    check_agreement([lead])


def test_a_review_that_runs_goes_on_when_the_lead_is_flagged_for_another_deadline(
    lead: Lead, coordinator: User
) -> None:
    block(lead, coordinator, review_by=MONDAY + 9 * DAY)
    event = lead.events.get(kind=EventKind.BLOCKER_OPENED)
    late = lead.stale_at
    assert late is not None
    assert flag_stale(at=late) == 1
    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + 2 * HOUR)

    assert flag_stale(at=late + HOUR) == 1

    review = Clock.objects.get(lead=lead, target=TargetKey.STALE_REVIEW, outcome="")
    assert (review.run, review.started_at) == (1, late)
    check_agreement([lead])


def test_an_earlier_deadline_flagged_later_becomes_the_milestone(
    lead: Lead, coordinator: User
) -> None:
    block(lead, coordinator, review_by=MONDAY + 9 * DAY)
    event = lead.events.get(kind=EventKind.BLOCKER_OPENED)
    late = lead.stale_at
    assert late is not None
    assert flag_stale(at=late) == 1
    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + 2 * HOUR)
    lead.refresh_from_db()
    assert lead.stale_at is not None
    assert lead.stale_at < late

    assert flag_stale(at=late) == 1

    assert Milestone.objects.get(lead=lead, code="stale_flagged").event.due_at == lead.stale_at
    check_agreement([lead])
