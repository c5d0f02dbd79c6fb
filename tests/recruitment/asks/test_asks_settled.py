"""Settling an answered ask frees its leads, and a review says so (AS2; scenario 69)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import AgendaItem, Ask, Blocker, Lead, StudyBlocker, StudySite, WeeklyReview
from recruitment.queries.weekly_page import review_page
from recruitment.rules.asks.codes import AnswerChoice, AskEventKind, AskState
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.asks import AskMoved
from recruitment.services.asks_settled import settle_ask
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.study_blockers import open_study_blocker
from recruitment.services.undo import undo_action
from recruitment.services.weekly_reviews import open_review
from tests.factories.recruitment import make_lead
from tests.recruitment.asks.held import ANSWERED, SETTLED, answered, question, raised, settled
from tests.recruitment.weekly.held import DAY, OPENED, WEEK, R, end_all, held_open

CAPACITY = BlockerCategory.VISIT_CAPACITY


def keys(leads: list[Lead]) -> list[int]:
    return [lead.pk for lead in leads]


def stopped(leads: list[Lead]) -> set[int]:
    open_ones = Blocker.objects.filter(lead__in=leads, resolved_at__isnull=True)
    return set(open_ones.values_list("lead", flat=True))


def titles(review: WeeklyReview, kind: ItemKind) -> list[str]:
    return [one.title for one in review_page(review).items if one.item.kind == kind]


def test_an_open_ask_stands_in_each_review_until_answered_and_settling_frees_the_leads(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    """Scenario 69, the site's side."""
    ask = raised(study_site, site_lead, at=OPENED - 2 * DAY + timedelta(hours=4))
    first = held_open(study_site, site_lead)
    end_all(first, site_lead)
    second = held_open(study_site, site_lead, OPENED + WEEK)
    end_all(second, site_lead, OPENED + WEEK)

    assert titles(first, ItemKind.OPEN_ASK) == [f"Asked 1 day ago, 4 leads wait: {ask.question}"]
    assert titles(second, ItemKind.OPEN_ASK) == [f"Asked 8 days ago, 4 leads wait: {ask.question}"]

    answered(ask, site_lead, OPENED + WEEK + 2 * DAY)
    third = held_open(study_site, site_lead, OPENED + 2 * WEEK)
    found = titles(third, ItemKind.ANSWERED_ASK)
    assert found == [f"Answered, agreed. Settle it and free 4 leads? {ask.question}"]
    assert not titles(third, ItemKind.OPEN_ASK)
    decisions = AgendaItem.objects.filter(review=third, lane="decisions")
    assert decisions.earliest("position").kind == ItemKind.ANSWERED_ASK
    assert stopped(leads) == set(keys(leads))  # an answer alone frees nobody

    given = settled(ask, site_lead, keys(leads), OPENED + 2 * WEEK)

    assert given.freed == 4
    assert not stopped(leads)
    end_all(third, site_lead, OPENED + 2 * WEEK)
    fourth = held_open(study_site, site_lead, OPENED + 3 * WEEK)
    assert not titles(fourth, ItemKind.ANSWERED_ASK)


def test_a_review_keeps_what_it_said_of_an_ask_when_it_was_opened(
    ask: Ask, study_site: StudySite, site_lead: User
) -> None:
    review = open_review(
        site=study_site.site, places=[study_site], study_site=None, by=site_lead, at=OPENED + DAY
    )
    answered(ask, site_lead)

    assert titles(review, ItemKind.OPEN_ASK) == [f"Asked 1 day ago, 4 leads wait: {ask.question}"]


def test_what_the_sponsor_asked_back_stands_in_the_review(
    ask: Ask, study_site: StudySite, site_lead: User
) -> None:
    answered(ask, site_lead, choice=AnswerChoice.MORE_NEEDED, comment="Which records?")

    review = held_open(study_site, site_lead, OPENED + WEEK)

    assert "more information needed" in titles(review, ItemKind.OPEN_ASK)[0]


def test_only_ticked_leads_are_freed_and_the_ask_is_settled_all_the_same(
    ask: Ask, site_lead: User, leads: list[Lead]
) -> None:
    answered(ask, site_lead)

    given = settled(ask, site_lead, keys(leads[:1]))

    ask.refresh_from_db()
    assert (given.freed, ask.state, ask.ended_at) == (1, AskState.SETTLED, SETTLED)
    assert stopped(leads) == set(keys(leads[1:]))
    blocker = Blocker.objects.get(lead=leads[0])
    assert blocker.resolution == "The ask was answered: agreed."
    assert blocker.resolved_by == site_lead


