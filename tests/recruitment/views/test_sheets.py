"""Sheets for paper: what stands on them, and who may print them (18, H2, H5)."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Handoff, HandoffStep, RecordsItem, StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import RecordsState, RecordsType
from tests.factories.recruitment import make_lead
from tests.factories.stages import bring_to
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]


def test_the_daily_sheet_has_my_leads_of_today_and_is_marked_site_use_only(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    now = timezone.now()
    mine = make_lead(study_site, owner=coordinator, received_at=now - timedelta(days=3))
    other = make_lead(study_site, owner=site_lead, received_at=now - timedelta(days=3))

    said = words_of(as_user(coordinator).get(reverse("daily_sheet")))

    assert "Site use only" in said
    assert mine.number in said
    assert "overdue" in said
    assert other.number not in said
    assert mine.person.contact_points.first().value not in said  # columns are few


def test_an_empty_day_says_so(study_site: StudySite, coordinator: User, as_user: SignIn) -> None:
    assert "Nothing is due today" in words_of(as_user(coordinator).get(reverse("daily_sheet")))


def test_the_checklists_of_a_lead_say_what_is_clear_and_what_comes_before_dates(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - timedelta(days=9))
    bring_to(Stage.RECORDS_NEEDED, lead, coordinator)
    RecordsItem.objects.create(
        lead=lead,
        type=RecordsType.LABS,
        state=RecordsState.REQUESTED,
        requested_at=timezone.now() - timedelta(days=2),
        how="fax",
        changed_at=lead.stage_entered_at,
    )
    client = as_user(coordinator)

    records = words_of(client.get(reverse("records_checklist", args=[lead.number])))
    scheduling = words_of(client.get(reverse("scheduling_checklist", args=[lead.number])))

    assert "Lab results" in records
    assert "Do not offer dates yet." in records
    assert "Wait for the records that were requested (Lab results)." in scheduling
    for item in ("Visit window", "Staff coverage", "Patient availability", "Visit slot"):
        assert item in scheduling
    for said in (records, scheduling):
        assert "Site use only" in said
        assert study_site.study.code in said


def test_the_sheet_of_a_hand_over_carries_everything_and_only_workers_print_it(
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    reviewer: User,
    outsider: User,
    as_user: SignIn,
) -> None:
    now = timezone.now()
    lead = make_lead(study_site, owner=coordinator, received_at=now - timedelta(days=1))
    handoff = Handoff.objects.create(
        lead=lead,
        sender=coordinator,
        receiver=site_lead,
        offered_at=now,
        accept_by=now + timedelta(hours=4),
        context="Prefers mornings.",
        wanted="To hear about travel.",
        promised="A call on Thursday.",
    )
    HandoffStep.objects.create(
        handoff=handoff,
        kind="courier",
        owner_words="Swift Courier",
        timing="Two days before",
        support_contact="617 555 0100",
        recovery="Order again by noon.",
    )
    url = reverse("handoff_sheet", args=[handoff.pk])

    said = words_of(as_user(site_lead).get(url))

    for words in (
        "Prefers mornings.",
        "To hear about travel.",
        "A call on Thursday.",
        "Swift Courier",
        "Order again by noon.",
        "Phone agreed",
        "Priya Raman",
        "Site use only",
    ):
        assert words in said, words
    assert as_user(reviewer).get(url).status_code == 403
    assert as_user(outsider).get(url).status_code == 404


def test_paper_carries_the_boundary_the_page_and_the_mark_on_every_page() -> None:
    css = (settings.BASE_DIR / "static" / "css" / "print.css").read_text()

    assert "Study decisions stay with the authorized study team." in css
    assert "Not medical advice. In an emergency, call your local emergency number." in css
    assert 'counter(page) " of " counter(pages)' in css
    assert css.count('content: "Site use only"') == 2
