"""Settings are changed here, so that who changed what when is written with the change (AU1)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import TypeVar

from django.db import IntegrityError, models, transaction

from accounts.models import User
from recruitment.models import SettingChange, Site, Study
from recruitment.rules.refusals import InvalidInput, Refusal
from trialsnest.lib import words
from trialsnest.lib.field_classes import class_of

Row = TypeVar("Row", bound=models.Model)
VERSIONS: Mapping[type[models.Model], str] = {
    Site: "calendar_version",
    Study: "settings_version",
}
"""The column that every change raises, so that remembered calendars and rest days are read anew."""


class SettingMoved(Refusal):
    """A colleague changed the same settings after the caller's page was made."""


@transaction.atomic
def add_setting(row: Row, *, by: User, at: datetime) -> Row:
    """Save a new row that its form has checked, and note who added it at `at` (UTC).

    Raises Refusal if there is one with its code or name already.
    """
    _save(row, None)
    record(row, "added", by=by, at=at)
    return row


@transaction.atomic
def change_setting(
    row: Row, values: Mapping[str, object], *, by: User, at: datetime, seen: int | None = None
) -> list[str]:
    """Write those of `values` that differ and one SettingChange for each; their names come back.

    `seen` is the newest change that the caller's page knew (0 for none): raises SettingMoved,
    naming who and when, if there is a later one, and InvalidInput for one that does not exist.
    None skips that. May run twice.
    """
    locked = lock(row)
    if seen is not None:
        check_seen(locked, seen, zone=by.time_zone)
    old = {name: getattr(locked, name) for name in values}
    changed = [name for name, value in values.items() if old[name] != value]
    if not changed:
        return []
    for name in changed:
        setattr(locked, name, values[name])
    _save(locked, [*changed, *_raise_version(locked)])
    for name in changed:
        record(locked, name, old=old[name], new=values[name], by=by, at=at)
    return changed


def lock(row: Row) -> Row:
    """The row as it is now, locked until the transaction ends.

    Its key stays: whoever only points at the row, such as a lead's log at its study, never waits.
    """
    locked: Row = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    return locked


def raise_version(row: models.Model) -> None:
    """Raise the version of a locked row, after a change that stands in another table."""
    row.save(update_fields=_raise_version(row))


def record(
    row: models.Model,
    field: str,
    *,
    by: User | None,
    at: datetime,
    old: object = "",
    new: object = "",
    reason: str = "",
) -> None:
    """Note one change. The words of an identifying field are not repeated in the log."""
    is_kept = field not in _identifying(type(row))
    SettingChange.objects.create(
        at=at,
        by=by,
        kind=kind_of(row),
        object_id=row.pk,
        field=field,
        old=_text(row, field, old) if is_kept else "",
        new=_text(row, field, new) if is_kept else "",
        reason=reason,
    )


def kind_of(row: models.Model) -> str:
    """The word under which changes of such a row are kept."""
    return str(row._meta.model_name)


def _save(row: models.Model, fields: Iterable[str] | None) -> None:
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as clash:
        raise Refusal("There is one like this already. Choose another code or name.") from clash


def _raise_version(row: models.Model) -> list[str]:
    column = VERSIONS.get(type(row))
    if column is None:
        return []
    setattr(row, column, getattr(row, column) + 1)
    return [column]


def check_seen(row: models.Model, seen: int, *, zone: str) -> None:
    """Raise SettingMoved if the locked row was changed after `seen`, telling when in `zone`."""
    changes = SettingChange.objects.filter(kind=kind_of(row), object_id=row.pk)
    last = changes.select_related("by").order_by("pk").last()
    if seen > (last.pk if last else 0):
        raise InvalidInput("The page is incomplete; load it again.", field="seen")
    if last is not None and last.pk > seen:
        who = last.by.name if last.by else "The system"
        when = words.moment(words.local(last.at, zone))
        raise SettingMoved(
            f"{who} changed this on {when}, after you opened it. "
            "Nothing is saved yet. What you typed is kept: save again if it still holds."
        )


def _identifying(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.fields if class_of(field) == "identifying"}


def _text(row: models.Model, field: str, value: object) -> str:
    """The value as staff read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    choices = {f.name: dict(f.flatchoices) for f in row._meta.fields if f.choices}
    return str(choices.get(field, {}).get(value, value))