def test_what_a_settlement_freed_is_not_undone(
    ask: Ask, site_lead: User, leads: list[Lead]
) -> None:
    answered(ask, site_lead)
    settled(ask, site_lead, keys(leads))
    action_id = ask.history.get(kind=AskEventKind.SETTLED).action_id

    with pytest.raises(Refusal, match="Name the blocker again"):
        undo_action(action_id=action_id, by=site_lead, at=SETTLED)

    assert not stopped(leads)


def test_settling_twice_frees_once(ask: Ask, site_lead: User, leads: list[Lead]) -> None:
    answered(ask, site_lead)
    settled(ask, site_lead, keys(leads))

    again = settle_ask(ask=ask, leads=keys(leads), words="", by=site_lead, at=SETTLED, seen=2)

    assert again.freed == 4
    assert ask.history.count() == 3


def test_a_lead_that_was_freed_meanwhile_is_passed_over(
    ask: Ask, site_lead: User, coordinator: User, leads: list[Lead]
) -> None:
    answered(ask, site_lead)
    lead = leads[0]
    lead.refresh_from_db()
    resolve_blocker(
        blocker=Blocker.objects.get(lead=lead),
        resolution="The record came.",
        by=coordinator,
        at=ANSWERED,
        seen=lead.version,
    )

    assert settled(ask, site_lead, keys(leads)).freed == 3


def test_a_lead_stopped_since_can_be_freed_too_and_no_other(
    ask: Ask, study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    answered(ask, site_lead)
    late, free = make_lead(study_site, owner=site_lead), make_lead(study_site)
    open_blocker(
        lead=late,
        category=R,
        by=site_lead,
        at=ANSWERED,
        seen=late.version,
        review_by=ANSWERED + DAY,
    )

    with pytest.raises(InvalidInput) as refused:
        settled(ask, site_lead, [late.pk, free.pk])
    assert refused.value.field == "leads"
    assert settled(ask, site_lead, [late.pk]).freed == 1


def test_the_blocker_of_the_study_is_resolved_as_a_whole_where_all_its_leads_go_on(
    study_site: StudySite, site_lead: User
) -> None:
    leads = [make_lead(study_site, owner=site_lead) for _ in range(3)]
    of_study = open_study_blocker(
        study_site=study_site, category=CAPACITY, by=site_lead, at=OPENED, review_by=OPENED + DAY
    ).blocker
    ask = raised(study_site, site_lead, question(category=CAPACITY))
    answered(ask, site_lead)

    assert settled(ask, site_lead, keys(leads)).freed == 3

    of_study.refresh_from_db()
    assert of_study.resolved_at == SETTLED
    assert not stopped(leads)


def test_the_blocker_of_the_study_stays_where_it_still_stops_a_lead(
    study_site: StudySite, site_lead: User
) -> None:
    leads = [make_lead(study_site, owner=site_lead) for _ in range(3)]
    open_study_blocker(
        study_site=study_site, category=CAPACITY, by=site_lead, at=OPENED, review_by=OPENED + DAY
    )
    ask = raised(study_site, site_lead, question(category=CAPACITY))
    answered(ask, site_lead)

    assert settled(ask, site_lead, keys(leads[:2])).freed == 2

    assert StudyBlocker.objects.get().resolved_at is None
    assert stopped(leads) == {leads[2].pk}


def test_without_an_answer_nothing_is_settled(ask: Ask, site_lead: User, leads: list[Lead]) -> None:
    with pytest.raises(Refusal, match="no answer yet"):
        settled(ask, site_lead, keys(leads))

    assert stopped(leads) == set(keys(leads))


def test_who_settles_an_older_answer_is_told(ask: Ask, site_lead: User, leads: list[Lead]) -> None:
    answered(ask, site_lead)

    with pytest.raises(AskMoved, match="answered"):
        settle_ask(ask=ask, leads=keys(leads), words="", by=site_lead, at=SETTLED, seen=1)

    assert stopped(leads) == set(keys(leads))


def test_words_of_a_settlement_are_for_sponsors_too(
    ask: Ask, site_lead: User, leads: list[Lead]
) -> None:
    answered(ask, site_lead)

    with pytest.raises(InvalidInput) as refused:
        settled(ask, site_lead, keys(leads), words="Call 617 555 0123 first.")

    assert refused.value.field == "words"
    assert stopped(leads) == set(keys(leads))
