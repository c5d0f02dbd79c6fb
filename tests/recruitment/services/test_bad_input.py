"""Every verb refuses what cannot be, in a sentence that names the field, and writes nothing."""

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import User
from recruitment import services
from recruitment.forms.fields import LineField
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Lead, LeadEvent, LeadNote, RowChange, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery_codes import RecoveryOutcome
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, PermissionState
from recruitment.services.moves import move_lead
from recruitment.services.people import NewPoint
from recruitment.services.permissions import Word
from recruitment.services.recovery import Decided
from recruitment.services.verbs import hints_of
from recruitment.views import lead_context
from tests.factories.recruitment import MONDAY, make_lead

HOUR = timedelta(hours=1)
AT = MONDAY + HOUR
Service = Callable[..., Any]
UNREADABLE = ("a\x00b", "a\x07b", "a\ud800b")
LONG = "x" * 5000
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
    "change",
    "event_of",
    "free_leads",
    "hand_on",
    "carry_over",
    "begin_leave",
    "end_leave",
    "link_all",
}
"""Not called by anybody but services and jobs, with what they read from the database."""


def _services() -> Iterator[tuple[str, Service]]:
    for found in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"{services.__name__}.{found.name}")
        for name, value in vars(module).items():
            own = getattr(value, "__module__", "") == module.__name__
            if own and inspect.isfunction(value) and not name.startswith("_"):
                yield f"{found.name}.{name}", value


def _writes(service: Service) -> bool:
    taken = set(hints_of(inspect.unwrap(service)))
    return {"by", "at"} <= taken


def _is_checked(service: Service) -> bool:
    while hasattr(service, "__wrapped__"):
        if service.__code__.co_name == "checked":
            return True
        service = service.__wrapped__
    return False


VERBS = {
    name: service
    for name, service in _services()
    if _is_checked(service) and not isinstance(inspect.unwrap(service), type)
}
LEAD_VERBS = {
    name: service
    for name, service in VERBS.items()
    if "lead" in hints_of(inspect.unwrap(service))
    and not name.startswith("drafts.")  # a draft records nothing, so it has no time to record
}


def _hints(name: str) -> dict[str, Any]:
    return hints_of(inspect.unwrap(VERBS[name]))


HELD = (LeadEvent, LeadNote, RowChange)


