"""Every form that the work uses, found from the code: a new one is tested without a list."""

import importlib
import pkgutil
from collections.abc import Iterator

from django import forms

import recruitment.forms as package
from recruitment.forms.lead_form import LeadForm


def work_forms() -> dict[str, type[forms.Form]]:
    """The forms of the daily work by module and name; settings and imports have their own tests."""
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name in {"setup", "imports"}:
            continue
        source = importlib.import_module(f"{package.__name__}.{module.name}")
        for name, value in vars(source).items():
            own = getattr(value, "__module__", "") == source.__name__
            if own and isinstance(value, type) and issubclass(value, forms.Form):
                found[f"{module.name}.{name}"] = value
    return found


def texts_of(kind: type[forms.Form]) -> Iterator[tuple[str, forms.CharField]]:
    """The fields of a form into which somebody types words."""
    for name, field in kind.base_fields.items():
        is_word = isinstance(field, forms.CharField) and not field.widget.is_hidden
        if is_word and not isinstance(field, forms.UUIDField):
            yield name, field  # type: ignore[misc]  # a CharField, as was just asked


def lead_kinds() -> dict[str, type[LeadForm]]:
    """The forms about one lead that are sent to an address of their own, by that address."""
    found: dict[str, type[LeadForm]] = {}
    for kind in work_forms().values():
        if issubclass(kind, LeadForm) and "url_name" in vars(kind):
            found[kind.url_name] = kind
    return found
