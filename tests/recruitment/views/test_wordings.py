"""Approved wording: kept with its approval only, changed as the next version, copied as it is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import ApprovedWording, Lead, Person, Site, StudySite
from recruitment.queries.approved_wording import wordings_for
from recruitment.rules.vocabulary import Channel
from recruitment.rules.wording import LANGUAGES, language_of
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.setup import ApprovedWordingFactory
from tests.recruitment.views.lead_steps import PANEL, words_of

SignIn = Callable[[User], Client]
WORDS = "This is the clinic. Please call us back on {callback}."
GOOD: dict[str, Any] = {
    "use": "voicemail",
    "language": "en",
    "text": WORDS,
    "approval_reference": "IRB-2026-14",
    "approved_version": "v2",
    "approved_on": "2026-02-01",
}


@pytest.fixture
def admin(administrator: User, as_user: SignIn) -> Client:
    return as_user(administrator)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    Site.objects.filter(pk=study_site.site_id).update(call_back_phone="+16175550100")
    study_site.refresh_from_db()
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - timedelta(hours=2))


def test_wording_is_added_changed_as_the_next_version_and_retired(
    admin: Client, study_site: StudySite
) -> None:
    study = study_site.study
    added = admin.post(reverse("wording_add", args=[study.pk]), GOOD, follow=True)
    first = ApprovedWording.objects.get()
    changed = GOOD | {"text": "Clinic here. Call {callback}.", "approved_version": "v3"}
    admin.post(reverse("wording_edit", args=[first.pk]), changed)
    second = ApprovedWording.objects.get(retired_at=None)
    stale = admin.post(reverse("wording_edit", args=[first.pk]), changed)
    admin.post(reverse("wording_retire", args=[second.pk]))
    page = admin.get(reverse("wordings", args=[study.pk]))

    assert "The wording is in force." in words_of(added)
    assert "Approval IRB-2026-14, version v2" in words_of(added)
    assert (second.version, second.approved_version) == (2, "v3")
    assert stale.status_code == 422
    assert "changed or retired this wording meanwhile" in words_of(stale)
    assert not ApprovedWording.objects.filter(retired_at=None).exists()
    assert "No approved wording yet" in words_of(page)
    assert "Version 2, retired" in words_of(page)


def test_the_same_words_again_make_no_new_version(admin: Client, study_site: StudySite) -> None:
    admin.post(reverse("wording_add", args=[study_site.study_id]), GOOD)
    row = ApprovedWording.objects.get()

    admin.post(reverse("wording_edit", args=[row.pk]), GOOD)

    assert ApprovedWording.objects.get() == row


def test_a_second_one_for_the_same_use_and_language_is_refused(
    admin: Client, study_site: StudySite
) -> None:
    url = reverse("wording_add", args=[study_site.study_id])
    admin.post(url, GOOD)

    answer = admin.post(url, GOOD)

    assert answer.status_code == 422
    assert "Voicemail in English has wording in force. Change that one" in words_of(answer)
    assert ApprovedWording.objects.count() == 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"text": ""}, "Write the wording first."),
        ({"text": "\u200b \u200b"}, "Write the wording first."),
        ({"text": "x" * 1001 + "{callback}"}, "At most 1,000 characters."),
        ({"text": "Please call."}, "A voicemail names the number to call: write {callback}."),
        ({"text": "Hello {name}, call {callback}."}, "Only {callback} may stand in braces."),
        ({"text": "You are eligible. Call {callback}."}, "only the study team may say"),
        ({"text": "Call {callback}\x00"}, "cannot be printed"),
        ({"approval_reference": ""}, "Write the reference of the approval."),
        ({"approval_reference": "x" * 61}, "At most 60 characters."),
        ({"approved_version": " "}, "Write which version was approved."),
        ({"approved_on": ""}, "Give the day of the approval."),
        ({"approved_on": "01/02/2026"}, "Write the day as 2026-11-30."),
        ({"approved_on": "2031-01-01"}, "The day of the approval lies in the future."),
        ({"use": ""}, "Choose what it is for."),
        ({"use": "fax"}, "not one of the available choices"),
        ({"language": ""}, "Choose the language."),
        ({"language": "klingon"}, "not one of the available choices"),
    ],
)
def test_bad_wording_is_refused_with_a_sentence_and_nothing_is_kept(
    admin: Client, study_site: StudySite, bad: dict[str, str], said: str
) -> None:
    answer = admin.post(reverse("wording_add", args=[study_site.study_id]), GOOD | bad)

    assert answer.status_code == 422
    assert said in words_of(answer)
    assert not ApprovedWording.objects.exists()


def test_the_panel_offers_the_wording_in_the_persons_language_with_the_number(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    study = lead.study_site.study
    ApprovedWordingFactory(study=study)
    ApprovedWordingFactory(study=study, language="es", text="Llámenos al {callback}.")
    Person.objects.filter(pk=lead.person_id).update(language="Spanish (Mexico)")

    page = as_user(coordinator).get(reverse("lead", args=[lead.number]), headers=PANEL)

    html = page.content.decode()
    assert (
        '<p class="wording__text" id="wording-voicemail" lang="es">Llámenos al +16175550100.'
        in (html)
    )
    assert "IRB-2026-14, version v2" in html
    assert "Please call us back" not in html


def test_wording_for_a_channel_that_is_refused_is_not_offered(lead: Lead) -> None:
    study = lead.study_site.study
    for use in ("voicemail", "text", "email"):
        ApprovedWordingFactory(study=study, use=use)

    shown = wordings_for(lead, refused={Channel.TEXT: "A text message needs a recorded yes."})

    assert [row.use for row in shown] == ["voicemail", "email"]


def test_without_a_number_to_call_back_no_sentence_with_a_gap_is_offered(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    ApprovedWordingFactory(study=study_site.study)
    ApprovedWordingFactory(study=study_site.study, use="email", text="We tried to reach you.")

    assert [row.use for row in wordings_for(lead, refused={})] == ["email"]


def test_retired_wording_is_offered_no_more(
    lead: Lead, admin: Client, coordinator: User, as_user: SignIn
) -> None:
    row = ApprovedWordingFactory(study=lead.study_site.study)
    client, url = as_user(coordinator), reverse("lead", args=[lead.number])
    before = client.get(url, headers=PANEL).content.decode()

    admin.post(reverse("wording_retire", args=[row.pk]))

    assert 'id="wording-voicemail"' in before
    assert 'id="wording-voicemail"' not in client.get(url, headers=PANEL).content.decode()


def test_every_language_is_known_by_its_name_however_it_is_written() -> None:
    for code, name in LANGUAGES.items():
        assert language_of(f"  {name.upper()}, some dialect") == code
    assert language_of("Klingon") == ""
    assert language_of("") == ""


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("approved_wording_use_is_known", {"use": "fax"}),
        ("approved_wording_is_approved", {"text": ""}),
        ("approved_wording_is_approved", {"approval_reference": ""}),
        ("approved_wording_is_approved", {"approved_version": ""}),
        ("approved_wording_retired_later", {"retired_at": MONDAY - timedelta(days=1)}),
    ],
)
def test_the_database_refuses_wording_that_is_not_approved(
    db: None, name: str, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=name):
        ApprovedWordingFactory(**values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("approved_wording_once", {"retired_at": MONDAY}),
        ("approved_wording_one_in_force", {"version": 2}),
    ],
)
def test_the_database_keeps_one_version_once_and_one_in_force(
    db: None, name: str, values: dict[str, Any]
) -> None:
    first = ApprovedWordingFactory(approved_on=date(2026, 1, 1))
    with pytest.raises(IntegrityError, match=name):
        ApprovedWordingFactory(study=first.study, **values)
