"""What the queue ranks a lead by, kept on its row (N7, D18).

The open next action comes from the folded log. The other dates stand in the rows of the lead's
work; the UPDATE that writes the lead reads them there, in the same statement.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, F, OuterRef, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Least

from recruitment.models import Lead
from recruitment.models.dates_beside import dates_beside, dates_offered_since
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import Stage

FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # stands for a time while the text is written


def rank(lead: Lead, state: LeadState) -> None:
    """Set what ranks `lead` before it is saved; two columns become expressions."""
    action = state.action
    if action is None:
        lead.next_type, lead.is_promised, lead.dates_offered = "", False, False
        lead.due_at = lead.date_at = None
        return
    lead.next_type, lead.due_at, lead.is_promised = action.type, action.due_at, action.promised
    lead.date_at = _earliest(action.due_at)
    lead.dates_offered = False
    if state.stage == Stage.READY_TO_SCHEDULE:
        offered = dates_offered_since(lead.pk, state.stage_entered_at)
        lead.dates_offered = offered


def date_again(leads: Collection[int]) -> None:
    """Read the earliest date of these leads (keys) anew, after rows beside them were moved.

    For what moves such dates without an entry in the log. One statement; may run twice.
    """
    earliest = Least(F("due_at"), *dates_beside(OuterRef("pk")).values())
    Lead.objects.filter(pk__in=leads, due_at__isnull=False).update(date_at=earliest)


def _earliest(due_at: datetime) -> Combinable:
    """The earliest of the lead's dates; PostgreSQL leaves out those that are null."""
    text, constants = _earliest_text()
    return RawSQL(text, [due_at, *constants])  # noqa: S611  (the ORM wrote it)


@cache
def _earliest_text() -> tuple[str, Sequence[Any]]:
    """What the ORM makes of it for a lead's own row, written once a process (ADR 13).

    The time that the next action is due comes first of its values; the others stay the same.
    """
    own = Value(FIRST, output_field=DateTimeField())
    query = Lead.objects.order_by().query.chain()
    earliest = Least(own, *dates_beside(OuterRef("pk")).values()).resolve_expression(query)
    text, (_, *constants) = query.get_compiler(connection=connection).compile(earliest)
    return text, constants
