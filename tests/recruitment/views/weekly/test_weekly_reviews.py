"""The weekly review on its pages (domain.md 11, D34)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Lead, NextAction, ReviewAction, StudySite, WeeklyReview
from recruitment.rules.weekly.codes import ActionState, Ending, ItemKind
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.weekly.held import OPENED, WEEK, act, end, end_all, held_open

AsUser = Callable[[User], Client]


def ended(doer: User, about: list[Lead], **values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "ending": Ending.ACT,
        "words": "Phone the clinic.",
        "owner": doer.pk,
        "due_on": "2026-03-05",
        "done_when": "unblocked",
        "leads": [lead.pk for lead in about],
    }
    return given | values


def test_a_review_is_opened_from_the_list_and_again_comes_to_the_same_one(
    led: Client, study_site: StudySite, leads: list[Lead]
) -> None:
    assert re.search("Open this week.s review", words_of(led.get(reverse("weekly_reviews"))))

    first = led.post(reverse("weekly_review_open"), {"site": study_site.site_id})
    second = led.post(reverse("weekly_review_open"), {"site": study_site.site_id})

    assert first["Location"] == second["Location"]
    assert re.search("Go on with this week.s review", words_of(led.get(reverse("weekly_reviews"))))


def test_where_a_study_was_reviewed_alone_the_list_goes_on_with_studies(
    led: Client, study_site: StudySite, leads: list[Lead]
) -> None:
    alone = {"site": study_site.site_id, "study": study_site.pk}
    led.post(reverse("weekly_review_open"), alone)

    page = led.get(reverse("weekly_reviews")).content.decode()

    assert '<details class="sheet__body" open><summary>One study alone' in page
    assert "review of the whole site</button>" in page
    assert 'btn--go">Open this week' not in page


def test_the_agenda_says_when_it_was_frozen_and_shows_numbers_not_names(
    led: Client, review: WeeklyReview, leads: list[Lead]
) -> None:
    answer = led.get(reverse("weekly_review", args=[review.pk]))

    said = words_of(answer)
    assert "Missing records: 4 leads stopped" in said
    assert "Figures of Mon 2 Mar 2026, 11:00" in said
    for lead in leads:
        assert lead.number in said
        assert lead.person.last_name not in said


def test_an_item_ends_and_the_next_action_stands_on_its_leads(
    led: Client, review: WeeklyReview, leads: list[Lead], coordinator: User
) -> None:
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    url = reverse("weekly_item", args=[review.pk, item.position])

    answer = led.post(url, ended(coordinator, leads, next_type="chase_records"), follow=True)

    assert "It is the next action of 4 leads." in words_of(answer)
    actions = NextAction.objects.filter(lead__in=leads, ended_at__isnull=True)
    assert set(actions.values_list("type", flat=True)) == {"chase_records"}
    assert ReviewAction.objects.get().owner == coordinator


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"words": ""}, "Say what will happen"),
        ({"owner": ""}, "Choose who does it."),
        ({"due_on": "2026-03-01"}, "That day is past."),
        ({"due_on": "soon"}, "Write the day as"),
        ({"leads": []}, "Tick the leads it is about."),
        ({"ending": "escalate"}, "Select a valid choice"),
        ({"done_when": "fewer", "goal": "9"}, "Name a number below the 4"),
        ({"seen": "yesterday"}, "The page is incomplete"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    led: Client,
    review: WeeklyReview,
    leads: list[Lead],
    coordinator: User,
    change: dict[str, Any],
    sentence: str,
) -> None:
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    url = reverse("weekly_item", args=[review.pk, item.position])

    answer = led.post(url, ended(coordinator, leads, **change))

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    if "words" not in change:
        assert 'value="Phone the clinic."' in answer.content.decode()
    assert not ReviewAction.objects.exists()


def test_who_is_second_at_an_item_is_told_and_keeps_what_she_typed(
    led: Client, review: WeeklyReview, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)

    answer = led.post(
        reverse("weekly_item", args=[review.pk, item.position]),
        ended(coordinator, leads, words="Mine."),
    )

    assert answer.status_code == 409
    assert f"{site_lead.name} ended this item at 11:00" in words_of(answer)
    assert 'value="Mine."' in answer.content.decode()


def test_a_review_with_an_open_item_is_not_completed_and_says_which(
    led: Client, review: WeeklyReview
) -> None:
    answer = led.post(reverse("weekly_review_complete", args=[review.pk]), follow=True)

    assert "Open: 1." in words_of(answer)


def test_the_minutes_name_actions_and_take_corrections_only(
    led: Client, review: WeeklyReview, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)
    end_all(review, site_lead)
    url = reverse("weekly_review_correct", args=[review.pk])

    answer = led.post(url, {"words": "It was Tom."}, follow=True)

    said = words_of(answer)
    assert "1 item ended: 1 action, 0 accepted, 0 closed" in said
    assert "Phone the clinic on its direct line." in said
    assert "It was Tom." in said
    assert "Complete the review" not in said
    assert led.post(url, {"words": ""}).status_code == 422


def test_the_next_review_begins_with_what_became_of_the_actions(
    review: WeeklyReview,
    leads: list[Lead],
    coordinator: User,
    site_lead: User,
    monkeypatch: pytest.MonkeyPatch,
    as_user: AsUser,
) -> None:
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    keys = [lead.pk for lead in leads]
    end(item, act(item, coordinator, done_when="moved", leads=keys), site_lead)
    end_all(review, site_lead)
    monkeypatch.setattr("django.utils.timezone.now", lambda: OPENED + WEEK)
    second = held_open(item.study_site, site_lead, OPENED + WEEK)

    said = words_of(as_user(site_lead).get(reverse("weekly_review", args=[second.pk])))

    assert re.search("What became of last week.s actions", said)
    assert "0 of 4 leads" in said
    assert "Carried over 1 time" in said


def test_an_owner_sees_what_she_agreed_to_and_says_that_it_is_done(
    review: WeeklyReview, coordinator: User, site_lead: User, as_user: AsUser
) -> None:
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)
    action, own = ReviewAction.objects.get(), as_user(coordinator)

    assert "Phone the clinic on its direct line." in words_of(own.get(reverse("weekly_reviews")))
    answer = own.post(reverse("weekly_action_done", args=[action.pk]), follow=True)

    action.refresh_from_db()
    assert "Nothing is open" in words_of(answer)
    assert action.state == ActionState.DONE


def test_the_page_takes_few_statements_whatever_the_number_of_leads(
    led: Client, review: WeeklyReview, count_queries: Callable[..., int]
) -> None:
    url = reverse("weekly_review", args=[review.pk])
    assert count_queries(led.get, url) <= 14
