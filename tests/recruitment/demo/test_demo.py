"""What one demo holds. It is loaded once for all tests of this file, which only read."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from recruitment.demo.loading import Counts
from recruitment.demo.people import DOMAIN, sign_ins, site_leads
from recruitment.demo.reviewing import SKIPPED, WEEKS_OF_STUDIES, WEEKS_REVIEWED
from recruitment.models import (
    AgendaItem,
    Ask,
    Blocker,
    ContactPoint,
    Lead,
    LeadEvent,
    Membership,
    Person,
    ReviewAction,
    Role,
    Site,
    Sponsor,
    Study,
    StudyBlocker,
    WeeklyReview,
)
from recruitment.queries.projection import differences
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.weekly.codes import ReviewState
from recruitment.services.database_roles import ensure_roles
from reporting.models import SponsorReport
from reporting.services.past import draft_and_issue_past
from tests.recruitment.demo.fixtures import PASSWORD, TUESDAY, make_demo
from trialsnest.lib.zones import local_time

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def counts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Counts]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_demo(leads=90)
        transaction.set_rollback(True)


def test_it_has_three_sites_eight_studies_ten_sources_and_ten_people(counts: Counts) -> None:
    assert (counts.sites, counts.studies, counts.sources, counts.users) == (3, 8, 10, 10)
    assert counts.leads == Lead.objects.count() == 90
    assert Site.objects.values_list("time_zone", flat=True).distinct().count() == 3


def test_every_row_says_what_its_log_says() -> None:
    assert list(differences()) == []


def test_sponsors_were_asked_where_leads_wait_and_the_first_of_them_answered() -> None:
    states = [ask.state for ask in Ask.objects.order_by("raised_at") if ask.leads.exists()]

    assert len(states) == Ask.objects.count()
    assert states == ["answered", "open", "open"][: len(states)]
    assert states


def test_leads_stand_in_nearly_every_stage_and_most_are_closed(counts: Counts) -> None:
    stages = Counter(Lead.objects.values_list("stage", flat=True))

    assert len(stages) >= 8
    assert 0.12 < counts.open_leads / counts.leads < 0.5
    assert Blocker.objects.filter(resolved_at__isnull=True).exists()
    kinds = set(LeadEvent.objects.values_list("kind", flat=True))
    assert {"stale_flagged", "contact_received", "visit_booked", "review_decided"} <= kinds


def test_everything_that_can_be_marked_as_demo_is() -> None:
    for model in (Site, Study, Sponsor, User):
        assert not model.objects.filter(is_demo=False).exists(), model


def test_nobody_can_be_reached_by_the_numbers_and_addresses() -> None:
    phones = ContactPoint.objects.filter(kind="phone").values_list("value", flat=True)
    emails = ContactPoint.objects.filter(kind="email").values_list("value", flat=True)

    assert all(phone[5:10] == "55501" for phone in phones)
    assert all(email.endswith("@example.org") for email in emails)
    assert Person.objects.exclude(language="English").exists()


def test_ten_people_sign_in_with_the_roles_that_are_promised() -> None:
    users = Membership.objects.order_by("user").distinct("user")

    assert Counter(users.values_list("role", flat=True)) == {
        Role.COORDINATOR: 3,
        Role.SITE_LEAD: 3,
        Role.REVIEWER: 1,
        Role.SPONSOR_VIEWER: 2,
        Role.ADMINISTRATOR: 1,
    }
    assert len(sign_ins()) == 10
    assert all(email.endswith(DOMAIN) for email, _ in sign_ins())
    assert User.objects.get(email=f"coordinator1@{DOMAIN}").check_password(PASSWORD)
    assert len(site_leads()) == 3


def test_staff_work_by_day_and_up_to_the_demo_s_own_moment() -> None:
    by_staff = LeadEvent.objects.exclude(actor=None)
    told_at = by_staff.values_list("recorded_at", flat=True)

    assert all(at.hour >= 12 or at.hour < 5 for at in told_at)  # in UTC; clinics in America
    assert TUESDAY - timedelta(days=1) < max(told_at) <= TUESDAY


def test_what_is_closed_says_why_and_a_criterion_names_who_decided() -> None:
    closes = LeadEvent.objects.filter(to_stage__in=CLOSED - {Stage.ENROLLED})

    assert closes.exists()
    assert not closes.filter(reason_code="").exists()
    assert not closes.filter(to_stage=Stage.NOT_QUALIFIED, decided_by__isnull=True).exists()


def test_leads_of_lists_wait_their_turn_and_some_were_released() -> None:
    released = LeadEvent.objects.filter(kind="released")

    assert Lead.objects.filter(is_held=True).exists()
    assert released.exists()
    assert set(released.values_list("code", flat=True)) <= {"registry", "database"}
    held = Lead.objects.filter(is_held=True)
    assert set(held.values_list("stage", "first_action_at")) == {(Stage.NEW_INQUIRY, None)}


def test_one_study_is_halted_and_holds_what_came_in_since() -> None:
    halt = StudyBlocker.objects.get(category="study_paused", resolved_at__isnull=True)
    leads = Lead.objects.filter(study_site=halt.study_site_id).exclude(stage__in=CLOSED)

    stopped = leads.filter(blockers__study_blocker=halt, blockers__resolved_at__isnull=True)
    assert stopped.count() == leads.count() > 0


def test_every_site_held_its_reviews_on_its_day_and_one_skipped_weeks() -> None:
    rows = WeeklyReview.objects.values_list("site__code", "study_site", "state")
    by_site = Counter((code, study is None, state) for code, study, state in rows)
    skipped = len(SKIPPED["MESA"])
    studies = Site.objects.get(code="PRAIRIE").study_sites.count()

    assert by_site == {
        ("HARBOR", True, ReviewState.COMPLETED): WEEKS_REVIEWED,
        ("PRAIRIE", False, ReviewState.COMPLETED): WEEKS_OF_STUDIES * studies,
        ("MESA", True, ReviewState.COMPLETED): WEEKS_REVIEWED - skipped,
        ("MESA", True, ReviewState.SKIPPED): skipped,
    }
    held = WeeklyReview.objects.exclude(state=ReviewState.SKIPPED).select_related("site")
    days = {local_time(one.opened_at, one.site.time_zone).weekday() for one in held}
    assert days == {one.site.review_weekday for one in held}
    assert TUESDAY - timedelta(days=1) < max(one.opened_at for one in held) < TUESDAY


def test_reviews_agreed_actions_that_came_to_different_ends() -> None:
    endings = Counter(AgendaItem.objects.values_list("ending", flat=True))
    states = set(ReviewAction.objects.values_list("state", flat=True))
    on_new_items = AgendaItem.objects.filter(carried=None, action__isnull=False)

    assert 0 < endings["act"] < endings["accept"] + endings["close"]
    assert states == {"open", "done", "carried", "dropped"}
    assert max(Counter(on_new_items.values_list("review", flat=True)).values()) <= 3
    assert all(
        action.due_on > local_time(action.agreed_at, action.site.time_zone).date()
        for action in ReviewAction.objects.select_related("site")
    )


def test_the_newest_reports_tell_what_reviews_agreed() -> None:
    ensure_roles()
    draft_and_issue_past(at=TUESDAY, weeks=2, by_site=site_leads())

    told = [report.snapshot["report"]["agreed"] for report in SponsorReport.objects.all()]
    assert any(table["since"] for table in told)
    assert any(table["before"] for table in told)
