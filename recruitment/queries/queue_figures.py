"""Many counts of leads in one statement: what is broken, saved views, the list without filters."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Subquery, Value, When

from accounts.models import User
from recruitment.models import Lead, Source
from recruitment.models.desk import SavedView
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.rules.queue_checks import Check
from trialsnest.lib.tally import counted_to

MOST_SHOWN = 60  # views, each of which is counted


def saved_views(read: Queue) -> list[SavedView]:
    """Her own views, then those shared with the sites whose leads she sees. One statement."""
    sites = {study_site.site_id for study_site in read.study_sites}
    own = Q(owner=read.user)
    found = SavedView.objects.filter(own | Q(site__in=sites)).select_related("owner", "site")
    is_own = Case(When(own, then=Value(0)), default=Value(1))
    return list(found.order_by(is_own, "name", "pk")[:MOST_SHOWN])


class HowMany(Subquery):
    """How many rows a query finds."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


def figures(
    read: Queue, asks: Mapping[str, Ask], *, cap: int | None = None, named: Ask | None = None
) -> dict[str, Any]:
    """How many leads each of `asks` lists for the reader, whoever made it. One statement.

    Beyond `cap` nothing is counted, and a figure is a `More`; without one all are exact. With
    `named` also the names of the source and the owner it narrows to, as `source_name` and
    `owner_name`; a source of no study in sight, or an owner of no lead in sight, has none.
    """
    counted = {f"n_{key}": _count(read.listing(ask), cap) for key, ask in asks.items()}
    names = _names(read, named) if named is not None else {}
    if not counted and not names:
        return {}
    found = User.objects.filter(pk=read.user.pk).annotate(**counted, **names)
    values: dict[str, Any] = found.values(*counted, *names).get()
    return {
        name.removeprefix("n_"): value if cap is None or name in names else counted_to(value, cap)
        for name, value in values.items()
    }


CHECKS: Mapping[str, Ask] = {check.value: Ask(tab=Tab.TEAM, check=check) for check in Check}
"""What each check asks for, over everybody's leads in sight."""


def _count(leads: QuerySet[Lead], cap: int | None) -> HowMany:
    found = leads.order_by().values("pk")
    return HowMany(found if cap is None else found[: cap + 1])


def _names(read: Queue, ask: Ask) -> dict[str, Subquery]:
    studies = {row.study_id for row in read.study_sites}
    names: dict[str, Subquery] = {}
    if ask.source:
        found = Source.objects.filter(pk=ask.source, study__in=studies)
        names["source_name"] = Subquery(found.values("name")[:1])
    if ask.owner:
        seen = Lead.objects.filter(study_site__in=[row.pk for row in read.study_sites])
        owned = seen.filter(owner=ask.owner).order_by()
        names["owner_name"] = Subquery(owned.values("owner__name")[:1])
    return names
