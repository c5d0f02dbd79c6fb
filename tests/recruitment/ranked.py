"""What the queue ranks leads by, as it was worked out before it was kept on their rows."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.db import connection
from django.db.models import Exists, F, FilteredRelation, Min, OuterRef, Q, Subquery

from recruitment.models import Lead
from recruitment.models.dates_beside import dates_beside, offers
from recruitment.rules.stages import Stage

COLUMNS = ("next_type", "due_at", "is_promised", "date_at", "dates_offered")
EMPTY = ("", None, False, None, False)


def rank_again() -> None:
    """Fill the columns as the migration does, for leads whose rows a test has changed by hand."""
    with connection.cursor() as cursor:
        cursor.execute(import_module("recruitment.migrations.0019_queue_order").FILL)


def unlike_their_rows() -> Iterator[tuple[str, tuple[Any, ...], tuple[Any, ...]]]:
    """Leads of which a column is not what their work says: the number, what is kept, what is so."""
    beside = {
        name: Subquery(
            rows.filter(lead=OuterRef("pk")).order_by().values("lead").values(n=Min(name))
        )
        for name, rows in dates_beside().items()
    }
    offered = offers().filter(lead=OuterRef("pk"), occurred_at__gte=OuterRef("stage_entered_at"))
    leads = Lead.objects.annotate(
        action=FilteredRelation("next_actions", condition=Q(next_actions__ended_at__isnull=True)),
        type=F("action__type"),
        due=F("action__due_at"),
        promised=F("action__is_promised"),
        is_offered=Exists(offered),
        **beside,
    )
    for lead in leads.filter(Q(action__undone_at__isnull=True)):
        found = lead.__dict__
        so = EMPTY
        if found["type"] is not None:
            dates = [found[name] for name in beside if found[name] is not None]
            ready = lead.stage == Stage.READY_TO_SCHEDULE and found["is_offered"]
            earliest = min([found["due"], *dates])
            so = (found["type"], found["due"], found["promised"], earliest, ready)
        kept = tuple(found[name] for name in COLUMNS)
        if kept != so:
            yield lead.number, kept, so
