"""Leads whose next action was put off again and again, for the weekly review (N3, D19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.models import NextAction, StudySite
from recruitment.rules.next_actions import PUT_OFF_OFTEN
from recruitment.rules.vocabulary import ActionType


@dataclass(frozen=True)
class PutOff:
    """One lead, by its number alone, and how often its open next action was put off (D34)."""

    number: str
    action: ActionType
    times: int
    due_at: datetime


def put_off_often(study_sites: Iterable[StudySite]) -> Sequence[PutOff]:
    """Open next actions put off three times or more, most often first. One statement."""
    rows = NextAction.objects.filter(
        lead__study_site__in=list(study_sites),
        ended_at__isnull=True,
        push_backs__gte=PUT_OFF_OFTEN,
    ).order_by("-push_backs", "due_at", "pk")
    return [
        PutOff(row["lead__number"], ActionType(row["type"]), row["push_backs"], row["due_at"])
        for row in rows.values("lead__number", "type", "push_backs", "due_at")
    ]
