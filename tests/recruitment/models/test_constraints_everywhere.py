"""Every constraint of the database is broken somewhere by its name; here those of the rest."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from accounts.models import User
from recruitment import models as m
from tests.factories.recruitment import MONDAY, make_lead, make_member

DAY = timedelta(days=1)
FIRST = date(2026, 3, 1)
Made = dict[str, Any]


def _usual(lead: m.Lead, by: User) -> dict[type[models.Model], Made]:
    """What a row of each table may hold."""
    place = lead.study_site
    blocker = {
        "category": "travel",
        "waiting_on": "patient",
        "opened_at": MONDAY,
        "review_by": MONDAY + DAY,
    }
    event = lead.events.get(seq=1)
    return {
        m.Blocker: blocker | {"lead": lead},
        m.StudyBlocker: blocker | {"study_site": place},
        m.Closure: {"site": place.site, "first_on": FIRST, "last_on": FIRST, "reason": "Works"},
        m.ContactPoint: {
            "person": lead.person,
            "kind": "phone",
            "value": "+16175550999",
            "valid_from": MONDAY,
        },
        m.ContactPermission: {
            "person": lead.person,
            "channel": "phone",
            "state": "yes",
            "how": "by phone",
            "at": MONDAY,
        },
        m.DoNotContact: {
            "keyed_hash": "a" * 64,
            "kind": "phone",
            "scope": "organisation",
            "at": MONDAY,
        },
        m.HandoffStep: {
            "handoff": m.Handoff.objects.create(
                lead=lead,
                sender=by,
                receiver=make_member(m.Role.SITE_LEAD, place.site),
                offered_at=MONDAY,
                accept_by=MONDAY + DAY,
                context="Evenings",
            ),
            "kind": "courier",
            "owner_words": "Fast Courier",
            "timing": "On the day",
            "support_contact": "The desk",
            "recovery": "Call again.",
        },
        m.Holiday: {"site": place.site, "on": FIRST, "name": "Founders' day"},
        m.ImportUpload: {
            "owner": by,
            "source": lead.source,
            "study_site": place,
            "file_name": "leads.csv",
            "content": b"",
            "kind": "usual",
            "made_at": MONDAY,
            "expires_at": MONDAY + DAY,
        },
        m.Invitation: {
            "role": "coordinator",
            "study_site": place,
            "email": "new@example.org",
            "name": "New Person",
            "token_hash": "b" * 64,
            "invited_at": MONDAY,
            "invited_by": by,
            "expires_at": MONDAY + DAY,
        },
        m.Membership: {"user": by, "role": "reviewer", "study_site": place, "granted_at": MONDAY},
        m.Milestone: {"lead": lead, "code": "enrolled", "event": event},
        m.NextAction: {
            "lead": lead,
            "type": "call",
            "due_at": MONDAY,
            "set_at": MONDAY,
            "ended_at": MONDAY,
            "ended_how": "done",
        },
        m.OpeningInterval: {
            "site": place.site,
            "weekday": 6,
            "opens": "09:00",
            "closes": "12:00",
        },
        m.OutreachAttempt: {"lead": lead, "at": MONDAY, "channel": "phone", "result": "reached"},
        m.PersonChange: {
            "person": lead.person,
            "field": "first_name",
            "reason": "Misheard.",
            "at": MONDAY,
        },
        m.Prescreen: {"lead": lead, "version": "1", "state": "sent", "changed_at": MONDAY},
        m.Review: {"lead": lead, "requested_at": MONDAY},
        m.SearchToken: {"study_site": place, "token": "something", "lead": lead},
        m.Source: {
            "study": place.study,
            "code": "OTHER",
            "name": "Other",
            "sponsor_label": "Other",
            "kind": "referral",
        },
        m.SourceSpend: {"source": lead.source, "month_on": FIRST, "amount": 1},
        m.StudyLocation: {"study": place.study, "country": "US", "position": 1},
        m.StudySite: {"study": place.study, "site": place.site},
        m.StudyStaff: {"study_site": place, "name": "Dr. Reader"},
    }


BROKEN: list[tuple[str, type[models.Model], Made]] = [
    ("attempt_channel_is_known", m.OutreachAttempt, {"channel": "pigeon"}),
    ("attempt_movement_is_known", m.OutreachAttempt, {"movement": "sideways"}),
    ("attempt_result_is_known", m.OutreachAttempt, {"result": "charmed"}),
    ("blocker_category_is_known", m.Blocker, {"category": "weather"}),
    ("blocker_decider_is_known", m.Blocker, {"decision_from": "patient"}),
    ("blocker_is_looked_at_again", m.Blocker, {"review_by": None}),
    ("blocker_party_fits", m.Blocker, {"waiting_on": "sponsor"}),
    ("blocker_resolved_later", m.Blocker, {"resolved_at": MONDAY - DAY}),
    ("closure_ends_later", m.Closure, {"last_on": FIRST - DAY}),
    ("contact_point_ends_later", m.ContactPoint, {"valid_until": MONDAY - DAY}),
    ("contact_point_kind_is_known", m.ContactPoint, {"kind": "fax"}),
    ("do_not_contact_channel_is_known", m.DoNotContact, {"channel": "pigeon"}),
    (
        "do_not_contact_lifted_later",
        m.DoNotContact,
        {"lifted_at": MONDAY - DAY, "lifted_how": "She called."},
    ),
    ("do_not_contact_lifted_later", m.DoNotContact, {"lifted_at": MONDAY}),
    ("do_not_contact_scope_has_object", m.DoNotContact, {"scope": "study"}),
    ("do_not_contact_scope_has_object", m.DoNotContact, {"scope": "site"}),
    ("do_not_contact_scope_has_object", m.DoNotContact, {"scope": "channel"}),
    ("handoff_step_kind_is_known", m.HandoffStep, {"kind": "magic"}),
    ("import_upload_expires_later", m.ImportUpload, {"expires_at": MONDAY}),
    ("import_upload_leads_have_source", m.ImportUpload, {"source": None}),
    ("import_upload_leads_have_source", m.ImportUpload, {"kind": "study"}),
    ("invitation_accepted_at_and_by", m.Invitation, {"accepted_at": MONDAY}),
    ("invitation_revoked_at_and_by", m.Invitation, {"revoked_at": MONDAY}),
    ("invitation_scope_matches_role", m.Invitation, {"study_site": None}),
    ("membership_ends_later", m.Membership, {"ended_at": MONDAY - DAY}),
    ("milestone_code_is_known", m.Milestone, {"code": "promising"}),
    ("next_action_end_has_how", m.NextAction, {"ended_how": ""}),
    ("next_action_type_is_known", m.NextAction, {"type": "hope"}),
    ("opening_weekday_is_known", m.OpeningInterval, {"weekday": 7}),
    ("permission_channel_is_known", m.ContactPermission, {"channel": "pigeon"}),
    ("permission_state_is_known", m.ContactPermission, {"state": "perhaps"}),
    ("person_change_has_reason", m.PersonChange, {"reason": ""}),
    ("prescreen_state_is_known", m.Prescreen, {"state": "passed"}),
    ("review_decision_has_decider", m.Review, {"decision": "proceed", "decided_at": MONDAY}),
    ("review_decision_has_decider", m.Review, {"decided_at": MONDAY}),
    ("source_kind_is_known", m.Source, {"kind": "rumor"}),
    ("source_spend_by_month", m.SourceSpend, {"month_on": FIRST + DAY}),
    ("source_spend_not_negative", m.SourceSpend, {"amount": -1}),
    ("source_state_is_known", m.Source, {"state": "asleep"}),
    ("study_blocker_category_is_known", m.StudyBlocker, {"category": "weather"}),
    ("study_blocker_decider_is_known", m.StudyBlocker, {"decision_from": "patient"}),
    ("study_blocker_is_looked_at_again", m.StudyBlocker, {"review_by": None}),
    ("study_blocker_party_fits", m.StudyBlocker, {"waiting_on": "sponsor"}),
    ("study_blocker_resolved_later", m.StudyBlocker, {"resolved_at": MONDAY - DAY}),
]
TWICE: list[tuple[str, type[models.Model]]] = [
    ("holiday_once", m.Holiday),
    ("milestone_once", m.Milestone),
    ("opening_once", m.OpeningInterval),
    ("prescreen_version_once", m.Prescreen),
    ("review_one_open", m.Review),
    ("search_token_once", m.SearchToken),
    ("source_code_once", m.Source),
    ("source_spend_once", m.SourceSpend),
    ("study_blocker_category_open_once", m.StudyBlocker),
    ("study_location_once", m.StudyLocation),
    ("study_staff_once", m.StudyStaff),
]


@pytest.fixture
def lead(study_site: m.StudySite) -> m.Lead:
    return make_lead(study_site)


def _create(model: type[models.Model], values: Made) -> None:
    model._default_manager.create(**values)


def _broken(name: str, change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        change()


@pytest.mark.parametrize(("name", "model", "values"), BROKEN)
def test_a_row_that_cannot_be_is_refused(
    lead: m.Lead, coordinator: User, name: str, model: type[models.Model], values: Made
) -> None:
    usual = _usual(lead, coordinator)[model]
    with transaction.atomic():
        _create(model, usual)  # the usual row is none that cannot be
        transaction.set_rollback(True)

    _broken(name, lambda: _create(model, usual | values))


@pytest.mark.parametrize(("name", "model"), TWICE)
def test_what_stands_once_is_refused_a_second_time(
    lead: m.Lead, coordinator: User, name: str, model: type[models.Model]
) -> None:
    usual = _usual(lead, coordinator)[model]
    _create(model, usual)

    _broken(name, lambda: _create(model, usual))


def test_a_study_is_at_a_site_once(lead: m.Lead, coordinator: User) -> None:
    _broken("study_site_once", lambda: _create(m.StudySite, _usual(lead, coordinator)[m.StudySite]))


@pytest.mark.parametrize("model", [m.Blocker, m.StudyBlocker])
def test_a_blocker_waits_on_a_party_that_is_known(
    lead: m.Lead, coordinator: User, model: type[models.Model]
) -> None:
    first, name = {
        m.Blocker: ("blocker_party_fits", "blocker_waits_on_known_party"),
        m.StudyBlocker: ("study_blocker_party_fits", "study_blocker_waits_on_known_party"),
    }[model]
    with connection.cursor() as cursor:  # the narrower constraint would speak first
        cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{first}"')

    usual = _usual(lead, coordinator)[model]
    _broken(name, lambda: _create(model, usual | {"waiting_on": "nobody"}))


def test_an_address_to_sign_in_with_is_in_lower_case(coordinator: User) -> None:
    _broken(
        "user_email_is_lower_case",
        lambda: User.objects.filter(pk=coordinator.pk).update(email="Priya@Example.org"),
    )


def test_every_constraint_is_broken_by_its_name_in_some_test() -> None:
    tests = Path(__file__).parents[2]
    written = "".join(path.read_text() for path in sorted(tests.rglob("test_*.py")))
    names = {
        constraint.name
        for model in apps.get_models()
        if model.__module__.split(".")[0] in {"accounts", "recruitment"}
        for constraint in model._meta.constraints
    }

    assert len(names) > 100
    assert sorted(name for name in names if f'"{name}"' not in written) == []
