"""Views of the queue that are kept under a name: one's own, shared, and what they count."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.models.desk import SavedView
from recruitment.services.saved_views import MOST_VIEWS, save_view
from tests.factories.recruitment import (
    StudySiteFactory,
    make_lead,
    make_member,
)
from tests.recruitment.views.queue_pages import get

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)


def test_a_view_is_saved_renamed_and_deleted_with_plain_forms(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    add = f"{reverse('saved_view_add')}?tab=mine&stage=new_inquiry"

    saved = client.post(add, {"name": "  New   ones ", "site": ""})
    again = client.post(add, {"name": "New ones", "site": ""})
    view = SavedView.objects.get()
    html = get(client)

    assert saved.status_code == 302
    assert saved["Location"] == f"{reverse('queue')}?tab=mine&stage=new_inquiry"
    assert again.status_code == 422
    assert "You have a view of this name already." in again.content.decode()
    assert (view.name, view.query) == ("New ones", "tab=mine&stage=new_inquiry")
    assert re.search(r"<bdi>New ones</bdi></span><span class=\"n\">1</span>", html)

    client.post(reverse("saved_view", args=[view.pk]), {"name": "Fresh", "site": ""})
    view.refresh_from_db()
    assert view.name == "Fresh"

    for _ in range(2):  # pressed twice
        gone = client.post(reverse("saved_view_delete", args=[view.pk]))
        assert gone.status_code == 302
    assert not SavedView.objects.exists()
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "Give the view a name."),
        ({"name": "x" * 61}, "At most 60 characters."),
        ({"name": "a\x07b"}, "cannot be printed"),
        ({"name": "x", "site": "999999"}, "Select a valid choice"),
    ],
)
def test_a_view_that_cannot_be_is_refused_in_a_sentence(
    given: dict[str, str], sentence: str, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    response = as_user(coordinator).post(f"{reverse('saved_view_add')}?tab=mine", given)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not SavedView.objects.exists()


def test_a_shared_view_shows_each_reader_what_she_may_read_and_only_its_maker_may_change_it(
    study_site: StudySite, coordinator: User, site_lead: User, outsider: User, as_user: SignIn
) -> None:
    other = StudySiteFactory(site=study_site.site)  # another study at the same site
    make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    make_lead(other, owner=site_lead, received_at=timezone.now() - HOUR)
    lead_of_all = make_member(Role.SITE_LEAD, study_site.site)
    add = f"{reverse('saved_view_add')}?tab=team"
    as_user(lead_of_all).post(add, {"name": "Everybody", "site": study_site.site_id})
    view = SavedView.objects.get()

    def counted(user: User) -> list[str]:
        found = r'<bdi>Everybody</bdi>.*?<span class="n">(\d+)</span>'
        return re.findall(found, get(as_user(user)), re.DOTALL)

    assert counted(lead_of_all) == ["2"]
    assert counted(coordinator) == ["1"]
    assert counted(outsider) == []
    change = reverse("saved_view", args=[view.pk])
    assert as_user(coordinator).post(change, {"name": "Mine now"}).status_code == 404
    as_user(coordinator).post(reverse("saved_view_delete", args=[view.pk]))
    assert SavedView.objects.get().name == "Everybody"


def test_nobody_saves_views_without_end(study_site: StudySite, coordinator: User) -> None:
    now = timezone.now()
    for n in range(MOST_VIEWS):
        save_view(by=coordinator, name=f"View {n}", query="tab=mine", site=None, at=now)

    with pytest.raises(Exception, match="At most 30 views"):
        save_view(by=coordinator, name="One more", query="tab=mine", site=None, at=now)
