"""The pages of escalations: lists with counts as links, a week's misses, the lead's two forms."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Clock, Escalation, Lead, StudySite
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel
from recruitment.rules.targets import TargetKey
from recruitment.services.escalations import escalate
from recruitment.views.escalations import LONGEST
from tests.factories.clocks import make_clock
from tests.factories.recruitment import make_lead
from tests.recruitment.views.lead_steps import post, words_of
from trialsnest.lib.weeks import Week
from trialsnest.lib.zones import local_time

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    made = make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)
    Clock.objects.filter(lead=made).delete()
    return made


def ask(client: Client, lead: Lead, to: User, **values: Any) -> Any:
    day = local_time(timezone.now() + 2 * DAY, "America/New_York").date()
    given = {
        "kind": "capacity",
        "level": "usual",
        "owner": str(to.pk),
        "answer_by": day.isoformat(),
        "question": "May we open Saturdays?",
    }
    return post(client, "lead_escalate", lead, **(given | values))


def counts(client: Client) -> dict[str, int]:
    tabs = client.get(reverse("escalations")).context["tabs"]
    return {tab["label"]: tab["count"] for tab in tabs}


def test_the_plot_of_misses_has_room_for_the_name_of_every_target() -> None:
    assert max(len(target.label) for target in TargetKey) <= LONGEST


def test_the_form_escalates_to_whom_the_kind_concerns_and_the_lead_shows_it(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)

    assert ask(client, lead, site_lead).status_code == 302

    row = Escalation.objects.get()
    assert (row.level, row.owner, row.question) == ("sponsor", site_lead, "May we open Saturdays?")
    assert local_time(row.due_at, "America/New_York").hour == 9
    page = words_of(client.get(reverse("lead", args=[lead.number])))
    assert "May we open Saturdays?" in page
    assert "Goes out as an ask with the sponsor report" in page
    assert "Escalated: visit capacity" in page
    assert "Nothing is sent to the sponsor from here" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": ""}, "Choose what it is about."),
        ({"kind": "weather"}, "Select a valid choice"),
        ({"level": "study_lead"}, "Visit capacity goes to the sponsor, or first to the site lead."),
        ({"owner": ""}, "Choose who."),
        ({"answer_by": ""}, "Choose the day to answer by."),
        ({"answer_by": "2026-03-02"}, "The day to answer by lies ahead."),
        ({"answer_by": "soon"}, "Write the day as 2026-11-30."),
        ({"question": ""}, "Write what you need to know."),
        ({"question": "x" * 301}, "At most 300 characters."),
        ({"question": "a\x07b"}, "cannot be printed"),
    ],
)
def test_what_is_missing_or_wrong_is_named_at_its_field_and_nothing_is_written(
    values: dict[str, str],
    sentence: str,
    lead: Lead,
    coordinator: User,
    site_lead: User,
    as_user: SignIn,
) -> None:
    answer = ask(as_user(coordinator), lead, site_lead, **values)

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert not Escalation.objects.exists()


def test_the_answer_is_written_down_by_whom_it_was_put_to(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    ask(as_user(coordinator), lead, site_lead)
    key = str(Escalation.objects.get().pk)
    boss = as_user(site_lead)

    blank = post(boss, "lead_escalation_end", lead, escalation=key, state="answered")
    done = post(
        boss, "lead_escalation_end", lead, escalation=key, state="answered", outcome="From May on."
    )
    again = post(boss, "lead_escalation_end", lead, escalation=key, state="withdrawn")

    assert blank.status_code == 422
    assert "Write what the answer was." in words_of(blank)
    assert done.status_code == 302
    assert again.status_code == 422
    assert "ended already" in words_of(again)
    assert Escalation.objects.get().outcome == "From May on."
    assert counts(boss)["Sponsor"] == 0


def test_counts_are_links_to_lists_of_just_so_many(
    lead: Lead, study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    now = timezone.now()
    for n in range(3):
        make_clock(lead, TargetKey.HANDOFF, due_at=now - n * HOUR - HOUR, subject_id=n + 1)
    make_clock(lead, TargetKey.OWN, due_at=now - DAY)
    make_clock(lead, TargetKey.RECORDS_REVIEW, started_at=now - DAY, due_at=now + HOUR)
    ask(as_user(coordinator), lead, site_lead)
    boss, hers = as_user(site_lead), as_user(coordinator)

    assert counts(boss) == {
        "Due soon": 0,
        "Overdue": 4,
        "Site lead": 0,
        "Study lead": 0,
        "Sponsor": 1,
    }
    assert counts(hers)["Due soon"] == 1
    for tab in boss.get(reverse("escalations")).context["tabs"]:
        page = boss.get(tab["url"]).content.decode()
        rows = len(re.findall(r'<th scope="row"[^>]*><a href="/leads/', page))
        assert rows == tab["count"]
    only = boss.get(reverse("escalations") + "?list=overdue&target=handoff")
    assert [group.count for group in only.context["groups"]] == [3]
    assert "An owner" not in words_of(only).split("Overdue", 1)[1].split("Keyboard")[0]


@pytest.mark.parametrize("query", ["list=moon", "target=speed", "list=overdue&target=", "page=x"])
def test_an_address_that_asks_for_what_there_is_not_gets_the_usual_list(
    query: str, site_lead: User, as_user: SignIn
) -> None:
    assert as_user(site_lead).get(f"{reverse('escalations')}?{query}").status_code == 200


def test_a_colleague_of_another_study_sees_nothing_of_it(
    lead: Lead, coordinator: User, site_lead: User, outsider: User, as_user: SignIn
) -> None:
    make_clock(lead, due_at=timezone.now() - HOUR)
    ask(as_user(coordinator), lead, site_lead)

    assert set(counts(as_user(outsider)).values()) == {0}
    assert ask(as_user(outsider), lead, site_lead).status_code == 404


def test_the_page_costs_at_most_twenty_statements(
    lead: Lead,
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    for _ in range(10):
        other = make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)
        make_clock(other, TargetKey.HANDOFF, due_at=timezone.now() - HOUR, subject_id=1)
        escalate(
            lead=other,
            kind=EscalationKind.COVERAGE,
            level=EscalationLevel.SITE_LEAD,
            owner=site_lead,
            due_at=timezone.now() + DAY,
            question="Who?",
            by=coordinator,
            at=timezone.now(),
            seen=None,
        )
    client = as_user(site_lead)
    for name in ("soon", "overdue", "site_lead", "sponsor"):
        url = f"{reverse('escalations')}?list={name}"
        client.get(url)
        assert count_queries(client.get, url) <= 20


def test_the_misses_of_a_week_can_be_chosen_and_grouped(
    lead: Lead, study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    now = timezone.now()
    this = Week.containing(now, study_site.site.time_zone)
    make_clock(lead, TargetKey.RECORDS_REVIEW, due_at=this.start, outcome="missed")
    before = this.previous()
    for n in range(11):
        outcome = "met_late" if n < 4 else "met"
        make_clock(
            lead,
            TargetKey.HANDOFF,
            due_at=before.start + HOUR,
            outcome=outcome,
            subject_id=n + 1,
        )
    client, url = as_user(site_lead), reverse("misses")

    here = words_of(client.get(url))
    there = words_of(client.get(url, {"week": before.label, "by": "owner"}))

    assert "1 miss. Met: 0 of 1." in here
    assert "Records reviewed" in here
    assert "4 misses. Met: 7 of 11 (64%)." in there
    assert "Priya Raman" in there
    assert "Hand-off answered 7 of 11 (64%)" in there
    for bad in ({"week": "2026-W99"}, {"week": "x"}, {"by": "moon"}, {"week": "2199-W01"}):
        assert "1 miss." in words_of(client.get(url, bad))


def test_only_a_site_lead_sees_the_misses(
    coordinator: User, reviewer: User, administrator: User, as_user: SignIn
) -> None:
    for user in (coordinator, reviewer, administrator):
        assert as_user(user).get(reverse("misses")).status_code == 404


def test_the_account_menu_leads_to_the_e_mail_page_for_staff_alone(
    coordinator: User, sponsor_viewer: User, as_user: SignIn
) -> None:
    link = f'href="{reverse("work_mail")}"'

    assert link in as_user(coordinator).get(reverse("profile")).content.decode()
    assert link not in as_user(sponsor_viewer).get(reverse("profile")).content.decode()
