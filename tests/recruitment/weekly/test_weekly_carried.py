"""What the next review opens with (W7-W9)."""

import pytest

from accounts.models import User
from recruitment.models import (
    LastAction,
    Lead,
    ReviewAction,
    StudySite,
    WeeklyReview,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.weekly.codes import ActionState, DoneWhen, Ending, ItemKind
from recruitment.rules.weekly.endings import Decision, endings_of
from recruitment.services.blockers import resolve_blocker
from tests.recruitment.weekly.held import (
    DAY,
    OPENED,
    WEEK,
    act,
    end,
    end_all,
    held_open,
    item_of,
)

K = ItemKind


def test_scenario_57_the_next_review_opens_with_what_is_unfinished_and_its_figure_then_and_now(
    review: WeeklyReview,
    leads: list[Lead],
    coordinator: User,
    site_lead: User,
    study_site: StudySite,
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    keys = [lead.pk for lead in leads]
    end(item, act(item, coordinator, done_when=DoneWhen.UNBLOCKED, leads=keys), site_lead)
    end_all(review, site_lead)
    for lead in leads[:3]:
        lead.refresh_from_db()
        (blocker,) = lead.blockers.all()
        resolve_blocker(
            blocker=blocker,
            by=coordinator,
            at=OPENED + DAY,
            seen=lead.version,
            resolution="Received.",
        )

    second = held_open(item.study_site, site_lead, OPENED + WEEK)

    first_item = second.items.order_by("position").first()
    assert first_item is not None
    assert first_item.kind == K.CARRIED_ACTION
    assert first_item.times_carried == 1
    (proof,) = LastAction.objects.filter(review=second)
    assert (proof.done, proof.total, proof.is_done) == (3, 4, False)
    assert (proof.action.value, proof.value) == (4, 1)


def test_what_the_log_shows_as_done_is_not_carried_over(
    review: WeeklyReview,
    leads: list[Lead],
    coordinator: User,
    site_lead: User,
    study_site: StudySite,
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    end(item, act(item, coordinator, done_when=DoneWhen.FEWER, goal=3), site_lead)
    end_all(review, site_lead)
    lead = leads[0]
    (blocker,) = lead.blockers.all()
    resolve_blocker(
        blocker=blocker, by=coordinator, at=OPENED + DAY, seen=lead.version, resolution="Received."
    )

    second = held_open(item.study_site, site_lead, OPENED + WEEK)

    (proof,) = LastAction.objects.filter(review=second)
    assert proof.is_done
    assert proof.action.state == ActionState.DONE
    assert not second.items.filter(kind=K.CARRIED_ACTION).exists()


def test_scenario_58_what_was_carried_twice_is_done_dropped_or_escalated(
    review: WeeklyReview, coordinator: User, site_lead: User, study_site: StudySite
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)
    end_all(review, site_lead)
    second = held_open(study_site, site_lead, OPENED + WEEK)
    item = item_of(second, K.CARRIED_ACTION)
    end(item, act(item, coordinator, OPENED + WEEK), site_lead, OPENED + WEEK)
    end_all(second, site_lead, OPENED + WEEK)

    third = held_open(study_site, site_lead, OPENED + 2 * WEEK)
    item = item_of(third, K.CARRIED_ACTION)

    assert item.times_carried == 2
    assert list(endings_of(K.CARRIED_ACTION, 2)) == [Ending.ACT, Ending.CLOSE, Ending.ESCALATE]
    later = Decision(Ending.ACCEPT, "Later.", relook_on=(OPENED + 3 * WEEK).date())
    with pytest.raises(InvalidInput, match="do it, drop it, or escalate it"):
        end(item, later, site_lead, OPENED + 2 * WEEK)
    at = OPENED + 2 * WEEK
    end(item, act(item, site_lead, at, ending=Ending.ESCALATE), site_lead, at)
    item.refresh_from_db()
    assert item.action is not None
    assert item.action.is_escalated
    assert ReviewAction.objects.filter(state=ActionState.CARRIED).count() == 2


def test_weeks_without_a_review_are_written_down_as_skipped(
    review: WeeklyReview, site_lead: User, study_site: StudySite
) -> None:
    end_all(review, site_lead)

    held_open(study_site, site_lead, OPENED + 3 * WEEK)

    states = WeeklyReview.objects.order_by("monday").values_list("state", flat=True)
    assert list(states) == ["completed", "skipped", "skipped", "in_progress"]
