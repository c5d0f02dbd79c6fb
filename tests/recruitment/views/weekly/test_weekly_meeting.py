"""The weekly review on a projector, and what is typed there (D34)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Draft, Lead, StudySite, WeeklyReview
from recruitment.rules.weekly.codes import Ending, ReviewState
from tests.factories.recruitment import Role, StudySiteFactory, make_member
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.weekly.held import end_all

AsUser = Callable[[User], Client]


def go(client: Client, review: WeeklyReview, **to: str) -> Any:
    return client.post(reverse("weekly_meeting_go", args=[review.pk]), to, follow=True)


def test_showing_it_hides_names_everywhere_and_begins_with_the_movement(
    led: Client, review: WeeklyReview, leads: list[Lead]
) -> None:
    shown = go(led, review)

    assert "Movement and visits to come" in words_of(shown)
    assert leads[0].person.display_name not in words_of(
        led.get(reverse("lead", args=[leads[0].number]))
    )


def test_nobody_sees_a_meeting_with_the_shield_down(
    led: Client, review: WeeklyReview, study_site: StudySite, as_user: AsUser
) -> None:
    go(led, review)
    other = as_user(make_member(Role.SITE_LEAD, study_site.site))

    answer = other.get(reverse("weekly_meeting", args=[review.pk]))

    assert answer.url == reverse("weekly_review", args=[review.pk])


def test_who_joins_looks_on_until_she_drives(
    led: Client, review: WeeklyReview, study_site: StudySite, as_user: AsUser, site_lead: User
) -> None:
    driven = words_of(go(led, review, to="1"))
    assert "End this item" in driven
    other = as_user(make_member(Role.SITE_LEAD, study_site.site))

    joined = words_of(go(other, review))
    assert f"{site_lead.name} drives" in joined
    assert "End this item" not in joined

    assert "End this item" in words_of(go(other, review, to="1"))
    assert "End this item" not in words_of(led.get(reverse("weekly_meeting", args=[review.pk])))


def test_an_item_that_ends_in_a_meeting_leads_everybody_on(
    led: Client, review: WeeklyReview, study_site: StudySite, as_user: AsUser
) -> None:
    go(led, review, to="1")
    pulse = reverse("weekly_meeting_pulse", args=[review.pk])
    before = led.get(pulse).content
    url = reverse("weekly_item", args=[review.pk, 1])

    sent = {"meeting": "1", "ending": Ending.CLOSE, "words": "Nothing to do."}
    answer = led.post(url, sent, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("weekly_meeting", args=[review.pk])
    assert led.get(pulse).content != before
    last = review.steps.last()
    assert last is not None
    assert last.item is None or last.item.position == 2


def test_a_refused_ending_comes_back_on_the_meeting_with_its_words(
    led: Client, review: WeeklyReview
) -> None:
    go(led, review, to="1")
    url = reverse("weekly_item", args=[review.pk, 1])

    answer = led.post(url, {"meeting": "1", "ending": Ending.ACT, "words": "Phone them."})

    assert answer.status_code == 422
    assert "Phone them." in answer.content.decode()
    assert "data-meeting=" in answer.content.decode()


def test_the_end_lists_how_each_item_ended_and_completes_the_review(
    led: Client, review: WeeklyReview, site_lead: User
) -> None:
    assert "Not every item has ended" in words_of(go(led, review, to="end"))
    end_all(review, site_lead)

    assert "completed" in words_of(go(led, review, to="1")).lower()
    review.refresh_from_db()
    assert review.state == ReviewState.COMPLETED
    over = led.get(reverse("weekly_meeting", args=[review.pk]))
    assert over.url == reverse("weekly_review", args=[review.pk])


@pytest.mark.parametrize("to", ["99", "weather", "item"])
def test_there_is_no_other_part(led: Client, review: WeeklyReview, to: str) -> None:
    assert go(led, review, to=to).status_code == 404


def test_what_is_typed_for_an_item_is_kept_and_put_back_also_behind_the_shield(
    led: Client, review: WeeklyReview, leads: list[Lead]
) -> None:
    go(led, review, to="1")
    url = reverse("weekly_item_draft", args=[review.pk, 1])
    typed = {"ending": "act", "words": "Phone the clinic", "leads": [leads[0].pk], "seen": ""}
    assert led.post(url, typed).json()["is_kept"]
    assert led.post(url, typed | {"words": "Phone the clinic twice"}).status_code == 200

    page = led.get(reverse("weekly_meeting", args=[review.pk])).content.decode()

    assert "Phone the clinic twice" in page
    assert page.count(" checked") == 2  # the ending and one lead
    led.post(
        reverse("weekly_item", args=[review.pk, 1]),
        {"ending": "close", "words": "Nothing.", "draft": "1"},
    )
    assert not Draft.objects.exists()


def test_a_draft_is_thrown_away_after_a_question(led: Client, review: WeeklyReview) -> None:
    led.post(reverse("weekly_item_draft", args=[review.pk, 1]), {"words": "Phone"})
    url = reverse("weekly_item_draft_throw", args=[review.pk, 1])

    assert "Throw away" in words_of(led.get(url))
    assert led.post(url).url == f"{reverse('weekly_review', args=[review.pk])}?item=1"
    assert not Draft.objects.exists()


def test_a_review_of_a_study_is_one_of_its_own_beside_that_of_the_site(
    led: Client, study_site: StudySite, review: WeeklyReview
) -> None:
    answer = led.post(
        reverse("weekly_review_open"), {"site": study_site.site_id, "study": study_site.pk}
    )

    alone = WeeklyReview.objects.get(study_site=study_site)
    assert answer.url == reverse("weekly_review", args=[alone.pk])
    assert study_site.study.code in words_of(led.get(answer.url))
    assert alone.pk != review.pk


def test_who_leads_one_study_of_two_is_told_to_review_that_one_alone(
    led: Client, study_site: StudySite, review: WeeklyReview, as_user: AsUser, site_lead: User
) -> None:
    second = StudySiteFactory(site=study_site.site)
    review.places.add(second)  # opened by somebody who leads both

    answer = led.post(reverse("weekly_review_open"), {"site": study_site.site_id}, follow=True)

    assert "studies that you do not lead" in words_of(answer)
    assert led.get(reverse("weekly_review", args=[review.pk])).status_code == 404
    listed = words_of(led.get(reverse("weekly_reviews")))
    assert "Go on with" not in listed
