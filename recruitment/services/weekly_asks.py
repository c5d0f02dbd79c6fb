"""Asks that are not settled, as findings of a weekly review (W2 lane 9, AS2, AS3)."""

from collections.abc import Sequence

from recruitment.models import Ask, StudySite
from recruitment.models.asks import waiting_leads
from recruitment.rules.asks.codes import AskState
from recruitment.rules.weekly.agenda import Finding
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.weekly_groups import first


def unsettled_asks(places: Sequence[StudySite]) -> list[Finding]:
    """Every ask that is open or answered, the oldest first, with the leads that wait for it.

    It is found in each review until it is settled or withdrawn. One statement.
    """
    rows = (
        Ask.objects.filter(study_site__in=places, ended_at__isnull=True)
        .annotate(waiting=waiting_leads())
        .order_by("raised_at", "pk")
        .values_list("study_site", "pk", "state", "waiting")
    )
    kinds = {AskState.OPEN: ItemKind.OPEN_ASK, AskState.ANSWERED: ItemKind.ANSWERED_ASK}
    return [
        Finding(kinds[AskState(state)], place, str(pk), value=len(leads), leads=first(leads))
        for place, pk, state, leads in rows
    ]