def test_every_verb_of_the_life_cycle_is_checked() -> None:
    missing = [
        name
        for name, service in _services()
        if _writes(service)
        and not _is_checked(service)
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


def _given(service: Service, lead: Lead, by: User) -> dict[str, Any]:
    """Something of the right type for each argument that is needed."""
    plain = inspect.unwrap(service)
    needed = {
        name
        for name, parameter in inspect.signature(plain).parameters.items()
        if parameter.default is parameter.empty and parameter.kind != parameter.VAR_KEYWORD
    }
    hints = hints_of(plain)
    needed |= {"lead", "type", "by", "at", "seen"} & set(hints)
    return {name: _something(name, hints[name], lead, by) for name in needed}


def _something(name: str, kind: Any, lead: Lead, by: User) -> Any:
    by_kind: dict[Any, Any] = {
        Lead: lead,
        User: by,
        datetime: AT,
        date: AT.date(),
        int: lead.version,
        str: "Some words",
        Plan: Plan(ActionType.CALL, AT + HOUR),
        Word: Word(Channel.PHONE, PermissionState.YES, "by phone"),
        NewPoint: NewPoint("phone", "+1 617 555 0142"),
        StudySite: lead.study_site,
        Decided: Decided(outcome=RecoveryOutcome.RECONTACT, plan=Plan(ActionType.CALL, AT + HOUR)),
    }
    kinds = typing.get_args(kind) or (kind,)
    if typing.get_origin(kind) is Mapping and _maps(kind):
        return {next(iter(kinds[0])): next(iter(kinds[1]))}
    for part in kinds:
        if part in by_kind:
            return by_kind[part]
        if isinstance(part, type) and issubclass(part, TextChoices):
            return next(iter(part))
    return None


def _refused(service: Service, given: dict[str, Any]) -> InvalidInput:
    before = [model._default_manager.count() for model in HELD]
    with pytest.raises(InvalidInput) as refusal:
        service(**given)
    assert [model._default_manager.count() for model in HELD] == before
    sentence = str(refusal.value)
    assert sentence[0].isupper() or sentence[0] == "“"
    assert sentence.endswith((".", "!"))
    return refusal.value


def _arguments(wanted: Callable[[Any], bool]) -> list[tuple[str, str]]:
    return [
        (name, argument)
        for name, service in sorted(VERBS.items())
        for argument, kind in hints_of(inspect.unwrap(service)).items()
        if any(wanted(part) for part in (typing.get_args(kind) or (kind,)))
        and typing.get_origin(kind) not in {dict}
    ]


def _is_code(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, TextChoices)


@pytest.mark.parametrize(("name", "argument"), _arguments(_is_code))
def test_a_code_that_nobody_knows_is_refused_by_its_field(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    kind = _hints(name)[argument]
    odd: Any = {"likely": "likely"} if len(typing.get_args(kind)) == 2 and _maps(kind) else "likely"

    refusal = _refused(VERBS[name], _given(VERBS[name], lead, coordinator) | {argument: odd})

    assert refusal.field == argument
    assert "choose one of" in str(refusal)


def _maps(kind: Any) -> bool:
    return all(_is_code(part) for part in typing.get_args(kind))


@pytest.mark.parametrize(("name", "argument"), _arguments(lambda kind: kind is datetime))
def test_a_time_without_a_zone_is_refused_by_its_field(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    naive = AT.replace(tzinfo=None)
    listed = typing.get_origin(_hints(name)[argument]) not in {None, typing.Union}
    odd: Any = [naive] if listed and argument in {"holds"} else naive

    refusal = _refused(VERBS[name], _given(VERBS[name], lead, coordinator) | {argument: odd})

    assert (refusal.field, str(refusal)) == (argument, "The time has no time zone.")


@pytest.mark.parametrize(("name", "argument"), _arguments(lambda kind: kind is str))
def test_control_characters_are_refused_by_their_field(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    given = _given(VERBS[name], lead, coordinator)

    for odd in UNREADABLE:
        assert _refused(VERBS[name], given | {argument: odd}).field == argument


@pytest.mark.parametrize("name", sorted(n for n in LEAD_VERBS if "plan" in _hints(n)))
def test_a_plan_is_looked_at_part_by_part(name: str, lead: Lead, coordinator: User) -> None:
    usual = _given(VERBS[name], lead, coordinator)
    naive = AT.replace(tzinfo=None)
    for plan, field in (
        (Plan("hope", AT + HOUR), "action"),  # type: ignore[arg-type]
        (Plan(ActionType.CALL, naive), "due_at"),
        (Plan(ActionType.CALL, AT + HOUR, detail="a\x00b"), "detail"),
    ):
        assert _refused(VERBS[name], usual | {"plan": plan}).field == field


@pytest.mark.parametrize("name", sorted(LEAD_VERBS))
def test_a_recording_time_to_come_is_refused(name: str, lead: Lead, coordinator: User) -> None:
    given = _given(VERBS[name], lead, coordinator)
    later = timezone.now() + timedelta(days=2)

    refusal = _refused(VERBS[name], given | {"at": later})

    assert "future" in str(refusal)


@pytest.mark.parametrize("name", sorted(n for n in LEAD_VERBS if "occurred_at" in _hints(n)))
@pytest.mark.parametrize(("when", "said"), [(-HOUR, "before"), (2 * HOUR, "future")])
def test_what_happened_lies_between_the_receipt_and_now(
    name: str, when: timedelta, said: str, lead: Lead, coordinator: User
) -> None:
    given = _given(VERBS[name], lead, coordinator)

    refusal = _refused(VERBS[name], given | {"occurred_at": MONDAY + when})

    assert (refusal.field, said in str(refusal)) == ("occurred_at", True)


NEEDED = [
    ("blockers.redate_blocker", "reason"),
    ("blockers.resolve_blocker", "resolution"),
    ("blockers.turn_blocker", "reason"),
    ("handoffs.offer_handoff", "context"),
    ("next_actions.complete_action", "result"),
    ("opt_outs.lift_opt_out", "how"),
    ("opt_outs.opt_out", "how"),
    ("people.add_contact_point", "reason"),
    ("people.correct_person", "reason"),
    ("people.end_contact_point", "reason"),
    ("people.replace_contact_point", "reason"),
    ("reassigning.give_lead", "reason"),
    ("reassigning.reassign_leads", "reason"),
    ("study_blockers.redate_study_blocker", "reason"),
    ("study_blockers.resolve_study_blocker", "resolution"),
]
LIMITED = [
    *NEEDED,
    ("answers.review_answers", "note"),
    ("closing.close_lead", "note"),
    ("corrections.correct_stage", "reason"),
    ("corrections.void_entry", "reason"),
    ("handoffs.offer_handoff", "promised"),
    ("handoffs.offer_handoff", "wanted"),
    ("knock_outs.close_at_knock_out", "note"),
    ("moves.move_lead", "note"),
    ("next_actions.set_next_action", "reason"),
    ("outreach.log_outreach", "note"),
    ("outreach.log_outreach", "wording"),
    ("ownership.assign_lead", "reason"),
    ("prescreens.record_prescreen", "version"),
    ("reopening.reopen_lead", "note"),
]


@pytest.mark.parametrize(("name", "argument"), NEEDED)
def test_words_that_are_needed_are_asked_for(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    refusal = _refused(VERBS[name], _given(VERBS[name], lead, coordinator) | {argument: "  "})

    assert refusal.field == argument


@pytest.mark.parametrize(("name", "argument"), LIMITED)
def test_words_over_their_limit_are_refused(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    refusal = _refused(VERBS[name], _given(VERBS[name], lead, coordinator) | {argument: LONG})

    assert refusal.field == argument
    assert re.fullmatch(r"At most [\d,]+ characters.", str(refusal))


def _forms(kind: type[LeadForm] = LeadForm) -> Iterator[type[LeadForm]]:
    for form in kind.__subclasses__():
        yield form
        yield from _forms(form)


def test_every_text_of_a_leads_forms_is_cleaned_and_has_its_limit() -> None:
    assert lead_context.forms_for is not None  # the forms are all there
    loose = [
        (form.__name__, name)
        for form in _forms()
        for name, field in form.base_fields.items()
        if not field.widget.is_hidden
        and (type(field) is forms.CharField or not getattr(field, "max_length", 1))
    ]

    assert loose == []


def test_every_text_of_a_leads_forms_refuses_control_characters() -> None:
    texts = [
        field
        for form in _forms()
        for field in form.base_fields.values()
        if isinstance(field, LineField)
    ]
    assert len(texts) > 40

    for field in texts:
        with pytest.raises(forms.ValidationError, match="cannot be printed"):
            field.clean("a\x07b")
