"""Hand-offs both ways, each with what the lead itself says (H2, H4). Statements do not grow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Q, QuerySet

from accounts.models import User
from recruitment.models import (
    Blocker,
    ContactPermission,
    Handoff,
    HandoffStep,
    Lead,
    NextAction,
    study_sites_for,
)
from recruitment.rules.vocabulary import Channel, PermissionState
from recruitment.rules.work_codes import HandoffState

SHOWN = 200  # at most, of each list
ANSWERED_FOR = timedelta(days=14)  # how long an answered one is still listed
SAID = {
    PermissionState.YES: "agreed",
    PermissionState.NO: "not agreed",
    PermissionState.UNKNOWN: "not asked",
}
ASKED = (Channel.PHONE, Channel.TEXT, Channel.EMAIL)


@dataclass(frozen=True)
class Sheet:
    """One hand-off and the lead as it is now. `zone` is the site's."""

    handoff: Handoff
    zone: str
    action: NextAction | None
    blockers: Sequence[Blocker]
    channels: str
    steps: Sequence[HandoffStep]
    is_late: bool

    @property
    def lead(self) -> Lead:
        """The lead."""
        lead: Lead = self.handoff.lead
        return lead

    @property
    def call_back(self) -> datetime | None:
        """When the person asked to be called, if she did (N4)."""
        return self.action.due_at if self.action and self.action.is_promised else None


@dataclass(frozen=True)
class Handoffs:
    """What waits for somebody, what she handed over, and what nobody at her site took in time."""

    to_me: Sequence[Sheet]
    from_me: Sequence[Sheet]
    unanswered: Sequence[Sheet]


def handoffs(user: User, *, now: datetime) -> Handoffs:
    """The lists of `user` at `now` (UTC). Seven statements, whatever they hold.

    Unanswered are those of the sites that she leads whose `accept_by` has passed (H3); no job is
    needed for that. Her own lists leave out what she may not see any more.
    """
    visible = Handoff.objects.filter(lead__in=Lead.objects.visible_to(user))
    recent = Q(state=HandoffState.OFFERED) | Q(answered_at__gt=now - ANSWERED_FOR)
    lists = [
        _read(visible.filter(receiver=user, state=HandoffState.OFFERED)),
        _read(visible.filter(recent, sender=user)),
        _read(unanswered(user, now=now)),
    ]
    sheets = {sheet.handoff.pk: sheet for sheet in sheets_of({*chain(*lists)}, now=now)}
    return Handoffs(*[[sheets[row.pk] for row in rows] for rows in lists])


def unanswered(user: User, *, now: datetime) -> QuerySet[Handoff]:
    """Hand-offs at the sites that `user` leads which nobody took in time (H3)."""
    led = study_sites_for(user, "lead_site").values("pk")
    rows: QuerySet[Handoff] = Handoff.objects.filter(
        lead__in=Lead.objects.visible_to(user),
        lead__study_site__in=led,
        state=HandoffState.OFFERED,
        accept_by__lte=now,
    )
    return rows


def _read(rows: QuerySet[Handoff]) -> list[Handoff]:
    related = rows.select_related(
        "lead__study_site__study", "lead__study_site__site", "lead__person", "sender", "receiver"
    )
    return list(related.order_by("accept_by", "pk")[:SHOWN])


def sheets_of(rows: Iterable[Handoff], *, now: datetime) -> list[Sheet]:
    """Each hand-off with what its lead says. Four statements, none when there are no rows."""
    found = list(rows)
    if not found:
        return []
    leads = [row.lead_id for row in found]
    actions = {
        row.lead_id: row for row in NextAction.objects.filter(lead__in=leads, ended_at__isnull=True)
    }
    blockers = _by_lead(Blocker.objects.filter(lead__in=leads, resolved_at__isnull=True))
    said = _permissions([row.lead.person_id for row in found])
    steps: dict[int, list[HandoffStep]] = defaultdict(list)
    for step in HandoffStep.objects.filter(handoff__in=found):
        steps[step.handoff_id].append(step)
    return [
        Sheet(
            handoff=row,
            zone=row.lead.study_site.site.time_zone,
            action=actions.get(row.lead_id),
            blockers=blockers.get(row.lead_id, []),
            channels=_channels(said.get(row.lead.person_id, {})),
            steps=steps[row.pk],
            is_late=row.state == HandoffState.OFFERED and row.accept_by <= now,
        )
        for row in found
    ]


def _by_lead(rows: Iterable[Blocker]) -> Mapping[int, list[Blocker]]:
    found: dict[int, list[Blocker]] = defaultdict(list)
    for row in rows:
        found[row.lead_id].append(row)
    return found


def _permissions(people: Sequence[int]) -> Mapping[int, Mapping[Channel, PermissionState]]:
    latest = (
        ContactPermission.objects.filter(person__in=people)
        .order_by("person", "channel", "-at", "-id")
        .distinct("person", "channel")
        .values_list("person", "channel", "state")
    )
    found: dict[int, dict[Channel, PermissionState]] = defaultdict(dict)
    for person, channel, state in latest:
        found[person][Channel(channel)] = PermissionState(state)
    return found


def _channels(said: Mapping[Channel, PermissionState]) -> str:
    """`Phone agreed, text not asked, e-mail not agreed`."""
    words = [
        f"{channel.label if n == 0 else channel.label.lower()} "
        f"{SAID[said.get(channel, PermissionState.UNKNOWN)]}"
        for n, channel in enumerate(ASKED)
    ]
    return ", ".join(words)
