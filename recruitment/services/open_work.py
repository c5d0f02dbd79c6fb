"""What is open on leads, read in one statement under their locks: actions, blockers and clocks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef
from django.db.models.functions import JSONObject

from recruitment.models import Blocker, Clock, Lead, NextAction
from recruitment.models.contact_files import contact_parts
from recruitment.rules.clock_book import Clocks
from recruitment.rules.projection import OpenBlocker
from recruitment.rules.vocabulary import Party
from recruitment.services.clocks import clocks_of

Row = TypeVar("Row", bound=Model)


class OpenWork(NamedTuple):
    """The open next action, the open blockers, and all clocks, ended ones too.

    `versions` are those of the study's settings and of the site's calendar, as they are now;
    `contact` is what the contact file of the person is made of, where it was asked for.
    """

    action: NextAction | None
    blockers: tuple[OpenBlocker, ...]
    clocks: Clocks
    versions: tuple[int, int]
    contact: Mapping[str, Any] | None = None


def open_work(lead: Lead, *, contact_at: datetime | None = None) -> OpenWork:
    """What stands now. One statement of its own: it sees what was committed before the lock.

    With `contact_at` (UTC) also how the person may be reached then.
    """
    if contact_at is None:
        return open_works([lead])[lead.pk]
    parts = contact_parts(at=contact_at, study_site_id=lead.study_site_id, person="person")
    return open_works([lead], contact=parts)[lead.pk]


def open_works(
    leads: Iterable[Lead], *, contact: Mapping[str, Any] | None = None
) -> dict[int, OpenWork]:
    """The same for several leads, by their keys, in one statement too."""
    parts = contact or {}
    action = _rows_of(NextAction).filter(lead=OuterRef("pk"), ended_at__isnull=True)
    blockers = _rows_of(Blocker).filter(lead=OuterRef("pk"), resolved_at__isnull=True)
    found = Lead.objects.filter(pk__in=[lead.pk for lead in leads]).values_list(
        "pk",
        ArraySubquery(action[:1]),
        ArraySubquery(blockers.order_by("opened_at", "pk")),
        ArraySubquery(_rows_of(Clock).filter(lead=OuterRef("pk"))),
        "study_site__study__settings_version",
        "study_site__site__calendar_version",
        *parts.values(),
    )
    return {
        key: OpenWork(
            action=next(iter(_made(NextAction, actions)), None),
            blockers=tuple(blockers_of(_made(Blocker, open_blockers))),
            clocks=clocks_of(_made(Clock, clocks)),
            versions=(settings, calendar),
            contact=dict(zip(parts, person, strict=True)) if parts else None,
        )
        for key, actions, open_blockers, clocks, settings, calendar, *person in found
    }


def blockers_of(rows: Iterable[Blocker]) -> Iterable[OpenBlocker]:
    """The values of open blockers."""
    for row in rows:
        yield OpenBlocker(row.pk, row.category, Party(row.waiting_on), row.opened_at, row.review_by)


def _rows_of(model: type[Row]) -> Any:
    """The standing rows of a model as JSON, for a query around it."""
    columns = {field.attname: field.attname for field in model._meta.concrete_fields}
    return model._default_manager.values(row=JSONObject(**columns))


def _made(model: type[Row], found: Iterable[Mapping[str, Any]]) -> Iterable[Row]:
    fields = model._meta.concrete_fields
    for values in found:
        plain = [field.to_python(values[field.attname]) for field in fields]
        yield model.from_db("default", [field.attname for field in fields], plain)
