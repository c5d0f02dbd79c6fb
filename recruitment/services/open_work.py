"""What is open on leads, read in one statement under their locks: actions, blockers and clocks."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from recruitment.models import Blocker, Clock, Lead, NextAction
from recruitment.models.contact_files import OF_LATE, contact_parts
from recruitment.rules.clock_book import Clocks
from recruitment.rules.projection import OpenBlocker
from recruitment.rules.vocabulary import Party
from recruitment.services.clocks import clocks_of
from trialsnest.lib.prepared import prepared

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
    late = contact_at - OF_LATE
    found = _works(leads=[lead.pk], at=contact_at, late=late, place=lead.study_site_id)
    return _opened(found)[lead.pk]


def open_works(leads: Iterable[Lead]) -> dict[int, OpenWork]:
    """The same for several leads, by their keys, in one statement too."""
    keys = [lead.pk for lead in leads]
    return _opened(_works(leads=keys, at=None, late=None, place=None))


@prepared
def _works(
    *, leads: Collection[int], at: datetime | None, late: datetime | None, place: int | None
) -> QuerySet[Lead, dict[str, Any]]:
    """With `at`, `late` and `place` also the parts of the contact file, each by its name."""
    action = _rows_of(NextAction).filter(lead=OuterRef("pk"), ended_at__isnull=True)
    blockers = _rows_of(Blocker).filter(lead=OuterRef("pk"), resolved_at__isnull=True)
    person: Mapping[str, Any] = {}
    if at is not None and place is not None:
        person = contact_parts(at=at, late=late, study_site_id=place, person="person")
    found: Any = Lead.objects.filter(pk__in=leads).values(
        "pk",
        actions=ArraySubquery(action[:1]),
        open_blockers=ArraySubquery(blockers.order_by("opened_at", "pk")),
        all_clocks=ArraySubquery(_rows_of(Clock).filter(lead=OuterRef("pk"))),
        settings=F("study_site__study__settings_version"),
        calendar=F("study_site__site__calendar_version"),
        **person,
    )
    return cast(QuerySet[Lead, dict[str, Any]], found)


def _opened(found: Iterable[Mapping[str, Any]]) -> dict[int, OpenWork]:
    return {
        row["pk"]: OpenWork(
            action=next(iter(_made(NextAction, row["actions"])), None),
            blockers=tuple(blockers_of(_made(Blocker, row["open_blockers"]))),
            clocks=clocks_of(_made(Clock, row["all_clocks"])),
            versions=(row["settings"], row["calendar"]),
            contact=row if "points" in row else None,
        )
        for row in found
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
