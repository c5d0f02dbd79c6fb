"""The weekly review from its opening to its end, and what the next one opens with (W1-W9, D34)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import User
from recruitment.models import (
    AgendaItem,
    AgendaLead,
    LastAction,
    Lead,
    NextAction,
    ReviewAction,
    Role,
    StudySite,
    WeeklyReview,
)
from recruitment.queries.projection import differences
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.weekly.codes import ActionState, DoneWhen, Ending, ItemKind, ReviewState
from recruitment.rules.weekly.endings import Decision, endings_of
from recruitment.services.blockers import resolve_blocker
from recruitment.services.membership import suspend_user
from recruitment.services.weekly_items import NextStep, finish_action
from recruitment.services.weekly_reviews import (
    ReviewMoved,
    complete_review,
    correct_review,
)
from tests.factories.recruitment import MONDAY, make_lead, make_member
from tests.recruitment.weekly.held import (
    DAY,
    HOUR,
    OPENED,
    WEEK,
    act,
    blocked_leads,
    end,
    end_all,
    held_open,
    item_of,
)

K = ItemKind


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return blocked_leads(study_site, coordinator)


@pytest.fixture
def review(study_site: StudySite, site_lead: User, leads: list[Lead]) -> WeeklyReview:
    return held_open(study_site, site_lead)


def test_scenario_60_a_blocker_on_four_leads_is_an_item_with_its_leads(
    review: WeeklyReview, leads: list[Lead]
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)

    assert (item.code, item.value, item.lane) == ("missing_records", 4, "records")
    assert {row.lead for row in item.leads.all()} == set(leads)


def test_scenario_55_the_numbers_are_those_of_the_opening(
    review: WeeklyReview, leads: list[Lead], coordinator: User
) -> None:
    before = list(AgendaItem.objects.values_list("kind", "value"))
    listed = list(AgendaLead.objects.values_list("lead", "blocker", "due_at"))
    for lead in leads:
        (blocker,) = lead.blockers.all()
        resolve_blocker(
            blocker=blocker, by=coordinator, at=OPENED + HOUR, seen=lead.version, resolution="Came."
        )

    again = held_open(review.items.get().study_site, coordinator, OPENED + 2 * HOUR)

    assert again == review
    assert again.opened_at == OPENED
    assert list(AgendaItem.objects.values_list("kind", "value")) == before
    assert list(AgendaLead.objects.values_list("lead", "blocker", "due_at")) == listed


def test_scenario_56_a_review_is_not_completed_while_an_item_is_open(
    review: WeeklyReview, site_lead: User
) -> None:
    with pytest.raises(InvalidInput, match=r"owner and a date.*Open: 1\."):
        complete_review(review=review, by=site_lead, at=OPENED)

    review.refresh_from_db()
    assert review.state == ReviewState.IN_PROGRESS
    with pytest.raises(IntegrityError, match="items that have not ended"), transaction.atomic():
        WeeklyReview.objects.filter(pk=review.pk).update(
            state="completed", completed_at=OPENED, completed_by=site_lead
        )


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
    from recruitment.rules.next_actions import Plan
    from recruitment.services.next_actions import set_next_action

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


def test_a_completed_review_takes_no_change_and_corrections_stand_beside_it(
    review: WeeklyReview, coordinator: User, site_lead: User
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    with pytest.raises(InvalidInput, match="not completed"):
        correct_review(review=review, words="Wrong.", by=site_lead, at=OPENED)
    end_all(review, site_lead)

    with pytest.raises(Refusal, match="completed"):
        end(item, act(item, coordinator), site_lead)
    with pytest.raises(IntegrityError, match="is completed"), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(words="Another.")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        WeeklyReview.objects.filter(pk=review.pk).update(rest=5)
    row = correct_review(review=review, words="It was Tom.", by=site_lead, at=OPENED + HOUR)
    assert list(review.corrections.all()) == [row]


def test_weeks_without_a_review_are_written_down_as_skipped(
    review: WeeklyReview, site_lead: User, study_site: StudySite
) -> None:
    end_all(review, site_lead)

    held_open(study_site, site_lead, OPENED + 3 * WEEK)

    states = WeeklyReview.objects.order_by("monday").values_list("state", flat=True)
    assert list(states) == ["completed", "skipped", "skipped", "in_progress"]


def test_somebody_who_was_second_at_an_item_is_told_and_nothing_is_written(
    review: WeeklyReview, coordinator: User, site_lead: User
) -> None:
    from recruitment.services.weekly_items import end_item

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


def test_scenario_32_an_override_is_an_item_that_names_who_let_it_pass(
    study_site: StudySite, site_lead: User
) -> None:
    from recruitment.models import LeadEvent
    from recruitment.rules.events import EventKind
    from recruitment.services.log import change

    lead = make_lead(study_site)
    with change(lead, by=site_lead, at=MONDAY + HOUR / 2, seen=None) as work:
        work.add(
            EventKind.GATE_OVERRIDDEN, code="scheduling", reason_code="records", note="She came."
        )
    assert LeadEvent.objects.filter(kind=EventKind.GATE_OVERRIDDEN).exists()

    item = item_of(held_open(study_site, site_lead), K.OVERRIDE)

    assert (item.subject, item.value) == (site_lead, 1)


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


def test_the_statements_of_an_opening_do_not_depend_on_the_leads(
    study_site: StudySite, coordinator: User, site_lead: User, count_queries: Callable[..., int]
) -> None:
    make_member(Role.SITE_LEAD, study_site.site)
    blocked_leads(study_site, coordinator, 3)
    few = count_queries(held_open, study_site, site_lead)
    end_all(WeeklyReview.objects.get(), site_lead)
    for n in range(12):
        make_lead(study_site, owner=coordinator, received_at=MONDAY + WEEK - n * HOUR)
    many = count_queries(held_open, study_site, site_lead, OPENED + WEEK)

    assert many <= few + 2  # what the first one has not: the last review, and its skipped weeks
