"""The settings page of a study's own reasons."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import StudySite, SubReason
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]


def test_a_reason_is_added_reworded_and_retired_on_its_pages(
    study_site: StudySite, administrator: User, as_user: SignIn
) -> None:
    client, study = as_user(administrator), study_site.study
    listed = reverse("sub_reason_list", args=[study.pk])
    add = reverse("sub_reason_add", args=[study.pk])
    assert "No reasons of its own yet" in words_of(client.get(listed))

    missing = client.post(add, {"under": "", "label": ""})
    judging = client.post(add, {"under": "close:burden_travel", "label": "Not eligible"})
    saved = client.post(add, {"under": "blocker:travel", "label": "Winter roads"})

    assert missing.status_code == judging.status_code == 422
    assert "Choose the reason that it stands under." in words_of(missing)
    assert "only the study team may say" in words_of(judging)
    assert saved.status_code == 302
    row = SubReason.objects.get()
    page = words_of(client.get(listed))
    assert "When something stops a lead Travel or transport Winter roads" in page

    client.post(reverse("sub_reason_edit", args=[row.pk]), {"label": "Snow on the roads"})
    new = SubReason.objects.get(retired_at=None)
    late = client.post(reverse("sub_reason_edit", args=[row.pk]), {"label": "Ice"})
    client.post(reverse("sub_reason_retire", args=[new.pk]))

    assert (new.label, new.version) == ("Snow on the roads", 2)
    assert late.status_code == 422
    assert "changed or retired this reason meanwhile" in words_of(late)
    assert not SubReason.objects.filter(retired_at=None).exists()
    assert "Retired Snow on the roads Version 2" in words_of(client.get(listed))
