"""What the queue ranks a lead by, kept on its row (N7, D18).

The open next action comes from the folded log. The other dates stand in the rows of the lead's
work; the UPDATE that writes the lead reads them there, in the same statement.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import DateTimeField, F, OuterRef, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Least

from recruitment.models import Lead
from recruitment.models.dates_beside import dates_beside, dates_offered_since
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import Stage


def rank(lead: Lead, state: LeadState) -> None:
    """Set what ranks `lead` before it is saved; two columns become expressions."""
    action = state.action
    if action is None:
        lead.next_type, lead.is_promised, lead.dates_offered = "", False, False
        lead.due_at = lead.date_at = None
        return
    lead.next_type, lead.due_at, lead.is_promised = action.type, action.due_at, action.promised
    lead.date_at = _earliest(lead, action.due_at)
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


def _earliest(lead: Lead, due_at: datetime) -> Combinable:
    """The earliest of the lead's dates; PostgreSQL leaves out those that are null."""
    own = Value(due_at, output_field=DateTimeField())
    return Least(own, *dates_beside(lead.pk).values())
