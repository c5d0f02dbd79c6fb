"""Drafts of the forms that have a page of their own: kept, put back, gone once they are sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.forms.drafts import OWN_FORMS
from recruitment.models import Draft, Role, StudySite
from recruitment.services.membership import end_role
from recruitment.services.notes import add_note
from recruitment.tasks import delete_expired_uploads
from tests.factories.recruitment import make_member
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.views.page_forms import PAGE_FORMS, WORDS, Desk, desk_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
AGO = timedelta(hours=2)


@pytest.fixture
def desk(study_site: StudySite, coordinator: User, as_user: Callable[[User], Client]) -> Desk:
    return desk_of(study_site, coordinator, as_user(coordinator))


every_form = pytest.mark.parametrize("form", PAGE_FORMS)


@every_form
def test_what_was_typed_stands_in_the_form_again_and_says_of_when(form: str, desk: Desk) -> None:
    assert desk.keep(form).json()["said"].startswith("Draft kept ")  # type: ignore[attr-defined]

    shown = desk.page(form)

    assert WORDS in shown
    assert "put back." in shown
    assert "Throw away" in shown
    assert 'name="draft" value="1"' in shown


@every_form
def test_it_outlives_signing_out(
    form: str, desk: Desk, coordinator: User, as_user: Callable[[User], Client]
) -> None:
    desk.keep(form)
    desk.client.post(reverse("account_logout"))
    assert WORDS in desk.page(form, as_user(coordinator))


@every_form
def test_sending_the_form_throws_it_away(form: str, desk: Desk) -> None:
    desk.keep(form)
    answer = desk.send(form)
    assert answer.status_code in {200, 302}, words_of(answer)
    assert not Draft.objects.exists(), words_of(answer)


@every_form
def test_a_refused_form_keeps_it_and_is_kept_again_as_it_was_sent(form: str, desk: Desk) -> None:
    desk.keep(form)
    emptied = {"reach": "", "phone": "", "owner": "", "receiver": "", "decided_by": ""}
    emptied |= {"due_date": "", "reason": "no such reason" if form == "several-close" else ""}
    answer = desk.send(form, **emptied)
    assert answer.status_code == 422
    assert Draft.objects.count() == 1
    assert "data-typed" in answer.content.decode()


@every_form
def test_behind_the_shield_it_stays_away_and_is_neither_overwritten_nor_deleted(
    form: str, desk: Desk
) -> None:
    desk.keep(form)
    kept = Draft.objects.get().words
    desk.client.post(reverse("shield"))

    shown = desk.page(form)

    assert WORDS not in shown
    assert "It comes back when names are shown again" in shown
    assert desk.keep(form, reason="Other words").status_code == 422
    if form == "pass-on":
        values = desk.typed(form)
        assert desk.client.post(desk.address(form), values).status_code == 302
    assert Draft.objects.get().words == kept
    desk.client.post(reverse("shield"), {"names": "show"})
    assert WORDS in desk.page(form)


@every_form
def test_nobody_is_shown_a_colleagues_draft_or_throws_it_away(
    form: str, desk: Desk, site_lead: User, as_user: Callable[[User], Client]
) -> None:
    desk.keep(form)
    colleague = as_user(site_lead)
    assert WORDS not in desk.page(form, colleague)
    if form in OWN_FORMS:
        colleague.post(reverse("own_draft_throw", args=[form]))
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("form", OWN_FORMS)
def test_throwing_it_away_asks_first_and_leads_to_the_empty_form(form: str, desk: Desk) -> None:
    desk.keep(form)
    url = reverse("own_draft_throw", args=[form])
    assert "Throw away" in desk.client.get(url).content.decode()
    assert Draft.objects.count() == 1

    assert desk.client.post(url)["Location"] == desk.address(form)

    assert not Draft.objects.exists()
    assert WORDS not in desk.page(form)


@pytest.mark.parametrize("form", [key for key in OWN_FORMS if key.startswith("several-")])
def test_a_look_keeps_the_form_and_leads_back_to_it_with_its_leads(form: str, desk: Desk) -> None:
    values = desk.typed(form) | {"do": form.removeprefix("several-"), "step": "look"}

    look = desk.client.post(reverse("leads_bulk"), values).content.decode()

    assert "Nothing is written yet" in look
    back = desk.client.get(reverse("leads_bulk")).content.decode()
    assert WORDS in back
    assert desk.lead.number in back


def test_without_a_draft_the_address_of_several_leads_says_where_to_choose_them(
    desk: Desk,
) -> None:
    assert "Choose at least one lead." in desk.page("several-close")


def test_a_tick_taken_off_comes_back_off(desk: Desk) -> None:
    desk.keep("add-lead")
    box = desk.page("add-lead").split('name="is_mine"')[1].split(">")[0]
    assert "checked" not in box


def test_that_somebody_was_told_of_a_likeness_is_not_kept(desk: Desk) -> None:
    desk.keep("add-lead", confirmed="1", once="key")
    assert not {"confirmed", "once"} & {*Draft.objects.get().words}
    assert 'name="confirmed" value="1"' not in desk.page("add-lead")


def test_strangers_keep_nothing_and_an_unknown_form_is_not_found(
    desk: Desk, reviewer: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(reviewer)
    assert desk.keep("add-lead", client).status_code == 403
    assert client.post(reverse("own_draft", args=["no-such-form"])).status_code == 404
    signed_out = desk.client.post(reverse("account_logout"))
    assert signed_out.status_code == 302
    assert desk.keep("pass-on").status_code == 302
    assert not Draft.objects.exists()


def test_too_much_is_refused_with_a_sentence(desk: Desk) -> None:
    answer = desk.keep("pass-on", text="x" * 13_000)
    assert answer.status_code == 422
    assert "at most 12,000 characters" in answer.json()["said"]  # type: ignore[attr-defined]


def test_drafts_without_a_lead_go_after_a_week_and_with_the_last_part_of_their_writer(
    desk: Desk, study_site: StudySite, site_lead: User, as_user: Callable[[User], Client]
) -> None:
    gone = make_member(Role.COORDINATOR, study_site)
    desk.keep("pass-on", as_user(gone))
    desk.keep("pass-on")
    desk.keep("add-lead")
    Draft.objects.filter(form="add-lead").update(saved_at=timezone.now() - timedelta(days=8))
    end_role(membership=gone.memberships.get(), by=site_lead, at=timezone.now())

    assert [delete_expired_uploads(), delete_expired_uploads()] == [2, 0]

    assert [draft.form for draft in Draft.objects.all()] == ["pass-on"]


def test_the_close_of_the_day_leads_to_every_form_that_was_left(desk: Desk) -> None:
    for form in PAGE_FORMS:
        desk.keep(form)

    page = desk.client.get(reverse("close_out")).content.decode()

    for own in OWN_FORMS.values():
        assert f'href="{reverse(own.url_name)}">{own.title}</a>' in page
    assert f'href="{desk.address("handoff")}"' in page


def test_a_hand_off_of_a_lead_that_a_colleague_changed_is_answered_with_409_and_mine_kept(
    desk: Desk, site_lead: User
) -> None:
    add_note(lead=desk.lead, text="First", by=site_lead, at=timezone.now())
    desk.lead.refresh_from_db()

    answer = desk.send("handoff", seen=desk.lead.version - 1)

    assert answer.status_code == 409
    said = words_of(answer)
    assert f"{site_lead.name} was first" in said
    assert WORDS in said
    assert desk.send("handoff", seen=desk.lead.version).status_code == 302
