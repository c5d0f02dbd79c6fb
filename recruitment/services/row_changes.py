"""What an action did to the rows of the work, written so that an undo can take it back (D21)."""

import uuid
from collections.abc import Iterable

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder

from recruitment.models import Lead, RowChange
from recruitment.models.undoing import Undoable


def values_of(row: Undoable, names: Iterable[str]) -> dict[str, object]:
    """The columns `names` of a row as JSON can hold them; foreign keys as ids."""
    columns = {key: f for f in row._meta.concrete_fields for key in (f.name, f.attname)}
    found: dict[str, object] = {}
    for attname in (columns[name].attname for name in names):
        value = getattr(row, attname)
        plain = value is None or isinstance(value, str | int | bool)
        found[attname] = value if plain else DjangoJSONEncoder().default(value)
    return found


def row_change(
    row: Undoable, *, lead: Lead, action_id: uuid.UUID, before: dict[str, object] | None
) -> RowChange:
    """The unsaved record of one change to `row`; `before` is None for a row that was made."""
    return RowChange(
        lead=lead,
        action_id=action_id,
        table=str(row._meta.model_name),
        row_id=row.pk,
        before=before,
    )


def changes_of(lead: Lead, action_id: uuid.UUID) -> list[RowChange]:
    """What one action did to rows of the lead's work, the last first."""
    return list(RowChange.objects.filter(lead=lead, action_id=action_id).order_by("-id"))


def model_of(change: RowChange) -> type[Undoable]:
    """The model whose row was changed."""
    model = apps.get_model("recruitment", change.table)
    assert issubclass(model, Undoable)  # noqa: S101  (row_change writes no other)
    return model


def values_from(change: RowChange) -> dict[str, object]:
    """The old values as their columns hold them."""
    fields = {field.attname: field for field in model_of(change)._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in (change.before or {}).items()}
