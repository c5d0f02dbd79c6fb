"""Many counts of leads in one statement: what is broken, saved views, the list without filters."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Subquery, Value, When

from accounts.models import User
from recruitment.models import Lead, Source
from recruitment.models.desk import SavedView
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Counts, Tab
from recruitment.queries.queue_lists import Lists, shape_of
from recruitment.rules.queue_checks import Check
from trialsnest.lib.prepared import prepared
from trialsnest.lib.tally import counted_to

MOST_SHOWN = 60  # views, each of which is counted


def saved_views(read: Queue) -> list[SavedView]:
    """Her own views, then those shared with the sites whose leads she sees. One statement."""
    sites = {study_site.site_id for study_site in read.study_sites}
    return _views(me=read.user.pk, sites=sorted(sites))


@prepared
def _views(*, me: int, sites: Sequence[int]) -> QuerySet[SavedView]:
    own = Q(owner=me)
    found = SavedView.objects.filter(own | Q(site__in=sites)).select_related("owner", "site")
    is_own = Case(When(own, then=Value(0)), default=Value(1))
    return found.order_by(is_own, "name", "pk")[:MOST_SHOWN]


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
    wanted = {**asks, **({"named": named} if named is not None else {})}
    if not wanted:
        return {}
    places = [row.pk for row in read.study_sites]
    values = {"places": places, "studies": sorted({row.study_id for row in read.study_sites})}
    for at, ask in enumerate(wanted.values()):
        values |= read.values(ask, f"of{at}_")
    shape = tuple((key, shape_of(ask)) for key, ask in wanted.items())
    [found] = _figures(shape, cap, **values)
    return {
        name.removeprefix("n_"): counted_to(value, cap) if name[:2] == "n_" and cap else value
        for name, value in found.items()
    }


@prepared
def _figures(
    asks: Sequence[tuple[str, Ask]], cap: int | None, **values: Any
) -> QuerySet[User, dict[str, Any]]:
    """One row of figures; what is called `named` gives names in the place of a figure."""
    wanted: dict[str, Subquery] = {}
    for at, (key, ask) in enumerate(asks):
        lists = Lists(values, f"of{at}_")
        if key == "named":
            wanted |= _names(lists, ask)
        else:
            wanted[f"n_{key}"] = _count(lists, ask, cap)
    found: QuerySet[User, dict[str, Any]] = (
        User.objects.filter(pk=values["me"]).annotate(**wanted).values(*wanted)
    )
    return found


def figures_beside(
    read: Queue, counts: Counts, ask: Ask, asks: Mapping[str, Ask], *, named: Ask | None = None
) -> dict[str, Any]:
    """The figures of `asks` beside `counts`, which were counted for `ask`: what stands there is
    not counted again, and where they stopped, figures stop. One statement.
    """
    known: dict[str, Any] = {}
    if counts.ownerless is not None and not ask.is_filtered and Check.NO_OWNER in asks:
        known = {Check.NO_OWNER.value: counts.ownerless}
    rest = {name: one for name, one in asks.items() if name not in known}
    cap = read.limits.cap if counts.is_cut else None
    return figures(read, rest, cap=cap, named=named) | known


CHECKS: Mapping[str, Ask] = {check.value: Ask(tab=Tab.TEAM, check=check) for check in Check}
"""What each check asks for, over everybody's leads in sight."""


def _count(lists: Lists, ask: Ask, cap: int | None) -> HowMany:
    leads = Lead.objects.filter(lists.of_list(ask), study_site__in=lists.values["places"])
    found = leads.order_by().values("pk")
    return HowMany(found if cap is None else found[: cap + 1])


def _names(lists: Lists, ask: Ask) -> dict[str, Subquery]:
    names: dict[str, Subquery] = {}
    if ask.source:
        found = Source.objects.filter(pk=lists.own("source"), study__in=lists.values["studies"])
        names["source_name"] = Subquery(found.values("name")[:1])
    if ask.owner:
        seen = Lead.objects.filter(study_site__in=lists.values["places"])
        owned = seen.filter(owner=lists.own("owner")).order_by()
        names["owner_name"] = Subquery(owned.values("owner__name")[:1])
    return names
