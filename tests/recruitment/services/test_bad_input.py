"""Every verb refuses what cannot be, in a sentence that names the field, and writes nothing."""

import inspect
import typing
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.moves import move_lead
from recruitment.services.verbs import hints_of
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.services.every_verb import (
    AT,
    HOUR,
    Service,
    all_services,
    arguments_of,
    is_checked,
    is_code,
    maps,
    refusal_of,
)

UNREADABLE = ("a\x00b", "a\x07b", "a\ud800b")
NOT_ABOUT_LEADS = {
    "alerts",
    "cadence_settings",
    "capacity",
    "import_uploads",
    "intake",
    "invitations",
    "lead_import",
    "membership",
    "records_lists",
    "registry_import",
    "recalculation",
    "removal",
    "settings",
    "site_hours",
    "stage_settings",
    "stale_limits",
    "study_sites",
    "study_uploads",
    "target_settings",
}
"""Setting up, importing and people who sign in: their own tests send them what is wrong."""
INSIDE = {
    "check_words",
    "end_without_part",
    "change",
    "event_of",
    "free_leads",
    "hand_on",
    "carry_over",
    "begin_leave",
    "end_leave",
    "link_all",
    "retire",
    "retire_for_good",
    "write_entry",
}
"""Not called by anybody but services and jobs, with what they read from the database."""


def _writes(service: Service) -> bool:
    taken = set(hints_of(inspect.unwrap(service)))
    return {"by", "at"} <= taken


VERBS = {
    name: service
    for name, service in all_services()
    if is_checked(service) and not isinstance(inspect.unwrap(service), type)
}
LEAD_VERBS = {
    name: service
    for name, service in VERBS.items()
    if "lead" in hints_of(inspect.unwrap(service))
    and not name.startswith("drafts.")  # a draft records nothing, so it has no time to record
}


def _hints(name: str) -> dict[str, Any]:
    return hints_of(inspect.unwrap(VERBS[name]))


def test_every_verb_of_the_life_cycle_is_checked() -> None:
    missing = [
        name
        for name, service in all_services()
        if _writes(service)
        and not is_checked(service)
        and name.split(".")[0] not in NOT_ABOUT_LEADS
        and name.split(".")[1] not in INSIDE
    ]

    assert missing == []
    assert len(VERBS) > 50


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    lead = make_lead(study_site, owner=coordinator)
    plan = Plan(ActionType.CALL, AT + HOUR)
    common = {"lead": lead, "by": coordinator, "at": MONDAY, "seen": lead.version}
    move_lead(to=Stage.CONTACTED, plan=plan, **common)
    lead.refresh_from_db()
    return lead


def _arguments(wanted: Callable[[Any], bool]) -> list[tuple[str, str]]:
    return [
        (name, argument)
        for name, service in sorted(VERBS.items())
        for argument, kind in hints_of(inspect.unwrap(service)).items()
        if any(wanted(part) for part in (typing.get_args(kind) or (kind,)))
        and typing.get_origin(kind) not in {dict}
    ]


@pytest.mark.parametrize(("name", "argument"), _arguments(is_code))
def test_a_code_that_nobody_knows_is_refused_by_its_field(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    kind = _hints(name)[argument]
    odd: Any = {"likely": "likely"} if len(typing.get_args(kind)) == 2 and maps(kind) else "likely"

    refusal = refusal_of(
        VERBS[name], arguments_of(VERBS[name], lead, coordinator) | {argument: odd}
    )

    assert refusal.field == argument
    assert "choose one of" in str(refusal)


@pytest.mark.parametrize(("name", "argument"), _arguments(lambda kind: kind is datetime))
def test_a_time_without_a_zone_is_refused_by_its_field(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    naive = AT.replace(tzinfo=None)
    listed = typing.get_origin(_hints(name)[argument]) not in {None, typing.Union}
    odd: Any = [naive] if listed and argument in {"holds"} else naive

    refusal = refusal_of(
        VERBS[name], arguments_of(VERBS[name], lead, coordinator) | {argument: odd}
    )

    assert (refusal.field, str(refusal)) == (argument, "The time has no time zone.")


@pytest.mark.parametrize(("name", "argument"), _arguments(lambda kind: kind is str))
def test_control_characters_are_refused_by_their_field(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    given = arguments_of(VERBS[name], lead, coordinator)

    for odd in UNREADABLE:
        assert refusal_of(VERBS[name], given | {argument: odd}).field == argument


@pytest.mark.parametrize("name", sorted(n for n in LEAD_VERBS if "plan" in _hints(n)))
def test_a_plan_is_looked_at_part_by_part(name: str, lead: Lead, coordinator: User) -> None:
    usual = arguments_of(VERBS[name], lead, coordinator)
    naive = AT.replace(tzinfo=None)
    for plan, field in (
        (Plan("hope", AT + HOUR), "action"),  # type: ignore[arg-type]
        (Plan(ActionType.CALL, naive), "due_at"),
        (Plan(ActionType.CALL, AT + HOUR, detail="a\x00b"), "detail"),
    ):
        assert refusal_of(VERBS[name], usual | {"plan": plan}).field == field


@pytest.mark.parametrize("name", sorted(LEAD_VERBS))
def test_a_recording_time_to_come_is_refused(name: str, lead: Lead, coordinator: User) -> None:
    given = arguments_of(VERBS[name], lead, coordinator)
    later = timezone.now() + timedelta(days=2)

    refusal = refusal_of(VERBS[name], given | {"at": later})

    assert "future" in str(refusal)


@pytest.mark.parametrize("name", sorted(n for n in LEAD_VERBS if "occurred_at" in _hints(n)))
@pytest.mark.parametrize(("when", "said"), [(-HOUR, "before"), (2 * HOUR, "future")])
def test_what_happened_lies_between_the_receipt_and_now(
    name: str, when: timedelta, said: str, lead: Lead, coordinator: User
) -> None:
    given = arguments_of(VERBS[name], lead, coordinator)

    refusal = refusal_of(VERBS[name], given | {"occurred_at": MONDAY + when})

    assert (refusal.field, said in str(refusal)) == ("occurred_at", True)
