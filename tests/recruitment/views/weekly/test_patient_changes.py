"""Changes after patient input on their pages."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import PatientGroupChange, StudySite
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
WORDS = "Parking is told of before the first visit."


def typed(**values: str) -> dict[str, str]:
    today = f"{timezone.now():%Y-%m-%d}"
    usual = {"topic": "costs", "target": "burden", "on": today, "words": WORDS}
    return usual | values


def test_a_lead_writes_one_down_and_takes_it_back(
    study_site: StudySite, site_lead: User, coordinator: User, as_user: AsUser
) -> None:
    client, page = as_user(site_lead), reverse("patient_changes")
    add = reverse("patient_change_add", args=[study_site.pk])
    assert page in client.get(reverse("weekly_reviews")).content.decode()
    assert add in client.get(page).content.decode()
    assert client.get(add).status_code == 200

    listed = client.post(add, typed(on="2026-03-01"), follow=True).content.decode()
    (change,) = PatientGroupChange.objects.all()
    void = reverse("patient_change_void", args=[change.pk])
    assert WORDS in listed
    assert void in listed
    seen = as_user(coordinator).get(page).content.decode()
    assert WORDS in seen
    assert void not in seen
    after = client.post(void, follow=True).content.decode()

    assert "Taken back by Ana Lead" in after
    assert void not in after


def test_what_is_typed_stays_beside_the_sentence_and_a_false_hit_is_confirmed(
    study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Ada", last_name="Summer"))
    client, add = as_user(site_lead), reverse("patient_change_add", args=[study_site.pk])

    empty = client.post(add, {})
    ahead = client.post(add, typed(on="2027-11-02"))
    hit = client.post(add, typed(words="Rooms are cool in Summer."))
    form = hit.context["form"]
    assert set(empty.context["form"].errors) == {"topic", "target", "on", "words"}
    assert "today or an earlier one" in ahead.content.decode()
    assert (empty.status_code, ahead.status_code, hit.status_code) == (422, 422, 422)
    assert "the name of a person (letters 19 to 24)" in hit.content.decode()
    again = {name: form[name].value() or "" for name in form.fields} | {"is_no_hit": "on"}

    assert client.post(add, again).status_code == 302
    assert PatientGroupChange.objects.get().words == "Rooms are cool in Summer."


def test_nobody_else_writes_and_other_sites_are_not_there(
    study_site: StudySite,
    site_lead: User,
    coordinator: User,
    outsider: User,
    sponsor_viewer: User,
    as_user: AsUser,
) -> None:
    add = reverse("patient_change_add", args=[study_site.pk])
    elsewhere = reverse("patient_change_add", args=[StudySiteFactory().pk])

    assert as_user(coordinator).post(add, typed()).status_code == 403
    assert as_user(outsider).post(add, typed()).status_code == 404
    assert as_user(sponsor_viewer).get(reverse("patient_changes")).status_code == 404
    assert as_user(site_lead).post(elsewhere, typed()).status_code == 404
    assert not PatientGroupChange.objects.exists()
