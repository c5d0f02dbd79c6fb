"""Asks on their pages, and in the weekly review (AS1-AS3, W4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Ask, Blocker, Draft, Lead, StudySite, WeeklyReview
from recruitment.rules.weekly.codes import ItemKind
from tests.recruitment.asks.held import SETTLED, WORDS, answered, question, raised
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.weekly.held import end_all, held_open, item_of

AsUser = Callable[[User], Client]
NOW = SETTLED + timedelta(hours=1)


@pytest.fixture
def ask(study_site: StudySite, site_lead: User, leads: list[Lead]) -> Ask:
    return raised(study_site, site_lead)


@pytest.fixture(autouse=True)
def _in_that_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def asked(by: User, **values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "direction": "to_sponsor",
        "kind": "criteria",
        "party": "sponsor",
        "question": WORDS,
        "category": "missing_records",
        "owner": by.pk,
    }
    return given | values


def said(ask: Ask, **values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "seen": ask.seq,
        "choice": "agreed",
        "way": "phone",
        "on": "2026-03-04",
        "said_by": "Robin of the sponsor",
        "comment": "Two years are enough.",
    }
    return given | values


def test_an_item_leads_to_an_ask_with_its_blocker_and_leads_filled_in(
    led: Client, review: WeeklyReview, leads: list[Lead], site_lead: User
) -> None:
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    url = f"{reverse('ask_new', args=[item.study_site_id])}?item={item.pk}"
    page = led.get(f"{reverse('weekly_review', args=[review.pk])}?item={item.position}")
    assert url.replace("&", "&amp;") in page.content.decode()

    form = led.get(url).context["form"]
    assert form.initial["category"] == "missing_records"
    assert sorted(form.initial["leads"]) == sorted(str(lead.pk) for lead in leads)
    answer = led.post(url, asked(site_lead, leads=[leads[0].pk, leads[1].pk]))

    ask = Ask.objects.get()
    assert answer["Location"].endswith(f"?item={item.position}#item-h")
    assert (ask.item, ask.leads.count()) == (item, 2)
    item.refresh_from_db()
    assert item.ending == ""  # the item itself is still to be ended
    assert "Ask raised: open" in words_of(led.get(answer["Location"]))


def test_a_question_for_a_review_that_was_completed_meanwhile_is_kept_as_typed(
    led: Client, review: WeeklyReview, site_lead: User
) -> None:
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    end_all(review, site_lead)

    url = f"{reverse('ask_new', args=[item.study_site_id])}?item={item.pk}"
    answer = led.post(url, asked(site_lead))

    assert answer.status_code == 422
    assert "This review is completed" in words_of(answer)
    assert WORDS in answer.content.decode()
    assert not Ask.objects.exists()


def test_what_is_typed_into_a_new_ask_is_kept_put_back_and_gone_once_it_is_raised(
    led: Client, study_site: StudySite, site_lead: User, review: WeeklyReview
) -> None:
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    url = f"{reverse('ask_new', args=[study_site.pk])}?item={item.pk}"
    typed = asked(site_lead) | {"question": "May records come by fax?"}
    page = led.get(url).content.decode()
    keep_url = page.split('data-draft="')[1].split('"')[0]
    assert led.post(keep_url, typed | {"question": "May rec"}).json()["is_kept"]
    assert led.post(keep_url, typed).json()["is_kept"]

    back = led.get(url).content.decode()

    assert "May records come by fax?" in back
    assert 'name="draft"' in back
    assert led.post(url, typed | {"draft": "1"}).status_code == 302
    assert not Draft.objects.exists()


def test_the_draft_of_an_ask_is_thrown_away_after_a_question(
    led: Client, study_site: StudySite
) -> None:
    led.post(reverse("ask_draft", args=[study_site.pk]), {"question": "May rec"})
    url = reverse("ask_draft_throw", args=[study_site.pk])

    assert "Throw away" in led.get(url).content.decode()
    assert led.post(url).url == reverse("ask_new", args=[study_site.pk])
    assert not Draft.objects.exists()


def test_the_minutes_list_the_asks_that_were_gone_through(
    led: Client, study_site: StudySite, ask: Ask, site_lead: User
) -> None:
    review = held_open(study_site, site_lead)
    end_all(review, site_lead)

    assert f"{WORDS} Criteria clarification, asked Mon 2 Mar 2026" in words_of(
        led.get(reverse("weekly_review", args=[review.pk]))
    )


def test_an_answered_ask_is_led_to_from_the_review_and_settled(
    led: Client, study_site: StudySite, ask: Ask, site_lead: User, leads: list[Lead]
) -> None:
    answered(ask, site_lead)
    review = held_open(study_site, site_lead, NOW)
    item = item_of(review, ItemKind.ANSWERED_ASK)
    page = words_of(led.get(f"{reverse('weekly_review', args=[review.pk])}?item={item.position}"))
    assert "Answered, agreed. Settle it and free 4 leads?" in page
    assert "Settle the ask" in page

    form = led.get(reverse("ask", args=[ask.pk])).context["forms"][0]
    assert sorted(form.initial["leads"]) == sorted(str(lead.pk) for lead in leads)
    ask.refresh_from_db()
    led.post(
        reverse("ask_settle", args=[ask.pk]),
        {"seen": ask.seq, "leads": [lead.pk for lead in leads], "words": ""},
    )

    assert not Blocker.objects.filter(resolved_at__isnull=True).exists()
    assert "4 leads freed" in words_of(led.get(reverse("ask", args=[ask.pk])))


def test_after_a_no_nobody_is_proposed_to_be_freed(led: Client, ask: Ask, site_lead: User) -> None:
    answered(ask, site_lead, choice="not_agreed")

    form = led.get(reverse("ask", args=[ask.pk])).context["forms"][0]

    assert form.initial["leads"] == []


def test_an_answer_is_written_down_and_stands_in_the_list(led: Client, ask: Ask) -> None:
    answer = led.post(reverse("ask_answer", args=[ask.pk]), said(ask))

    assert answer.status_code == 302
    listed = words_of(led.get(reverse("asks")))
    assert "Answered, to be settled" in listed
    assert "Agreed Wed 4 Mar" in listed


def test_what_tells_of_a_person_comes_back_with_what_was_typed(
    led: Client, ask: Ask, leads: list[Lead]
) -> None:
    words = f"Yes for {leads[0].person.last_name} alone."
    answer = led.post(reverse("ask_answer", args=[ask.pk]), said(ask, comment=words))

    assert answer.status_code == 422
    assert "the name of a person (letters 9 to 15)" in words_of(answer)
    assert words in answer.content.decode()
    ask.refresh_from_db()
    assert ask.choice == ""


def test_a_colleague_was_first_and_what_was_typed_is_kept(
    led: Client, ask: Ask, site_lead: User
) -> None:
    answered(ask, site_lead)

    answer = led.post(reverse("ask_answer", args=[ask.pk]), said(ask, comment="Three years."))

    assert answer.status_code == 409
    assert "Ana Lead was first" in words_of(answer)
    assert "Three years." in answer.content.decode()
    ask.refresh_from_db()
    sent_again = led.post(
        reverse("ask_answer", args=[ask.pk]), said(ask, comment="Three years.", seen=ask.seq)
    )
    assert sent_again.status_code == 302


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ask_redate", {"needed_by": "2026-03-13", "reason": "They meet on Thursday."}),
        ("ask_withdraw", {"reason": "Found in the protocol."}),
    ],
)
def test_another_day_and_a_withdrawal_stand_in_the_history(
    led: Client, ask: Ask, name: str, data: dict[str, str]
) -> None:
    led.post(reverse(name, args=[ask.pk]), data | {"seen": ask.seq})

    assert data["reason"] in words_of(led.get(reverse("ask", args=[ask.pk])))


def test_the_due_time_says_how_it_came_about(led: Client, ask: Ask) -> None:
    page = words_of(led.get(reverse("ask", args=[ask.pk])))

    assert "Asked Mon 2 Mar 11:00, plus 5 business days = Mon 9 Mar 11:00" in page


def test_a_coordinator_reads_and_has_no_form(ask: Ask, coordinator: User, as_user: AsUser) -> None:
    page = as_user(coordinator).get(reverse("ask", args=[ask.pk]))

    assert WORDS in words_of(page)
    assert page.context["forms"] == []
    assert "Raise an ask" not in words_of(as_user(coordinator).get(reverse("asks")))


def test_a_question_put_to_us_is_raised_without_leads(
    led: Client, study_site: StudySite, coordinator: User
) -> None:
    url = reverse("ask_new", args=[study_site.pk])
    values = {"direction": "from_sponsor", "kind": "other", "party": "monitor", "category": ""}
    led.post(url, asked(coordinator, **values, needed_by="2026-03-12"))

    ask = Ask.objects.get()
    assert (ask.owner, ask.raised_at) == (coordinator, NOW)
    assert "The monitor asks us" in words_of(led.get(reverse("asks")))


@pytest.mark.parametrize("item", ["x", "²", "0", "9" * 30])
def test_an_item_that_is_none_is_no_address(led: Client, study_site: StudySite, item: str) -> None:
    url = reverse("ask_new", args=[study_site.pk])

    assert led.get(url, {"item": item}).status_code == 404


def test_ten_asks_cost_as_many_statements_as_one(
    led: Client,
    study_site: StudySite,
    site_lead: User,
    ask: Ask,
    count_queries: Callable[..., int],
) -> None:
    led.get(reverse("asks"))
    one = count_queries(led.get, reverse("asks"))
    for n in range(9):
        raised(study_site, site_lead, question(question=f"May it be so, number {n}?"))

    assert count_queries(led.get, reverse("asks")) == one
