"""Every verb of the services, found from the code, and how each is called."""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import TextChoices

from accounts.models import User
from recruitment import services
from recruitment.models import Lead, LeadEvent, LeadNote, RowChange, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery_codes import RecoveryOutcome
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, Channel, PermissionState
from recruitment.services.people import NewPoint
from recruitment.services.permissions import Word
from recruitment.services.recovery import Decided
from recruitment.services.verbs import hints_of
from tests.factories.recruitment import MONDAY

HOUR = timedelta(hours=1)
AT = MONDAY + HOUR
Service = Callable[..., Any]


def all_services() -> Iterator[tuple[str, Service]]:
    for found in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"{services.__name__}.{found.name}")
        for name, value in vars(module).items():
            own = getattr(value, "__module__", "") == module.__name__
            if own and inspect.isfunction(value) and not name.startswith("_"):
                yield f"{found.name}.{name}", value


def is_checked(service: Service) -> bool:
    while hasattr(service, "__wrapped__"):
        if service.__code__.co_name == "checked":
            return True
        service = service.__wrapped__
    return False


HELD = (LeadEvent, LeadNote, RowChange)


def arguments_of(service: Service, lead: Lead, by: User) -> dict[str, Any]:
    """Something of the right type for each argument that is needed."""
    plain = inspect.unwrap(service)
    needed = {
        name
        for name, parameter in inspect.signature(plain).parameters.items()
        if parameter.default is parameter.empty and parameter.kind != parameter.VAR_KEYWORD
    }
    hints = hints_of(plain)
    needed |= {"lead", "type", "by", "at", "seen"} & set(hints)
    return {name: something(name, hints[name], lead, by) for name in needed}


def something(name: str, kind: Any, lead: Lead, by: User) -> Any:
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
    if typing.get_origin(kind) is Mapping and maps(kind):
        return {next(iter(kinds[0])): next(iter(kinds[1]))}
    for part in kinds:
        if part in by_kind:
            return by_kind[part]
        if isinstance(part, type) and issubclass(part, TextChoices):
            return next(iter(part))
    return None


def refusal_of(service: Service, given: dict[str, Any]) -> InvalidInput:
    before = [model._default_manager.count() for model in HELD]
    with pytest.raises(InvalidInput) as refusal:
        service(**given)
    assert [model._default_manager.count() for model in HELD] == before
    sentence = str(refusal.value)
    assert sentence[0].isupper() or sentence[0] == "“"
    assert sentence.endswith((".", "!"))
    return refusal.value


def is_code(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, TextChoices)


def maps(kind: Any) -> bool:
    return all(is_code(part) for part in typing.get_args(kind))
