"""Adding a lead by hand: what is kept, what is shown first, what is refused."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Blocker, Lead, Source, StudySite
from recruitment.rules.vocabulary import ContactBasis
from tests.factories.recruitment import (
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
)

SignIn = Callable[[User], Client]


@pytest.fixture
def given(study_site: StudySite, source: Source) -> dict[str, object]:
    return {
        "study_site": study_site.pk,
        "source": source.pk,
        "first_name": "Marisol",
        "last_name": "Okafor",
        "phone": "(617) 555-0142",
        "email": "Marisol@Example.org",
        "birth_year": "1968",
        "may_text": "unknown",
        "language": "English",
        "is_mine": "on",
        "once": "one",
    }


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_a_lead_is_added_with_its_person_permissions_and_first_action(
    given: dict[str, object], coordinator: User, as_user: SignIn
) -> None:
    response = as_user(coordinator).post(reverse("lead_add"), given)

    lead = Lead.objects.get()
    assert response["Location"] == reverse("lead", args=[lead.number])
    assert lead.owner == coordinator
    assert lead.person.display_name == "Marisol Okafor"
    values = set(lead.person.contact_points.values_list("value", flat=True))
    assert values == {"+16175550142", "marisol@example.org"}
    states = dict(lead.person.permissions.values_list("channel", "state"))
    assert states == {"phone": "yes", "email": "unknown", "text": "unknown"}
    assert lead.next_actions.filter(ended_at=None).exists()


def test_the_same_form_sent_twice_makes_one_lead(
    given: dict[str, object], coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)

    for _ in range(2):
        client.post(reverse("lead_add"), given | {"confirmed": "1"})

    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Ada"},
        {"last_name": "Sample"},
        {"phone": "(617) 555-0199"},
        {"email": "ada@example.org"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_same_form_filled_in_for_somebody_else_makes_another_lead(
    other: dict[str, str], given: dict[str, object], coordinator: User, as_user: SignIn
) -> None:
    client, sure = as_user(coordinator), {"confirmed": "1"}

    client.post(reverse("lead_add"), given | sure)
    client.post(reverse("lead_add"), given | sure | other)

    assert Lead.objects.count() == 2
    # A keyed hash, so nothing that was typed can be read out of the key.
    keys = [str(key) for key in Lead.objects.values_list("once_key", flat=True)]
    assert all(re.fullmatch(rf"entry:{coordinator.pk}:[0-9a-f]{{64}}", key) for key in keys)


@pytest.mark.parametrize(
    ("known", "shared"),
    [
        ({"phones": ("+16175550142",), "emails": ()}, "Same phone."),
        ({"phones": (), "emails": ("marisol@example.org",)}, "Same e-mail."),
        (
            {"first_name": "OKAFOR", "last_name": "Marisol", "birth_year": 1968},
            "Same name and birth year.",
        ),
    ],
)
def test_who_may_be_the_same_person_is_shown_first_and_nothing_is_saved_or_merged(
    known: dict[str, object],
    shared: str,
    given: dict[str, object],
    study_site: StudySite,
    coordinator: User,
    as_user: SignIn,
) -> None:
    other = make_lead(study_site, received_at=timezone.now(), enquirer=make_enquirer(7, **known))
    client = as_user(coordinator)

    shown = client.post(reverse("lead_add"), given)
    html = shown.content.decode()
    assert shown.status_code == 200
    assert Lead.objects.count() == 1
    assert reverse("lead", args=[other.number]) in html
    assert shared in words_of(html)
    assert 'value="Marisol"' in html
    assert 'name="confirmed" value="1"' in html

    client.post(reverse("lead_add"), given | {"confirmed": "1"})

    assert Lead.objects.count() == 2
    assert Lead.objects.exclude(pk=other.pk).get().person_id != other.person_id


def test_a_lead_that_one_may_not_see_is_never_hinted_at(
    given: dict[str, object], coordinator: User, as_user: SignIn
) -> None:
    make_lead(
        StudySiteFactory(),
        received_at=timezone.now(),
        enquirer=make_enquirer(7, phones=("+16175550142",)),
    )

    response = as_user(coordinator).post(reverse("lead_add"), given)

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"phone": "", "email": ""}, "Give a phone number or an e-mail address."),
        ({"phone": "555-0142"}, "This is not a number that can be dialed."),
        ({"email": "marisol at example"}, "This is not an e-mail address."),
        ({"birth_year": "68"}, "Write the year in four digits, such as 1968."),
        ({"first_name": "x" * 201}, "At most 200 characters."),
        ({"stated_interest": "x" * 301}, "At most 300 characters."),
        ({"study_site": "999999"}, "Select a valid choice"),
        ({"source": ""}, "This field is required."),
    ],
)
def test_bad_input_is_refused_at_its_field_and_kept(
    changed: dict[str, str],
    sentence: str,
    given: dict[str, object],
    coordinator: User,
    as_user: SignIn,
) -> None:
    response = as_user(coordinator).post(reverse("lead_add"), given | changed)

    assert response.status_code == 422
    assert sentence in words_of(response.content.decode())
    assert 'value="Okafor"' in response.content.decode()
    assert not Lead.objects.exists()


def test_a_source_of_another_study_is_refused(
    given: dict[str, object], coordinator: User, as_user: SignIn
) -> None:
    other = SourceFactory()

    response = as_user(coordinator).post(reverse("lead_add"), given | {"source": other.pk})

    assert response.status_code == 422


def test_a_lead_without_a_contact_basis_is_kept_but_blocked_from_contact(
    given: dict[str, object], source: Source, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)

    client.post(reverse("lead_add"), given | {"basis": ContactBasis.MISSING})

    lead = Lead.objects.get()
    assert Blocker.objects.get(lead=lead).category == "consent_to_contact_missing"
    html = client.get(reverse("lead", args=[lead.number])).content.decode()
    assert "No permission to contact" in html
    assert "tel:" not in html
