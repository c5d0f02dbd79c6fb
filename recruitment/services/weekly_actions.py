"""What was agreed in earlier reviews and is still open, checked against the log (W7, W8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from recruitment.models import Blocker, OutreachAttempt, ReviewAction, ReviewActionLead, StudySite
from recruitment.rules.stages import CLOSED
from recruitment.rules.weekly.agenda import Finding
from recruitment.rules.weekly.codes import OF_LEADS, ActionState, DoneWhen, ItemKind

Values = Mapping[tuple[ItemKind, int, str], int]
"""The figure of each finding by what makes it the same thing from week to week."""


@dataclass(frozen=True)
class Checked:
    """How far an action has come: `done` of `total` leads, and the figure of its subject now."""

    action: ReviewAction
    is_done: bool
    done: int
    total: int
    value: int


def values_of(findings: Sequence[Finding]) -> Values:
    """The figures of these findings. What was not found at all is 0."""
    return {one.key: one.value for one in findings}


def open_actions(places: Sequence[StudySite]) -> QuerySet[ReviewAction]:
    """What was agreed for these studies at sites and has not ended, the first due first."""
    rows = ReviewAction.objects.filter(study_site__in=places, state=ActionState.OPEN)
    return rows.select_related("owner", "study_site__study", "study_site__site")


def checked(actions: Sequence[ReviewAction], values: Values, *, now: datetime) -> list[Checked]:
    """Each of `actions` as the log shows it at `now` (UTC), in their order. One statement.

    A contact counts from the moment it was agreed on, so does a movement; a closed lead needs
    nothing more. What its owner has to say herself is never done by itself.
    """
    states = _states(actions, now=now)
    return [_checked(action, states[action.pk], values) for action in actions]


def _states(actions: Sequence[ReviewAction], *, now: datetime) -> Mapping[int, list[bool]]:
    """For each action whether each of its leads shows the sign."""
    tried = OutreachAttempt.objects.filter(
        lead=OuterRef("lead"), at__gte=OuterRef("action__agreed_at"), at__lte=now
    )
    blocked = Blocker.objects.filter(
        lead=OuterRef("lead"), category=OuterRef("action__code"), resolved_at__isnull=True
    )
    closed = Q(lead__stage__in=CLOSED)
    signs = {
        DoneWhen.CONTACTED: Q(Exists(tried)) | closed,
        DoneWhen.MOVED: Q(lead__last_movement_at__gt=F("action__agreed_at")) | closed,
        DoneWhen.OWNED: Q(lead__owner__isnull=False) | closed,
        DoneWhen.UNBLOCKED: ~Q(Exists(blocked)) | closed,
        DoneWhen.CLEARED: Q(lead__due_at__gt=now) | closed,
    }
    shown = Q(pk__in=[])
    for sign, condition in signs.items():
        shown |= Q(action__done_when=sign) & condition
    found: dict[int, list[bool]] = defaultdict(list)
    rows = ReviewActionLead.objects.filter(action__in=actions).annotate(is_done=shown)
    for action, is_done in rows.values_list("action", "is_done"):
        found[action].append(bool(is_done))
    return found


def _checked(action: ReviewAction, leads: Sequence[bool], values: Values) -> Checked:
    value = values.get((ItemKind(action.kind), action.study_site_id, action.code), 0)
    when = DoneWhen(action.done_when)
    if when in OF_LEADS:
        return Checked(action, bool(leads) and all(leads), sum(leads), len(leads), value)
    is_done = when == DoneWhen.FEWER and action.goal is not None and value <= action.goal
    return Checked(action, is_done, 0, 0, value)
