"""Clearing the demo takes all of it, and nothing else."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from recruitment.demo.clearing import NotTheOwner, clear, is_unfinished, remove
from recruitment.demo.people import DOMAIN, site_leads
from recruitment.models import (
    AgendaItem,
    DoNotContact,
    Lead,
    Person,
    ReviewActionLead,
    Role,
    SettingChange,
    Site,
    Sponsor,
    Study,
    StudySite,
    WeeklyReview,
)
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.rules.weekly.codes import Ending
from recruitment.rules.weekly.endings import Decision
from recruitment.services.asks import raise_ask
from recruitment.services.database_roles import APP_ROLE, ensure_roles
from recruitment.services.outreach import log_outreach
from recruitment.services.weekly_items import end_item
from recruitment.services.weekly_papers import note_copy
from recruitment.services.weekly_reviews import complete_review, open_review
from reporting.models import SponsorReport
from reporting.services.past import draft_and_issue_past
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    StudyFactory,
    StudySiteFactory,
    make_lead,
    make_member,
)
from tests.recruitment.asks.held import question
from tests.recruitment.demo.fixtures import TUESDAY, make_demo


def _real_place() -> StudySite:
    """A study at a site of the installation's own, under a code that no demo study has."""
    return StudySiteFactory(study=StudyFactory(code="REAL-1"))


def _opt_out(lead: Lead) -> None:
    """Somebody of the demo says that she does not want to be called again."""
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.OPTED_OUT,
        by=User.objects.get(email=f"coordinator1@{DOMAIN}"),
        at=TUESDAY,
        seen=lead.version,
        plan=Plan(ActionType.DECIDE_CLOSE, TUESDAY + timedelta(days=1)),
        scope=Scope.ORGANISATION,
    )
    assert DoNotContact.objects.exists()


def _review(place: StudySite) -> None:
    """The next weekly review of the demo, completed and so locked; one item led to an ask."""
    at = TUESDAY + timedelta(weeks=1)
    leads = {"studysiteuserpermission__permission__codename": "lead_site"}
    lead = User.objects.filter(studysiteuserpermission__content_object=place, **leads)[0]
    review = open_review(site=place.site, places=[place], study_site=None, by=lead, at=at)
    last = AgendaItem.objects.create(
        review=review, position=99, lane="ownership", kind="unowned", study_site=place, value=1
    )
    raise_ask(study_site=place, asked=question(), owner=lead, by=lead, at=at, item=last)
    for item in review.items.all():
        decision = Decision(Ending.CLOSE, "Seen.")
        end_item(item=item, decision=decision, by=lead, at=at, seen=None)
    complete_review(review=review, by=lead, at=at)
    note_copy(review=review, size="a4", by=lead, at=at)


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows() -> dict[str, int]:
    """How many rows every table of ours holds."""
    return {
        model._meta.db_table: model._base_manager.count()
        for label in ("accounts", "recruitment", "reporting", "account", "guardian")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_clearing_leaves_every_table_as_it_was_before_the_demo() -> None:
    real = make_lead(_real_place())
    coordinator = make_member(Role.COORDINATOR, real.study_site)
    before = _rows()
    ensure_roles()
    make_demo(leads=20)
    draft_and_issue_past(at=TUESDAY, weeks=2, by_site=site_leads())
    assert SponsorReport.objects.exists()
    assert ReviewActionLead.objects.exists()
    _opt_out(Lead.objects.exclude(pk=real.pk).open().first())
    _review(StudySite.objects.exclude(pk=real.study_site_id)[0])

    clear()

    assert _rows() == before
    real.refresh_from_db()
    assert real.events.count() == real.version
    assert User.objects.get(pk=coordinator.pk).is_active


@pytest.mark.slow
@pytest.mark.django_db
def test_clearing_twice_is_the_same_as_once_and_the_log_is_guarded_again() -> None:
    make_demo(leads=5)
    make_lead(_real_place())
    clear()

    assert clear().startswith("0 leads, 0 events")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _say("DELETE FROM recruitment_leadevent")


@pytest.mark.slow
@pytest.mark.django_db
def test_a_real_study_of_a_demo_sponsor_keeps_it_and_a_person_known_elsewhere_stays() -> None:
    make_demo(leads=4)
    sponsor = Sponsor.objects.first()
    study_site = StudySiteFactory(study=StudyFactory(code="REAL-9", sponsor=sponsor))
    person = Person.objects.first()
    real = make_lead(study_site, person=person)

    clear()

    sponsor.refresh_from_db()
    assert not sponsor.is_demo
    assert Sponsor.objects.count() == 1
    assert list(Lead.objects.all()) == [real]
    assert list(Person.objects.all()) == [person]
    assert person.contact_points.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_demo_user_who_worked_on_a_real_lead_is_kept_and_suspended() -> None:
    make_demo(leads=5)
    helper = User.objects.get(email=f"coordinator2@{DOMAIN}")
    real = make_lead(_real_place())
    log_outreach(
        lead=real,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=helper,
        at=MONDAY + timedelta(hours=1),
        seen=real.version,
    )

    line = clear()

    assert line.endswith("1 users kept and suspended")
    helper.refresh_from_db()
    assert not helper.is_active
    assert not helper.has_usable_password()
    assert User.objects.filter(is_demo=True).count() == 1


@pytest.mark.slow
@pytest.mark.django_db
def test_a_role_that_does_not_own_the_log_is_refused_and_nothing_is_deleted() -> None:
    make_demo(leads=3)
    ensure_roles()
    _say(f"SET LOCAL ROLE {APP_ROLE}")

    with pytest.raises(NotTheOwner, match="owner"):
        clear()

    _say("RESET ROLE")
    assert Lead.objects.count() == 3


@pytest.mark.slow
@pytest.mark.django_db
def test_an_unfinished_demo_is_removed_without_the_owner() -> None:
    ensure_roles()
    make_demo(leads=0)
    assert is_unfinished()
    assert not WeeklyReview.objects.exists()  # none can be deleted without the owner
    _say("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    _say(f"SET LOCAL ROLE {APP_ROLE}")

    remove()

    _say("RESET ROLE")
    assert not Site.objects.exists()
    assert not Study.objects.exists()
    assert SettingChange.objects.exists()  # it is append-only, and names nobody
    assert not is_unfinished()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_demo_beside_real_data_is_never_taken_for_an_unfinished_one() -> None:
    make_demo(leads=0)
    study_site = _real_place()
    SourceFactory(study=study_site.study)

    assert not is_unfinished()
