"""The database refuses what the services assume; each constraint is broken by its name."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from recruitment.models import (
    Blocker,
    ContactPoint,
    Job,
    Lead,
    LeadEvent,
    Membership,
    NextAction,
    Site,
    Study,
    StudySite,
    Visit,
)
from recruitment.models.append_only import APPEND_ONLY
from tests.factories.recruitment import MONDAY, make_lead

# What a lead has that is in no queue: no next action, and no date of one.
UNRANKED = {"next_type": "", "due_at": None, "date_at": None, "is_promised": False}


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def _broken(name: str, change: Any) -> None:
    connection.check_constraints()  # whatever waits from the arrangement goes first

    def change_and_check() -> None:
        with transaction.atomic():
            change()
            connection.check_constraints()

    with pytest.raises(IntegrityError, match=name):
        change_and_check()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lead_stage_is_known", {"stage": "eligible"}),
        ("lead_waiting_on_is_known", {"waiting_on": "everybody"}),
        ("lead_open_waits_on_one_party", {"waiting_on": ""}),
        ("lead_open_waits_on_one_party", {"stage": "enrolled", **UNRANKED}),
        ("lead_number_format", {"number": "lower-ca"}),
        ("lead_stage_after_receipt", {"stage_entered_at": MONDAY - timedelta(days=1)}),
    ],
)
def test_a_lead_row_that_cannot_be_is_refused(
    lead: Lead, name: str, values: dict[str, Any]
) -> None:
    _broken(name, lambda: Lead.objects.filter(pk=lead.pk).update(**values))


def test_an_open_lead_cannot_lose_its_only_next_action(lead: Lead) -> None:
    _broken(
        "open lead .* has no next action",
        lambda: NextAction.objects.filter(lead=lead).update(ended_at=MONDAY, ended_how="done"),
    )


def test_an_open_lead_cannot_be_born_without_a_next_action(lead: Lead) -> None:
    whole = Lead.objects.get(pk=lead.pk)

    def insert() -> None:
        whole.pk, whole.number = None, "ZZZZZZZ1"
        whole.save(force_insert=True)

    _broken("open lead .* has no next action", insert)


def test_a_lead_has_at_most_one_open_next_action(lead: Lead) -> None:
    _broken(
        "next_action_one_open",
        lambda: NextAction.objects.create(lead=lead, type="call", due_at=MONDAY, set_at=MONDAY),
    )


def test_a_next_action_is_on_exactly_one_thing(lead: Lead) -> None:
    _broken(
        "next_action_on_one_thing",
        lambda: NextAction.objects.create(type="call", due_at=MONDAY, set_at=MONDAY),
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lead_event_seq_once", {"seq": 1}),
        ("lead_event_happened_first", {"occurred_at": MONDAY + timedelta(days=1)}),
        ("lead_event_kind_is_known", {"kind": "scored"}),
        ("lead_event_stages_with_change", {"to_stage": "contacted"}),
        ("lead_event_stages_with_change", {"kind": "stage_changed"}),
        ("lead_event_voids_with_void", {"kind": "voided"}),
    ],
)
def test_an_event_that_cannot_be_is_refused(lead: Lead, name: str, values: dict[str, Any]) -> None:
    fields = {
        "lead": lead,
        "seq": 99,
        "study_site": lead.study_site,
        "kind": "note_added",
        "occurred_at": MONDAY,
        "recorded_at": MONDAY,
        "action_id": "00000000-0000-0000-0000-000000000001",
    }
    _broken(name, lambda: LeadEvent.objects.create(**(fields | values)))


def test_an_entry_with_a_key_is_written_once(lead: Lead) -> None:
    fields = {"lead": lead, "study_site": lead.study_site, "kind": "note_added", "once_key": "n:1"}
    fields |= {"occurred_at": MONDAY, "recorded_at": MONDAY, "action_id": uuid.uuid4()}
    LeadEvent.objects.create(seq=98, **fields)

    _broken("lead_event_once", lambda: LeadEvent.objects.create(seq=99, **fields))


def test_a_lead_has_a_number_and_a_key_of_her_own(lead: Lead) -> None:
    other = make_lead(lead.study_site)
    leads = Lead.objects.filter(pk=other.pk)
    Lead.objects.filter(pk=lead.pk).update(once_key="list:1")

    _broken("lead_number_once", lambda: leads.update(number=lead.number))
    _broken("lead_once", lambda: leads.update(once_key="list:1"))


def test_an_open_lead_is_ranked_by_the_dates_of_its_action(lead: Lead) -> None:
    leads = Lead.objects.filter(pk=lead.pk)

    _broken("lead_dates_of_open_action", lambda: leads.update(date_at=None))
    _broken("lead_dates_of_open_action", lambda: leads.update(due_at=None))
    _broken("lead_dates_of_open_action", lambda: leads.update(stage="enrolled"))
    _broken("lead_dates_of_open_action", lambda: leads.update(next_type="hope"))


def test_the_log_refuses_update_delete_and_truncate(lead: Lead) -> None:
    _broken("append-only", lambda: LeadEvent.objects.update(code="other"))
    _broken("append-only", lambda: LeadEvent.objects.all()._raw_delete("default"))

    def truncate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE recruitment_leadevent CASCADE")

    _broken("append-only", truncate)


def test_the_database_stamps_when_an_event_came_in(lead: Lead) -> None:
    event = lead.events.get(seq=1)

    assert event.recorded_at == MONDAY
    assert event.inserted_at > MONDAY + timedelta(days=1)


def test_a_no_show_needs_its_reason(lead: Lead) -> None:
    _broken(
        "visit_no_show_has_reason",
        lambda: Visit.objects.create(
            lead=lead, starts_at=MONDAY, booked_at=MONDAY, result="no_show", ended_at=MONDAY
        ),
    )


def test_a_category_blocks_a_lead_once_at_a_time(lead: Lead) -> None:
    def twice() -> None:
        for _ in range(2):
            Blocker.objects.create(
                lead=lead,
                category="travel",
                waiting_on="patient",
                opened_at=MONDAY,
                review_by=MONDAY + timedelta(days=1),
            )

    _broken("blocker_category_open_once", twice)


def test_families_may_share_a_phone_number_but_a_person_has_it_once(lead: Lead) -> None:
    other = make_lead(lead.study_site)
    point = lead.person.contact_points.filter(kind="phone").get()
    ContactPoint.objects.create(
        person=other.person, kind="phone", value=point.value, valid_from=MONDAY
    )

    _broken(
        "contact_point_once",
        lambda: ContactPoint.objects.create(
            person=lead.person, kind="phone", value=point.value, valid_from=MONDAY
        ),
    )


def test_a_role_is_over_what_it_may_be_over(coordinator: User, study_site: StudySite) -> None:
    _broken(
        "membership_scope_matches_role",
        lambda: Membership.objects.create(
            user=coordinator, role="site_lead", study_site=study_site, granted_at=MONDAY
        ),
    )
    _broken(
        "membership_once_at_a_time",
        lambda: Membership.objects.create(
            user=coordinator, role="coordinator", study_site=study_site, granted_at=MONDAY
        ),
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("study_small_cell_floor", {"small_cell_floor": 4}),
        ("study_registry_status_is_known", {"registry_status": "OPENISH"}),
        ("study_report_weekday", {"report_weekday": 7}),
        ("study_report_cadence", {"report_cadence": "daily"}),
        ("study_contact_window", {"contact_opens": "07:59"}),
    ],
)
def test_a_study_setting_that_cannot_be_is_refused(
    study_site: StudySite, name: str, values: dict[str, Any]
) -> None:
    _broken(name, lambda: Study.objects.update(**values))


def test_opening_hours_end_after_they_begin(study_site: StudySite) -> None:
    site: Site = study_site.site
    _broken(
        "opening_ends_later",
        lambda: site.opening_intervals.create(weekday=0, opens="17:00", closes="09:00"),
    )


def test_a_done_job_says_when(db: None) -> None:
    _broken(
        "job_done_has_time",
        lambda: Job.objects.create(key="k", kind="x", due_at=MONDAY, made_at=MONDAY, state="done"),
    )


def test_an_open_leads_action_cannot_be_deleted_or_given_away(lead: Lead) -> None:
    other = make_lead(lead.study_site)
    _broken("open lead .* has no next action", lambda: lead.next_actions.all().delete())

    def give_away() -> None:
        NextAction.objects.filter(lead=other).update(ended_at=MONDAY, ended_how="done")
        NextAction.objects.filter(lead=lead).update(lead=other)

    _broken("open lead .* has no next action", give_away)


def test_a_closed_lead_cannot_hold_an_open_action(lead: Lead) -> None:
    _broken(
        "closed lead .* has a next action",
        lambda: Lead.objects.filter(pk=lead.pk).update(
            stage="closed_other", waiting_on="", stale_at=None, **UNRANKED
        ),
    )


def test_what_was_permitted_or_set_is_never_changed_afterwards(lead: Lead) -> None:
    _broken("append-only", lambda: lead.person.permissions.update(state="yes"))
    _broken("append-only", lambda: lead.person.permissions.all()._raw_delete("default"))


def test_the_test_flush_opens_no_log_of_a_real_database() -> None:
    assert "starts_with(current_database(), 'test_')" in APPEND_ONLY
