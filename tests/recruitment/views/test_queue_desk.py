"""The queue as a desk: chips, saved views, what should be zero, ranks; its cost and its weight."""

import gzip
import html as html_lib
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, NextAction, Role, StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory, Channel, ContactResult, Party
from recruitment.services.blockers import open_blocker
from recruitment.services.outreach import log_outreach
from recruitment.services.saved_views import save_view
from tests.factories.recruitment import (
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.views.many_leads import copies_of
from tests.recruitment.views.queue_pages import get

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def rows_of(html: str) -> list[str]:
    return re.findall(r'id="lead-(\w+)" role="row" data-stage', html)


def checks_of(html: str) -> dict[str, tuple[str, int]]:
    """Each check's link and count by its words."""
    found = re.findall(r'<a href="([^"]+)" data-check="(\d+)".*?</b> ([^<]+)</a>', html)
    return {words: (html_lib.unescape(url), int(n)) for url, n, words in found}


def chips_of(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'class="chip" href="([^"]+)">(.*?)<svg', html)
    return [(html_lib.unescape(url), re.sub(r"<[^>]+>", "", words)) for url, words in found]


def old_lead(study_site: StudySite, owner: User | None, days: int = 6) -> Lead:
    """A lead whose next action has been due for days."""
    return make_lead(study_site, owner=owner, received_at=timezone.now() - days * DAY)


def test_every_filter_in_force_is_a_chip_that_takes_only_itself_off(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    study, source = study_site.study_id, lead.source_id
    query = f"tab=team&study={study}&stage=new_inquiry&source={source}&owner={coordinator.pk}"

    html = get(as_user(coordinator), query)
    chips = chips_of(html)

    assert [words for _, words in chips] == [
        f"Study: {study_site.study.code}",
        "Stage: New inquiry",
        f"Source: {lead.source.name}",
        "Owner: Priya Raman",
    ]
    assert "1 of 2" in html
    for name, (url, _) in zip(("study", "stage", "source", "owner"), chips, strict=True):
        kept = {part.split("=")[0] for part in query.split("&")}
        assert set(re.findall(r"[?&](\w+)=", url)) == kept - {name}
    assert rows_of(html) == [lead.number]


def test_a_source_and_an_owner_of_elsewhere_have_no_name_here(
    study_site: StudySite, coordinator: User, outsider: User, as_user: SignIn
) -> None:
    elsewhere = make_lead(StudySiteFactory(), owner=outsider)

    html = get(as_user(coordinator), f"tab=team&source={elsewhere.source_id}&owner={outsider.pk}")

    assert elsewhere.source.name not in html
    assert outsider.name not in html
    assert [words for _, words in chips_of(html)] == ["Source: unknown", "Owner: unknown"]


def test_all_filters_stand_on_a_page_of_their_own_and_name_only_what_is_in_sight(
    study_site: StudySite, coordinator: User, outsider: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    elsewhere = make_lead(StudySiteFactory(), owner=outsider)

    html = get(as_user(coordinator), "tab=team&stage=contacted", "queue_filters")

    assert lead.source.name in html
    assert "Priya Raman" in html
    assert elsewhere.source.name not in html
    assert outsider.name not in html
    assert 'value="contacted" selected' in html


def test_what_should_be_zero_is_counted_and_each_count_lists_exactly_these_leads(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    now = timezone.now()
    gone = make_member(Role.COORDINATOR, study_site, name="Gone Away")
    fine = make_lead(study_site, owner=coordinator, received_at=now - timedelta(minutes=5))
    unowned = make_lead(study_site, received_at=now - timedelta(minutes=5))
    left = old_lead(study_site, coordinator, days=30)  # stale by now, and listed all the same
    blocked, tried = old_lead(study_site, coordinator), old_lead(study_site, coordinator)
    ownerless = make_lead(study_site, owner=gone, received_at=now - timedelta(minutes=5))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    open_blocker(
        lead=blocked,
        category=BlockerCategory.TRAVEL,
        by=coordinator,
        at=now,
        seen=blocked.version,
        review_by=now + 2 * DAY,
    )
    log_outreach(
        lead=tried,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=coordinator,
        at=now,
        seen=tried.version,
    )
    NextAction.objects.filter(lead__in=[blocked, tried], ended_at__isnull=True).update(
        due_at=now - 4 * DAY
    )
    Lead.objects.filter(pk__in=[blocked.pk, tried.pk]).update(
        due_at=now - 4 * DAY, date_at=now - 4 * DAY
    )
    client = as_user(coordinator)

    checks = checks_of(get(client))

    expected = {
        "without owner": [unowned],
        "without next action": [],
        "past due without reason": [left],
        "owner inactive": [ownerless],
    }
    assert set(checks) == set(expected)
    for words, leads in expected.items():
        url, count = checks[words]
        html = client.get(url).content.decode()
        assert count == len(leads), words
        assert set(rows_of(html)) == {lead.number for lead in leads}, words
        assert f"{len(leads)} of " in html
    assert fine.number not in {lead.number for leads in expected.values() for lead in leads}
    assert "Due more than one business day ago" in get(client)


def test_the_next_of_the_leads_left_lying_follows_the_list(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    leads = [old_lead(study_site, coordinator, days=days) for days in (9, 8)]
    client, query = as_user(coordinator), "tab=team&check=left_lying"
    listed = rows_of(get(client, query))
    assert sorted(listed) == sorted(lead.number for lead in leads)
    answer = client.get(f"{reverse('queue_at', args=[2])}?{query}")
    assert answer["Location"].startswith(reverse("lead", args=[listed[1]]))


def test_a_row_opens_to_its_rank_on_a_page_and_beside_the_list(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    first = make_lead(study_site, owner=coordinator, received_at=now - 5 * HOUR)
    second = make_lead(study_site, owner=coordinator, received_at=now - HOUR)
    client = as_user(coordinator)
    html = get(client, "tab=mine")
    url = html_lib.unescape(re.findall(r'class="why-here" href="([^"]+)"', html)[1])

    came_from = f"http://testserver{reverse('queue')}?tab=mine"
    page = client.get(url, headers={"Referer": came_from})
    boosted = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "panel"}
    panel = client.get(url, headers=boosted | {"Referer": came_from})

    assert rows_of(html) == [first.number, second.number]
    assert url == reverse("lead_rank", args=[second.number])
    for answer in (page, panel):
        words = html_lib.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))
        assert "Rank 2 of 2: no first action; 0 of 5 attempts used; would " in words
        assert "Is it still without a first action?" in words
        assert "not looked at" in words
        assert "In your queue." in words
    assert "<html" in page.content.decode()
    assert "<html" not in panel.content.decode()
    assert panel["HX-Push-Url"] == "false"  # the address stays the list's


def test_a_lead_found_elsewhere_says_why_it_is_not_in_my_queue(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=site_lead, received_at=timezone.now() - HOUR)
    client = as_user(coordinator)

    page = client.get(reverse("lead", args=[lead.number])).content.decode()
    rank = client.get(f"{reverse('lead_rank', args=[lead.number])}?tab=mine").content.decode()

    assert "<b>Not in your queue.</b> Ana Lead owns it." in page
    assert "It does not stand in the list Mine." in rank
    own = as_user(site_lead).get(reverse("lead", args=[lead.number])).content.decode()
    assert "<b>In your queue.</b>" in own


@pytest.mark.slow
@pytest.mark.parametrize("role", ["coordinator", "site_lead"])
def test_the_queue_costs_the_same_statements_for_five_leads_and_for_five_hundred(
    role: str,
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    first = make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    save_view(by=coordinator, name="Mine", query="tab=mine", site=None, at=timezone.now())
    save_view(by=coordinator, name="New", query="tab=team", site=None, at=timezone.now())
    client = as_user({"coordinator": coordinator, "site_lead": site_lead}[role])
    copies_of(first, 4)
    url = f"{reverse('queue')}?tab=team&study={study_site.study_id}"
    client.get(url)

    five = count_queries(client.get, url)
    copies_of(first, 495, begin=20_000)
    five_hundred = count_queries(client.get, url)

    assert five == five_hundred
    assert five_hundred <= 12


@pytest.mark.slow
def test_a_page_of_fifty_leads_weighs_little(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    """At most 90 KiB, and 15 KiB compressed, with names of several scripts and full rows."""
    now = timezone.now()
    enquirer = make_enquirer(1, first_name="Maximiliana-Theodora", last_name="von Hohenstaufen")
    lead = make_lead(study_site, owner=coordinator, received_at=now - 3 * DAY, enquirer=enquirer)
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=coordinator,
        at=now - HOUR,
        seen=lead.version,
    )
    made = copies_of(lead, 60)
    for i, each in enumerate(made):
        due_at = now + timedelta(minutes=97 * (i - 20))
        NextAction.objects.filter(lead=each).update(
            due_at=due_at, detail=f"Ask about the visit times, part {i}"
        )
        Lead.objects.filter(pk=each.pk).update(
            due_at=due_at,
            date_at=due_at,
            stage=[Stage.CONTACTED, Stage.RECORDS_NEEDED, Stage.READY_TO_SCHEDULE][i % 3],
            waiting_on=Party.COORDINATOR,
        )

    content = as_user(coordinator).get(f"{reverse('queue')}?tab=team").content

    assert len(rows_of(content.decode())) == 50
    assert len(content) <= 90 * 1024
    assert len(gzip.compress(content, 6)) <= 15 * 1024


HOSTILE = {
    "long": "Wolfeschlegelsteinhausenbergerdorff" * 6,
    "rtl": "مريم \u202eevil\u202c בן-דוד",
    "emoji": "Ada 👩🏽‍🔬 🏳️‍🌈",
    "zero width": "A\u200bd\u200da",
    "markup": '"><script>alert(1)</script>',
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_names_of_any_kind_are_shown_apart_from_the_rest_of_the_row(
    name: str, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    lead.person.last_name = HOSTILE[name][:200]
    lead.person.save()

    html = get(as_user(coordinator), "tab=mine")

    shown = re.search(r"<bdi>(.*?)</bdi></a>", html)
    assert shown is not None
    assert html_lib.unescape(shown[1]).endswith(HOSTILE[name][:200])
    assert "<script>alert" not in html
