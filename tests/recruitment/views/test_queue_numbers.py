"""The numbers around the queue: what they add up to, when they are fresh, where they stop."""

import html as html_lib
import re
from collections.abc import Callable
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.models.desk import SavedView
from recruitment.queries.queue import Limits, Queue
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.services.membership import grant_role
from recruitment.services.saved_views import change_view, save_view
from tests.factories.recruitment import StudyFactory, StudySiteFactory, make_lead
from tests.recruitment.views.many_leads import copies_of
from tests.recruitment.views.queue_pages import get
from tests.recruitment.views.test_queue_desk import DAY, HOUR, SignIn, checks_of, rows_of


def test_the_stale_tile_is_what_recovery_counts_and_those_in_their_call_back_window(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    """D17: no staleness, and yet nobody works on them; the tile says how many, with a link."""
    now = timezone.now()
    for owner, stale_at, stage in (
        (coordinator, now - HOUR, Stage.CONTACTED),
        (coordinator, now - HOUR, Stage.NO_RESPONSE),
        (coordinator, now + DAY, Stage.NO_RESPONSE),
        (None, now + DAY, Stage.NO_RESPONSE),
        (coordinator, now + DAY, Stage.CONTACTED),
    ):
        lead = make_lead(study_site, owner=owner, received_at=now - 2 * DAY)
        Lead.objects.filter(pk=lead.pk).update(stale_at=stale_at, stage=stage)
    client = as_user(coordinator)

    for tab, windows in (("team", 2), ("mine", 1), ("unowned", 1)):
        response = client.get(reverse("queue"), {"tab": tab, "bucket": "stale"})
        tile = next(tile for tile in response.context["tiles"] if tile["code"] == "stale")
        assert strip_tags(tile["note"]) == f"{windows} in call-back window"
        html = response.content.decode()
        assert f"{windows} wait{'s' if windows == 1 else ''} in a call-back window</a>" in html
        recovery = client.get(response.context["tabs"][-1]["url"]).context
        if tab == "team":
            assert recovery["total"] == response.context["tabs"][-1]["count"] == 2
            assert tile["count"] == recovery["total"] + recovery["call_back"]["total"] == 4
        assert len(rows_of(html)) == tile["count"]


def test_the_strip_says_that_it_counts_in_all_studies_whatever_the_list_is_narrowed_to(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    make_lead(study_site, received_at=timezone.now() - HOUR)
    html = get(as_user(coordinator), "tab=mine&study=999999&stage=scheduled")
    assert "In all my studies:" in html
    assert checks_of(html)["without owner"][1] == 1


def test_leads_without_an_owner_say_once_who_answers_for_them(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    for code in ("FIR-2", "ASH-1"):
        study = StudyFactory(code=code)
        StudySiteFactory(study=study, site=study_site.site, owner=coordinator)
        grant_role(
            user=coordinator,
            role=Role.COORDINATOR,
            scope=StudySite.objects.get(study=study),
            by=None,
            at=timezone.now() - DAY,
        )
    make_lead(study_site, owner=None, received_at=timezone.now() - HOUR)
    html = get(as_user(coordinator), "tab=unowned")
    assert f"{coordinator.name} is accountable for ASH-1, FIR-2." in html
    assert f"Nobody is accountable for {study_site.study.code}." in html


def test_a_claim_brings_the_numbers_around_its_list(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, received_at=timezone.now() - HOUR)
    make_lead(study_site, received_at=timezone.now() - HOUR)
    client, url = as_user(coordinator), reverse("lead_claim", args=[lead.number])
    page = get(client, "tab=unowned&stage=new_inquiry")
    assert 'name="list" value="tab=unowned&amp;stage=new_inquiry"' in page
    headers = {"HX-Request": "true", "HX-Target": f"lead-{lead.number}"}
    sent = {"back": "queue", "list": "tab=unowned&stage=new_inquiry"}

    html = client.post(url, sent, headers=headers).content.decode()

    for part in ("sums", "tabs", "buckets", "zeros"):
        assert re.search(rf'id="{part}"[^>]* hx-swap-oob="true"', html), part
    assert 'data-bucket="new_inquiry" data-count="1"' in html
    assert re.search(r'aria-current="true">Unowned <span class="n">1</span>', html)
    assert checks_of(html)["without owner"][1] == 1
    assert html.lstrip().startswith('<tr class="lead"')


def test_a_change_in_the_panel_brings_the_numbers_around_the_list_it_was_opened_from(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    client, url = as_user(coordinator), reverse("lead_note", args=[lead.number])
    sent = {"note": "She called", "seen": lead.version}
    headers = {"HX-Request": "true", "HX-Target": "panel"}

    beside = client.post(f"{url}?back=queue&tab=mine&place=1&of=1", sent, headers=headers)
    alone = client.post(url, sent, headers=headers)

    assert beside.status_code == alone.status_code == 200
    assert 'id="buckets" hx-swap-oob="true"' in beside.content.decode()
    assert 'id="buckets"' not in alone.content.decode()


def test_a_view_deleted_meanwhile_is_not_brought_back_by_a_change(
    study_site: StudySite, coordinator: User
) -> None:
    view = save_view(by=coordinator, name="Mine", query="tab=mine", site=None, at=timezone.now())
    SavedView.objects.filter(pk=view.pk).delete()
    with pytest.raises(InvalidInput, match="was deleted meanwhile"):
        change_view(view=view, by=coordinator, name="Other", site=None)
    assert not SavedView.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("tab", ["team", "mine", "unowned"])
def test_a_queue_too_long_to_count_says_so_and_its_links_still_open_the_lists(
    tab: str,
    study_site: StudySite,
    coordinator: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    copies_of(make_lead(study_site, received_at=timezone.now() - HOUR), 9)
    save_view(by=coordinator, name="All", query="tab=team", site=None, at=timezone.now())
    client, many = as_user(coordinator), f"tab={tab}&stage=new_inquiry"
    exact = get(client, many)
    limits = Limits(open=2, cap=3)
    monkeypatch.setattr("recruitment.views.desk.Queue", partial(Queue, limits=limits))

    html = get(client, many)

    spoken = '<span aria-hidden="true">3+</span><span class="vh">more than 3</span>'
    assert rows_of(html) == rows_of(exact)
    assert f'Team <span class="n">{spoken}' in html
    if tab == "mine":  # her own leads are counted whatever there is
        assert 'data-bucket="new_inquiry" data-count="1"' in html
    else:
        assert 'data-bucket="new_inquiry" data-count="3+"' in html
        assert f'role="status">{spoken} of {spoken}' in html
    assert f'<bdi>All</bdi></span><span class="n">{spoken}' in html
    assert count_queries(get, client, many) <= 12
    first = rows_of(html)[0]
    url = re.search(rf'id="open-{first}" href="([^"]+)"', html)
    assert url is not None
    lead_page = client.get(html_lib.unescape(url[1])).content.decode()
    assert (f"1 of {spoken}" in lead_page) == (tab != "mine")
