"""What completed weekly reviews agreed, as it stood at a moment; what was typed is not read (D39).

How an action went on is read from the reviews that found it open, each of which is locked once it
is completed. The one thing that leaves no trace is the day of an action that a review put off: its
new day takes the place of the old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from recruitment.models import AgendaItem, Membership, Role, StudySite
from recruitment.rules.weekly.codes import ActionState, Ending, ReviewState
from reporting.figures.work_facts import AgreedEnd, AgreedFacts
from trialsnest.lib.prepared import prepared

OF_ITEM = ("completed_at", "ending", "carried_id", "relook_on")
OF_ACTION = ("action_id", "kind", "code", "due_on", "is_escalated", "state", "ended_at")


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """How one item of a completed review ended: with an action, or with a word on an older one.

    `carried` is the action that the review found open, `action` the one that it agreed; 0 for none.
    """

    completed_at: datetime
    ending: str
    carried: int
    relook_on: date | None
    action: int
    kind: str
    code: str
    due_on: date | None
    is_escalated: bool
    is_done_at: datetime | None
    role: str


def read_agreed(study_site: StudySite) -> list[ItemRecord]:
    """What reviews of this study at this site ended with an action or found open, the oldest first.

    One statement. A role is the one that the owner held when the review was completed.
    """
    return [_record(*row) for row in _items(place=study_site.pk)]


@prepared
def _items(*, place: int) -> QuerySet[AgendaItem, tuple[Any, ...]]:
    items = AgendaItem.objects.filter(
        Q(action__isnull=False) | Q(carried__isnull=False),
        study_site=place,
        review__state=ReviewState.COMPLETED,
    ).order_by("review__completed_at", "pk")
    rows = items.annotate(
        completed_at=F("review__completed_at"),
        is_lead=Exists(_held(Role.SITE_LEAD).filter(site=OuterRef("study_site__site"))),
        is_reviewer=Exists(_held(Role.REVIEWER).filter(study_site=OuterRef("study_site"))),
    )
    of_action = [name if name == "action_id" else f"action__{name}" for name in OF_ACTION]
    return rows.values_list(*OF_ITEM, *of_action, "is_lead", "is_reviewer")


def _held(role: Role) -> QuerySet[Membership]:
    """The role as the owner of the action held it when the review was completed."""
    then = OuterRef("review__completed_at")
    return Membership.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=then),
        user=OuterRef("action__owner"),
        role=role,
        granted_at__lte=then,
    )


def _record(
    completed_at: datetime,
    ending: str,
    carried: int | None,
    relook_on: date | None,
    action: int | None,
    kind: str | None,
    code: str | None,
    due_on: date | None,
    is_escalated: bool | None,
    state: str | None,
    ended_at: datetime | None,
    is_lead: bool,
    is_reviewer: bool,
) -> ItemRecord:
    is_done = state == ActionState.DONE
    role = Role.SITE_LEAD if is_lead else Role.REVIEWER if is_reviewer else Role.COORDINATOR
    return ItemRecord(
        completed_at=completed_at,
        ending=ending,
        carried=carried or 0,
        relook_on=relook_on,
        action=action or 0,
        kind=kind or "",
        code=code or "",
        due_on=due_on,
        is_escalated=bool(is_escalated),
        is_done_at=ended_at if is_done else None,
        role=role.value,
    )


def agreed_at(records: Sequence[ItemRecord], *, until: datetime) -> tuple[AgreedFacts, ...]:
    """The actions of reviews that were completed before `until` (UTC), each as it stood then."""
    found: dict[int, AgreedFacts] = {}
    for record in records:
        if record.completed_at >= until:
            continue
        if record.carried in found:
            found[record.carried] = _looked_at(found[record.carried], record)
        if record.action and record.due_on is not None:
            found[record.action] = AgreedFacts(
                key=record.action,
                kind=record.kind,
                code=record.code,
                role=record.role,
                agreed_at=record.completed_at,
                due_on=record.due_on,
                former=record.carried,
                is_escalated=record.is_escalated,
                end=_end_of(record, until),
                ended_at=record.is_done_at if _end_of(record, until) else None,
            )
    return tuple(found.values())


def _end_of(record: ItemRecord, until: datetime) -> str:
    done_at = record.is_done_at
    return AgreedEnd.DONE.value if done_at is not None and done_at < until else ""


def _looked_at(action: AgreedFacts, record: ItemRecord) -> AgreedFacts:
    """The action after a review that found it open: gone on with, dropped, or put off."""
    if record.action:
        return replace(action, end=AgreedEnd.CARRIED.value, ended_at=record.completed_at)
    if record.ending == Ending.CLOSE:
        return replace(action, end=AgreedEnd.DROPPED.value, ended_at=record.completed_at)
    return replace(action, put_off=True, due_on=record.relook_on or action.due_on)
