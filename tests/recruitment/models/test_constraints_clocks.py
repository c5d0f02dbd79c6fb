"""Targets, calendars and clocks that cannot be are refused by the database, by name."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from recruitment.models import Clock, Lead, SiteCalendar, StudySite, Target
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.targets import MOST, UNITS, TargetKey, Unit, check_target
from tests.factories.recruitment import MONDAY, make_lead

HOUR = timedelta(hours=1)
T, U, Was = TargetKey, Unit, ClockOutcome


def broken(name: str, model: Any, **values: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.create(**values)


# Targets.


def target(place: StudySite, **values: Any) -> dict[str, Any]:
    row = {
        "study": place.study,
        "target": T.OWN,
        "version": 1,
        "amount": 2,
        "unit": U.HOURS,
        "set_at": MONDAY,
        "in_force_from": MONDAY,
    }
    return row | values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("target_once", {}),
        ("target_amount_and_unit_fit", {"version": 2, "amount": 0}),
        ("target_amount_and_unit_fit", {"version": 2, "amount": None, "unit": ""}),
        ("target_amount_and_unit_fit", {"version": 2, "unit": ""}),
        ("target_amount_and_unit_fit", {"version": 2, "target": "speed"}),
        ("target_source_kind_only_first_response", {"version": 2, "source_kind": "web"}),
        (
            "target_source_kind_only_first_response",
            {"target": T.FIRST_RESPONSE, "source_kind": "pigeon"},
        ),
        ("target_never_backdated", {"version": 2, "in_force_from": MONDAY - HOUR}),
    ],
)
def test_a_target_that_cannot_be_is_refused(
    study_site: StudySite, name: str, values: dict[str, Any]
) -> None:
    Target.objects.create(**target(study_site))
    broken(name, Target, **target(study_site, **values))


@pytest.mark.django_db
@pytest.mark.parametrize("key", T)
@pytest.mark.parametrize("unit", U)
def test_the_database_and_the_rules_allow_the_same_amounts(
    study_site: StudySite, key: TargetKey, unit: Unit
) -> None:
    for version, amount in enumerate([1, MOST[unit]], start=1):
        row = target(study_site, target=key, unit=unit, amount=amount, version=version)
        if unit in UNITS[key]:
            check_target(key, amount, unit)
            Target.objects.create(**row)
        else:
            broken("target_amount_and_unit_fit", Target, **row)
    most = MOST[unit] + 1
    row = target(study_site, target=key, unit=unit, amount=most, version=3)
    broken("target_amount_and_unit_fit", Target, **row)


def test_a_site_may_go_back_to_its_study_and_counts_its_own_versions(
    study_site: StudySite,
) -> None:
    Target.objects.create(**target(study_site))
    own = target(study_site, study_site=study_site)
    Target.objects.create(**own)
    Target.objects.create(**own | {"version": 2, "amount": None, "unit": ""})
    broken("target_once", Target, **own)


# Calendars.


def calendar(study_site: StudySite, **values: Any) -> dict[str, Any]:
    row = {
        "site": study_site.site,
        "version": 1,
        "time_zone": "America/New_York",
        "intervals": [[0, "09:00:00", "17:00:00"]],
        "closed_on": [],
    }
    return row | values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("site_calendar_once", {"in_force_from": MONDAY}),
        ("site_calendar_one_first", {"version": 2}),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(
    study_site: StudySite, name: str, values: dict[str, Any]
) -> None:
    SiteCalendar.objects.create(**calendar(study_site))
    broken(name, SiteCalendar, **calendar(study_site, **values))


# Clocks.


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    """A lead without clocks, so that the tests make their own."""
    made: Lead = make_lead(study_site)
    made.clocks.all().delete()
    return made


def clock(lead: Lead, **values: Any) -> dict[str, Any]:
    row = {
        "lead": lead,
        "study_site": lead.study_site,
        "target": T.OWN,
        "run": 1,
        "amount": 1,
        "unit": U.HOURS,
        "started_at": MONDAY,
        "told_at": MONDAY,
        "due_at": MONDAY + 4 * HOUR,
        "warn_at": MONDAY + 3 * HOUR,
    }
    return row | values


def ended(outcome: str, hours: int) -> dict[str, Any]:
    at = MONDAY + hours * HOUR
    return {"outcome": outcome, "ended_at": at, "end_told_at": at}


UNTIMED = {"due_at": None, "warn_at": None}
HALTED = UNTIMED | {"paused_at": MONDAY}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("clock_run_once", ended(Was.MET, 1)),
        ("clock_runs_once_at_a_time", {"run": 2}),
        ("clock_target_is_known", {"target": "speed"}),
        ("clock_ended_has_outcome", {"run": 2, "ended_at": MONDAY}),
        ("clock_ended_has_outcome", {"run": 2, "end_told_at": MONDAY}),
        ("clock_ended_has_outcome", {"run": 2, "outcome": Was.MET}),
        ("clock_ended_has_outcome", {"run": 2, **ended("late", 1)}),
        ("clock_met_in_time", {"run": 2, **ended(Was.MET, 5)}),
        ("clock_late_after_due", {"run": 2, **ended(Was.MET_LATE, 4)}),
        ("clock_late_after_due", {"run": 2, **ended(Was.MISSED, 4)}),
        ("clock_late_after_due", {"run": 2, **ended(Was.MISSED, 4), **HALTED}),
        ("clock_late_after_due", {"run": 2, **ended(Was.MET_LATE, 4), **HALTED}),
        ("clock_without_due_is_paused", {"subject_id": 1, **UNTIMED}),
        ("clock_without_due_is_paused", {"subject_id": 1, "due_at": None}),
        ("clock_without_due_is_paused", {"subject_id": 1, "warn_at": None}),
        ("clock_paused_until_is_paused", {"subject_id": 1, "paused_until": MONDAY}),
        ("clock_amount_is_positive", {"subject_id": 1, "amount": 0}),
    ],
)
def test_a_clock_that_cannot_be_is_refused(lead: Lead, name: str, values: dict[str, Any]) -> None:
    Clock.objects.create(**clock(lead))
    broken(name, Clock, **clock(lead, **values))


@pytest.mark.parametrize(
    "values",
    [
        ended(Was.MET, 4),
        ended(Was.MET_LATE, 5),
        ended(Was.MISSED, 5),
        ended(Was.NOT_APPLICABLE, 1),
        UNTIMED | {"paused_at": MONDAY},
        {"paused_at": MONDAY, "paused_until": MONDAY + HOUR},
    ],
)
def test_every_way_in_which_a_clock_may_stand_is_taken(lead: Lead, values: dict[str, Any]) -> None:
    Clock.objects.create(**clock(lead, **values))
    assert str(Clock.objects.get()) == f"own 1 of lead {lead.pk}"
