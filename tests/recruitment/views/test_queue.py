"""The queue over HTTP: buckets, tabs, order, claiming, cost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.contact_hours import next_allowed
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.services.moves import move_lead
from recruitment.services.outreach import log_outreach
from recruitment.services.prescreens import record_prescreen
from tests.factories.recruitment import SourceFactory, make_enquirer, make_lead
from tests.factories.stages import STEP, Steps

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)


def rows_of(html: str) -> list[dict[str, str]]:
    found = re.findall(r'id="lead-(\w+)" role="row" data-stage="(\w+)"', html)
    return [dict(zip(("number", "stage"), row, strict=True)) for row in found]


def tiles_of(html: str) -> dict[str, int]:
    return {code: int(n) for code, n in re.findall(r'data-bucket="(\w+)" data-count="(\d+)"', html)}


def reached(lead: Lead, by: User, action: ActionType = ActionType.CALL, hours: int = 30) -> None:
    """A first answer just now; next is `action`, due in `hours` or when she may be called then."""
    now = timezone.now()
    lead.refresh_from_db()
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        by=by,
        at=now,
        seen=lead.version,
        plan=Plan(action, next_allowed(now + hours * HOUR, lead.study_site.site.time_zone)),
    )
    lead.refresh_from_db()


def move(lead: Lead, to: Stage, by: User, action: ActionType, **values: object) -> None:
    now = timezone.now()
    lead.refresh_from_db()
    plan = None if values else Plan(action, now + 30 * HOUR)
    move_lead(lead=lead, to=to, by=by, at=now, seen=lead.version, plan=plan, **values)  # type: ignore[arg-type]
    lead.refresh_from_db()


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    """Leads of the coordinator in six buckets."""
    now = timezone.now()
    made = [make_lead(study_site, owner=coordinator, received_at=now - HOUR) for _ in range(6)]
    for lead in made[1:]:
        reached(lead, coordinator)
    for lead in (made[2], made[4]):
        steps = Steps(lead, coordinator, at=timezone.now() - STEP)
        steps.prescreen()
    steps.at = timezone.now() - STEP
    steps.review()
    move(made[2], Stage.COORDINATOR_REVIEW, coordinator, ActionType.REVIEW_PRESCREEN)
    move(made[3], Stage.RECORDS_NEEDED, coordinator, ActionType.REQUEST_RECORDS)
    move(made[4], Stage.READY_TO_SCHEDULE, coordinator, ActionType.OFFER_DATES)
    move(made[5], Stage.CLOSED_OTHER, coordinator, ActionType.CALL, reason="pt_not_interested")
    return made


def test_s01_the_first_row_is_buckets_as_links_and_no_headline_total(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    html = as_user(coordinator).get(reverse("queue")).content.decode()

    codes = ["new_inquiry", "awaiting_prescreen", "coordinator_review", "contacted"]
    codes += ["records_needed", "ready_to_schedule", "scheduled", "stale", "closed"]
    assert list(tiles_of(html)) == codes
    assert html.index('class="buckets') < html.index('role="table"')
    for code in codes:
        assert re.search(rf'<a class="bucket"[^>]*href="[^"]*bucket={code}[^"]*"', html)
    assert "total leads" not in html.lower()
    assert "All leads" not in html


@pytest.mark.parametrize("tab", ["mine", "unowned", "waiting", "team"])
def test_s02_the_counts_partition_the_leads_and_each_bucket_lists_exactly_its_count(
    tab: str, leads: list[Lead], study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    make_lead(study_site, received_at=timezone.now() - timedelta(days=20))
    client = as_user(coordinator)
    scope = Lead.objects.filter(study_site=study_site)
    scope = {
        "mine": scope.filter(owner=coordinator),
        "unowned": scope.filter(owner=None),
        "waiting": scope.none(),
        "team": scope,
    }[tab]

    tiles = tiles_of(client.get(reverse("queue"), {"tab": tab}).content.decode())

    assert sum(tiles.values()) == scope.count()
    for code, count in tiles.items():
        html = client.get(reverse("queue"), {"tab": tab, "bucket": code}).content.decode()
        assert len(rows_of(html)) == count, code


def test_s03_three_leads_show_their_different_next_actions_in_the_list(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    html = as_user(coordinator).get(reverse("queue")).content.decode()

    assert ">Call" in html
    assert ">Request records" in html
    assert ">Offer dates" in html


def test_s04_an_untouched_lead_of_three_days_stands_above_one_of_a_minute_ago(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    new = make_lead(study_site, owner=coordinator, received_at=now - timedelta(minutes=1))
    old = make_lead(study_site, owner=coordinator, received_at=now - timedelta(days=5))

    html = as_user(coordinator).get(reverse("queue")).content.decode()

    assert [row["number"] for row in rows_of(html)] == [old.number, new.number]
    assert re.findall(r'scope="rowgroup">([^<]+)<', html) == ["No first action yet"]
    assert "no first action" in html
    assert html.count(" overdue</time>") == 1


def test_s06_an_unowned_lead_is_in_the_tray_until_somebody_claims_it(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, received_at=timezone.now() - 5 * HOUR)
    client = as_user(coordinator)
    tray = client.get(reverse("queue"), {"tab": "unowned"}).content.decode()
    assert [row["number"] for row in rows_of(tray)] == [lead.number]
    assert "5 h ago" in tray
    assert "5 h old" in tray

    response = client.post(reverse("lead_claim", args=[lead.number]), {"back": "queue"})

    assert response.status_code == 302
    assert response["Location"] == reverse("queue")
    lead.refresh_from_db()
    assert lead.owner == coordinator
    assert lead.milestones.filter(code="owned").exists()
    tray = client.get(reverse("queue"), {"tab": "unowned"}).content.decode()
    assert rows_of(tray) == []


def test_claiming_with_htmx_answers_the_row_and_the_second_one_is_told_who_has_it(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, received_at=timezone.now() - HOUR)
    url = reverse("lead_claim", args=[lead.number])
    headers = {"HX-Request": "true", "HX-Target": f"lead-{lead.number}"}

    first = as_user(coordinator).post(url, headers=headers)
    second = as_user(site_lead).post(url, headers=headers)

    assert first.status_code == 200
    assert first.content.decode().lstrip().startswith('<tr class="lead"')
    assert "You own this lead now" in first.content.decode()
    assert second.status_code == 409
    assert "Priya Raman has this lead already, since" in second.content.decode()
    assert f'id="lead-{lead.number}"' in second.content.decode()
    assert lead.events.filter(kind="owner_set").count() == 1


def test_filters_narrow_the_counts_and_the_list_alike(
    leads: list[Lead], study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    source = SourceFactory(study=study_site.study)
    only = make_lead(
        study_site, owner=coordinator, received_at=timezone.now() - HOUR, source=source
    )

    html = as_user(coordinator).get(reverse("queue"), {"source": source.pk}).content.decode()

    assert [row["number"] for row in rows_of(html)] == [only.number]
    assert sum(tiles_of(html).values()) == 1


@pytest.mark.parametrize(
    "query",
    [
        "tab=elsewhere&bucket=nowhere&study=x&source=-1&blocker=zz&page=99999999999",
        "page=40&study=999999",
        "bucket=%00&tab=%ff",
    ],
)
def test_an_address_that_makes_no_sense_is_the_plain_queue(
    query: str, leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    response = as_user(coordinator).get(f"{reverse('queue')}?{query}")

    assert response.status_code == 200


def test_a_name_is_shown_as_it_is_and_never_as_markup(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    name = "<script>alert(1)</script>"
    make_lead(
        study_site,
        owner=coordinator,
        received_at=timezone.now() - HOUR,
        enquirer=make_enquirer(1, first_name=name),
    )

    response = as_user(coordinator).get(reverse("queue"))

    assert name not in response.content.decode()
    assert "&lt;script&gt;" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.slow
def test_the_queue_costs_at_most_twelve_statements_for_five_rows_and_for_sixty(
    study_site: StudySite,
    coordinator: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    client = as_user(coordinator)

    def add(n: int) -> None:
        for _ in range(n):
            make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)

    add(5)
    client.get(reverse("queue"))
    five = count_queries(client.get, reverse("queue"))
    add(55)
    sixty = count_queries(client.get, reverse("queue"))

    assert five == sixty
    assert sixty <= 12


@pytest.mark.slow
def test_a_long_list_is_shown_fifty_at_a_time_and_misses_nobody(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    made = {
        make_lead(study_site, owner=coordinator, received_at=now - n * HOUR / 10).number
        for n in range(1, 61)
    }
    client = as_user(coordinator)

    first = client.get(reverse("queue")).content.decode()
    second = client.get(reverse("queue"), {"page": 2}).content.decode()

    assert len(rows_of(first)) == 50
    assert "Further down" in first
    assert {row["number"] for row in rows_of(first) + rows_of(second)} == made


def test_a_prescreen_and_records_show_in_the_row(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    record_prescreen(
        lead=lead,
        state=PrescreenState.SENT,
        by=coordinator,
        at=timezone.now(),
        seen=lead.version,
    )

    html = as_user(coordinator).get(reverse("queue")).content.decode()

    assert "Prescreen sent" in html
