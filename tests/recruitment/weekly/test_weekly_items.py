"""How an item of the agenda ends, and what it does to its leads (W4-W6, D18, D34)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import (
    Lead,
    NextAction,
    ReviewAction,
    StudySite,
    WeeklyReview,
)
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.weekly.codes import ActionState, DoneWhen, Ending, ItemKind
from recruitment.rules.weekly.endings import Decision
from recruitment.services.membership import suspend_user
from recruitment.services.next_actions import set_next_action
from recruitment.services.weekly_items import NextStep, end_item, finish_action
from recruitment.services.weekly_reviews import (
    ReviewMoved,
)
from tests.factories.recruitment import MONDAY
from tests.recruitment.weekly.held import (
    DAY,
    HOUR,
    OPENED,
    act,
    end,
    held_open,
    item_of,
)

K = ItemKind


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"owner": None}, "owner"),
        ({"due_on": None}, "due_on"),
        ({"due_on": (MONDAY - DAY).date()}, "due_on"),
        ({"due_on": (MONDAY + 365 * DAY).date()}, "due_on"),
        ({"words": " "}, "words"),
        ({"words": "x" * 301}, "words"),
        ({"done_when": None}, "done_when"),
        ({"done_when": DoneWhen.OWNED}, "done_when"),
        ({"done_when": DoneWhen.UNBLOCKED}, "leads"),
        ({"done_when": DoneWhen.FEWER, "goal": 4}, "goal"),
        ({"done_when": DoneWhen.FEWER}, "goal"),
        ({"ending": Ending.ESCALATE}, "ending"),
        ({"ending": Ending.ACCEPT}, "relook_on"),
        ({"ending": Ending.ACCEPT, "words": ""}, "words"),
        ({"ending": Ending.CLOSE, "words": ""}, "words"),
    ],
)
def test_no_item_ends_vague(
    review: WeeklyReview, site_lead: User, change: dict[str, Any], field: str
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    with pytest.raises(InvalidInput) as refused:
        end(item, act(item, site_lead, **change), site_lead)

    item.refresh_from_db()
    assert refused.value.field == field
    assert item.ending == ""
    assert not ReviewAction.objects.exists()


def test_an_owner_who_left_or_is_not_delegated_is_refused(
    review: WeeklyReview, site_lead: User, outsider: User, coordinator: User
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    with pytest.raises(InvalidInput, match="does not work on"):
        end(item, act(item, outsider), site_lead)

    suspend_user(user=coordinator, by=site_lead, at=OPENED)
    with pytest.raises(InvalidInput, match="has left"):
        end(item, act(item, coordinator), site_lead)


def test_scenario_59_an_action_on_leads_is_their_next_action(
    review: WeeklyReview, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    chosen = leads[:3]
    decision = act(
        item,
        coordinator,
        done_when=DoneWhen.UNBLOCKED,
        leads=[lead.pk for lead in chosen],
    )

    ended = end(item, decision, site_lead, next_step=NextStep(ActionType.CHASE_RECORDS))

    assert (ended.set_on, list(ended.left)) == (3, [])
    for lead in chosen:
        action = NextAction.objects.get(lead=lead, ended_at__isnull=True)
        assert (action.type, action.owner) == (ActionType.CHASE_RECORDS, coordinator)
        assert action.detail == "Phone the clinic on its direct line."
    assert list(differences()) == []


def test_a_promised_call_back_stays_unless_it_is_released(
    study_site: StudySite, coordinator: User, site_lead: User, leads: list[Lead]
) -> None:
    promised = leads[0]
    set_next_action(
        lead=promised,
        plan=Plan(ActionType.CALL, MONDAY + 5 * HOUR, is_promised=True),
        by=coordinator,
        at=MONDAY + timedelta(minutes=10),
        seen=promised.version,
        reason="She asked for it.",
    )
    review = held_open(study_site, site_lead)
    item = item_of(review, K.REPEATED_BLOCKER)
    keys = [lead.pk for lead in leads]
    decision = act(item, coordinator, done_when=DoneWhen.UNBLOCKED, leads=keys)

    kept = end(item, decision, site_lead, next_step=NextStep(ActionType.CHASE_RECORDS))
    step = NextStep(ActionType.CHASE_RECORDS, releases_promises=True)
    released = end(item, decision, site_lead, next_step=step)

    assert (kept.set_on, list(kept.left)) == (
        3,
        [(promised.number, "A promised call-back stays.")],
    )
    assert (released.set_on, list(released.left)) == (4, [])


def test_somebody_who_was_second_at_an_item_is_told_and_nothing_is_written(
    review: WeeklyReview, coordinator: User, site_lead: User
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)

    with pytest.raises(ReviewMoved, match=f"{site_lead.name} ended this item"):
        end_item(
            item=item, decision=act(item, site_lead), by=coordinator, at=OPENED + HOUR, seen=None
        )

    item.refresh_from_db()
    assert item.action is not None
    assert item.action.owner == coordinator


def test_an_item_may_end_in_another_way_while_the_review_lasts(
    review: WeeklyReview, coordinator: User, site_lead: User
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)

    end(item, Decision(Ending.CLOSE, "Already done."), site_lead, OPENED + HOUR)

    item.refresh_from_db()
    assert (item.ending, item.action) == (Ending.CLOSE, None)
    assert ReviewAction.objects.get().state == ActionState.DROPPED


def test_only_the_owner_s_word_ends_what_the_log_cannot_show(
    review: WeeklyReview, coordinator: User, site_lead: User, leads: list[Lead]
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)
    action = ReviewAction.objects.get()

    finish_action(action=action, by=coordinator, at=OPENED + DAY)
    finish_action(action=action, by=coordinator, at=OPENED + 2 * DAY)

    action.refresh_from_db()
    assert (action.state, action.ended_at) == (ActionState.DONE, OPENED + DAY)
