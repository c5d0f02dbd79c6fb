"""Drafts over HTTP: whose they are, what they hold, when they go."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.forms.drafts import form_kinds
from recruitment.models import Draft, Lead, Role, StudySite
from recruitment.rules.drafts import MOST_LETTERS
from recruitment.services.membership import end_role
from recruitment.services.notes import add_note
from recruitment.tasks import delete_expired_uploads
from tests.factories.recruitment import make_lead, make_member

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
AGO = timedelta(hours=2)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - AGO)


def keep(client: Client, lead: Lead, key: str = "note", **typed: Any) -> HttpResponse:
    url = reverse("lead_draft", args=[lead.number, key])
    return client.post(url, {"seen": lead.version, **typed})  # type: ignore[return-value]


def page(client: Client, lead: Lead) -> str:
    return client.get(reverse("lead", args=[lead.number])).content.decode()


def test_the_result_chosen_on_the_pad_is_put_back_with_the_words_beside_it(
    desk: Client, lead: Lead
) -> None:
    chosen = 'id="log-outcome-reached" value="reached" data-key="1" data-kind="answered" checked'
    assert chosen not in page(desk, lead)

    keep(desk, lead, "log", outcome="reached", note="Can come on Mondays")

    shown = page(desk, lead)
    assert chosen in shown
    assert "Can come on Mondays" in shown
    desk.post(reverse("shield"), {"names": "hide"})
    assert chosen not in page(desk, lead), "behind the shield a draft stays away whole"


def test_a_half_typed_note_is_put_back_and_says_of_when_it_is(desk: Client, lead: Lead) -> None:
    answer = keep(desk, lead, note="Asked about park")
    assert answer.json()["said"].startswith("Draft kept ")  # type: ignore[attr-defined]

    again = keep(desk, lead, note="Asked about parking <b>")

    assert answer.status_code == again.status_code == 200
    shown = page(desk, lead)
    assert "Asked about parking &lt;b&gt;" in shown
    assert "put back." in shown
    assert reverse("lead_draft_throw", args=[lead.number, "note"]) in shown
    panel = desk.get(
        reverse("lead", args=[lead.number]), headers={"HX-Request": "true", "HX-Target": "panel"}
    )
    assert "Asked about parking &lt;b&gt;" in panel.content.decode()
    assert Draft.objects.count() == 1


def test_a_draft_outlives_signing_out_and_comes_back_in_another_session(
    coordinator: User, as_user: Callable[[User], Client], lead: Lead
) -> None:
    first = as_user(coordinator)
    keep(first, lead, note="Asked about parking")
    first.post(reverse("account_logout"))
    assert keep(first, lead, note="Lost").status_code == 302

    assert "Asked about parking" in page(as_user(coordinator), lead)


def test_a_draft_posted_by_the_page_of_somebody_signed_out_is_answered_with_401(
    lead: Lead,
) -> None:
    url = reverse("lead_draft", args=[lead.number, "note"])
    answer = Client().post(url, {"seen": 1, "note": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert not Draft.objects.exists()


def test_choices_times_and_lists_come_back_as_they_were_chosen(desk: Client, lead: Lead) -> None:
    answer = keep(
        desk, lead, "move", to="contacted", due="pick", due_date="2031-03-04", detail="Ring the son"
    )
    assert answer.status_code == 200
    shown = page(desk, lead)
    assert 'value="2031-03-04"' in shown
    assert 'value="Ring the son"' in shown


def test_a_half_logged_contact_comes_back_with_its_fields_open(desk: Client, lead: Lead) -> None:
    assert keep(desk, lead, "log", note="She will ring back", channel="phone").status_code == 200
    shown = page(desk, lead)
    assert "She will ring back" in shown
    box = shown.split('data-key="n"')[1].split(">")[0]
    assert "checked" in box


def test_only_what_was_typed_is_kept_never_tokens_or_versions(desk: Client, lead: Lead) -> None:
    keep(
        desk,
        lead,
        note="Words",
        csrfmiddlewaretoken="secret",
        once="key",
        back="queue",
        draft="1",
    )
    draft = Draft.objects.get()
    assert draft.words == {"note": ["Words"]}
    assert draft.seen == lead.version


def test_a_form_emptied_again_leaves_no_draft(desk: Client, lead: Lead) -> None:
    keep(desk, lead, note="Words")
    assert keep(desk, lead, note="").json() == {"said": "", "is_kept": False}  # type: ignore[attr-defined]
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"note": "x" * (MOST_LETTERS + 1)}, 422),
        ({f"f{n}": "x" for n in range(61)}, 422),
        ({"x" * 41: "x"}, 422),
        ({"no-such.name": "x"}, 422),
        ({"note": "bell \x07"}, 422),
        ({"note": "zero \x00"}, 422),
        (
            {"note": "half \ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace")},
            200,
        ),
        ({"note": "fine \u202e \U0001f600 \u200b"}, 200),
        ({"note": "x", "seen": "-1"}, 422),
        ({"note": "x", "seen": "9" * 30}, 422),
        ({"note": "x", "seen": "one"}, 422),
    ],
)
def test_too_much_or_what_cannot_be_kept_is_refused_with_a_sentence(
    typed: dict[str, str], status: int, desk: Client, lead: Lead
) -> None:
    url = reverse("lead_draft", args=[lead.number, "note"])
    answer = desk.post(url, {"seen": lead.version} | typed)
    assert answer.status_code == status
    assert bool(answer.json()["said"])
    assert Draft.objects.count() == (status == 200)


def test_saving_the_form_deletes_its_draft_and_no_other(desk: Client, lead: Lead) -> None:
    keep(desk, lead, note="Words")
    keep(desk, lead, "action", detail="Later")
    data = {"seen": lead.version, "note": "Words", "once": "k1", "draft": "1"}

    assert desk.post(reverse("lead_note", args=[lead.number]), data).status_code == 302

    assert [draft.form for draft in Draft.objects.all()] == ["action"]


def test_a_refused_form_keeps_its_draft(desk: Client, lead: Lead) -> None:
    keep(desk, lead, note="Words")
    data = {"seen": lead.version, "note": "", "draft": "1"}
    assert desk.post(reverse("lead_note", args=[lead.number]), data).status_code == 422
    assert Draft.objects.count() == 1


def test_throwing_a_draft_away_asks_without_scripts_and_is_done_at_once_in_the_panel(
    desk: Client, lead: Lead
) -> None:
    url = reverse("lead_draft_throw", args=[lead.number, "note"])
    keep(desk, lead, note="Words of mine")
    assert "Throw away" in desk.get(url).content.decode()
    assert Draft.objects.count() == 1
    assert desk.post(url).status_code == 302
    assert not Draft.objects.exists()

    keep(desk, lead, note="Words of mine")
    panel = desk.post(url, headers={"HX-Request": "true", "HX-Target": "panel"})
    assert "Words of mine" not in panel.content.decode()
    assert not Draft.objects.exists()


def test_a_draft_behind_the_shield_is_neither_written_over_nor_sent_away(
    desk: Client, lead: Lead
) -> None:
    keep(desk, lead, note="Asked about parking")
    desk.post(reverse("shield"))
    form = page(desk, lead).split('id="do-note"')[1].split("</form>")[0]
    assert 'name="draft"' not in form  # with it, sending would delete what the form does not show
    assert "It comes back when names are shown again" in form

    for typed in ("Other words", ""):
        answer = keep(desk, lead, note=typed)
        assert answer.status_code == 422
        assert "show names again first" in answer.json()["said"]  # type: ignore[attr-defined]
    desk.post(reverse("lead_note", args=[lead.number]), {"seen": lead.version, "note": "Sent"})
    assert Draft.objects.get().words == {"note": ["Asked about parking"]}

    assert keep(desk, lead, note="Kept by this page", draft="1").status_code == 200
    desk.post(reverse("shield"), {"names": "show"})
    assert keep(desk, lead, note="Names are shown").status_code == 200


def test_nobody_sees_or_throws_away_a_colleagues_draft(
    desk: Client, lead: Lead, as_user: Callable[[User], Client], site_lead: User
) -> None:
    keep(desk, lead, note="Words of mine")
    colleague = as_user(site_lead)
    assert "Words of mine" not in page(colleague, lead)
    colleague.post(reverse("lead_draft_throw", args=[lead.number, "note"]))
    keep(colleague, lead, note="Hers")
    assert Draft.objects.count() == 2
    assert "Words of mine" in page(desk, lead)


def test_strangers_and_reviewers_keep_nothing_and_unknown_forms_are_not_found(
    lead: Lead,
    as_user: Callable[[User], Client],
    outsider: User,
    reviewer: User,
    desk: Client,
) -> None:
    assert keep(as_user(outsider), lead, note="x").status_code == 404
    assert keep(as_user(reviewer), lead, note="x").status_code == 403
    assert keep(desk, lead, "no-such-form", note="x").status_code == 404
    assert not Draft.objects.exists()


def test_a_draft_says_when_the_lead_has_changed_since(
    desk: Client, lead: Lead, site_lead: User
) -> None:
    keep(desk, lead, note="Words")
    add_note(lead=lead, text="First", by=site_lead, at=timezone.now())
    assert "The lead has changed since." in page(desk, lead)


def test_drafts_a_week_old_and_those_of_leads_no_longer_seen_are_deleted_hourly(
    desk: Client,
    lead: Lead,
    study_site: StudySite,
    as_user: Callable[[User], Client],
    site_lead: User,
) -> None:
    gone = make_member(Role.COORDINATOR, study_site)
    keep(as_user(gone), lead, note="Of somebody who leaves")
    keep(desk, lead, note="Fresh")
    keep(desk, lead, "action", detail="Old")
    Draft.objects.filter(form="action").update(saved_at=timezone.now() - timedelta(days=8))
    membership = gone.memberships.get()
    end_role(membership=membership, by=site_lead, at=timezone.now())
    assert keep(as_user(gone), lead, note="After").status_code == 404

    deleted = [delete_expired_uploads(), delete_expired_uploads()]

    assert deleted == [2, 0]
    assert [draft.words for draft in Draft.objects.all()] == [{"note": ["Fresh"]}]


def test_every_form_about_a_lead_has_a_key_that_an_address_can_hold() -> None:
    kinds = form_kinds()
    assert {"note", "log"} <= {*kinds}
    assert all(key.replace("-", "").replace("_", "").isalnum() for key in kinds)
    assert max(len(key) for key in kinds) <= 40


def test_keeping_a_draft_takes_a_handful_of_statements(
    desk: Client, lead: Lead, count_queries: Callable[..., int]
) -> None:
    keep(desk, lead, note="Words")
    assert count_queries(keep, desk, lead, note="More words") <= 12
