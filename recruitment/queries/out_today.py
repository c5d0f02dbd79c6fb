"""What somebody who is out today had promised, and who could cover it (O5, N4, N7)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from accounts.models import User
from recruitment.models import Handoff, Lead, Leave, NextAction, StudySite
from recruitment.models.halts import standing_halts
from recruitment.queries.queue_order import parked_leads, with_action
from recruitment.queries.team import colleagues_by_place
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import HandoffState
from trialsnest.lib.words import clock, counted, day_short, local
from trialsnest.lib.zones import DAY, local_time, start_of


@dataclass(frozen=True)
class AtRisk:
    """One promise of today: the lead, what it is in words, and when it is due (UTC)."""

    number: str
    what: str
    due_at: datetime
    rank: int


@dataclass(frozen=True)
class Proposal:
    """Who could cover a study at a site, and why; nobody where nobody is here."""

    user: User | None
    reason: str


@dataclass(frozen=True)
class Today:
    """The local day of a study at a site in which `now` lies. Instants are UTC."""

    now: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str


def today_at(place: StudySite, *, now: datetime) -> Today:
    """Today on the site's clock."""
    zone = place.site.time_zone
    date = local_time(now, zone).date()
    return Today(now, start_of(date, zone), start_of(date + DAY, zone), zone)


def at_risk(person: User, place: StudySite, *, now: datetime) -> list[AtRisk]:
    """Her promises there that fall on today or are past: call-backs and visits first.

    Promised call-backs, visits of today, what is past due or due today, and hand-offs offered to
    her. Each lead once for her own work. Three statements. `now` is UTC.
    """
    today = today_at(place, now=now)
    halted = [halt.study_site_id for halt in standing_halts([place.pk])]
    owned = Lead.objects.filter(owner=person, study_site=place, stage__in=OPEN)
    due = Q(due__lt=today.ends_at) & ~parked_leads(halted)
    visits = Q(visit_at__gte=today.starts_at, visit_at__lt=today.ends_at)
    leads = with_action(owned).annotate(type=F("action__type"), promised=F("action__is_promised"))
    found = [_own(lead, today) for lead in leads.filter(due | visits)]
    offered = Handoff.objects.filter(
        receiver=person, state=HandoffState.OFFERED, lead__study_site=place
    ).select_related("lead", "sender")
    found += [_offered(row, today) for row in offered]
    return sorted(found, key=lambda risk: (risk.rank, risk.due_at, risk.number))


def _own(lead: Lead, today: Today) -> AtRisk:
    due: datetime = lead.due  # type: ignore[attr-defined]  # annotated
    action = ActionType(lead.type).label  # type: ignore[attr-defined]  # annotated
    visit = lead.visit_at
    if lead.promised and due < today.ends_at:  # type: ignore[attr-defined]  # annotated
        return AtRisk(lead.number, f"Promised call-back {_when(due, today)}", due, 0)
    if visit is not None and today.starts_at <= visit < today.ends_at:
        confirmed = "confirmed" if lead.visit_confirmed else "not confirmed"
        return AtRisk(lead.number, f"Visit {_when(visit, today)}, {confirmed}", visit, 1)
    if due <= today.now:
        return AtRisk(lead.number, f"{action}, past due since {_when(due, today)}", due, 2)
    return AtRisk(lead.number, f"{action}, due {_when(due, today)}", due, 3)


def _offered(row: Handoff, today: Today) -> AtRisk:
    words = f"Hand-off from {row.sender.name}, to be answered by {_when(row.accept_by, today)}"
    return AtRisk(row.lead.number, words, row.accept_by, 4)


def _when(at: datetime, today: Today) -> str:
    there = local(at, today.zone)
    if today.starts_at <= at < today.ends_at:
        return clock(there)
    return f"{day_short(there)} {clock(there)}"


def proposed_covers(
    person: User, places: Sequence[StudySite], *, now: datetime
) -> Mapping[int, Proposal]:
    """By the key of the study at a site: who works there, is here all day, and has least to do.

    Least: the fewest next actions due by the end of today at these places, past due ones too; of
    equals the first by name. Three statements. `now` is UTC.
    """
    people = colleagues_by_place(places)
    ends = [today_at(place, now=now).ends_at for place in places]
    if not ends:
        return {}
    everybody = {user.pk for users in people.values() for user in users}
    away = set(
        Leave.objects.filter(
            user__in=everybody, ended_at__isnull=True, starts_at__lt=max(ends), ends_at__gt=now
        ).values_list("user", flat=True)
    )
    load = _due_today(everybody, places, before=max(ends))
    return {
        place.pk: _proposal(
            [user for user in people.get(place.pk, []) if user != person and user.pk not in away],
            load,
        )
        for place in places
    }


def _due_today(people: set[int], places: Sequence[StudySite], *, before: datetime) -> Counter[int]:
    due = NextAction.objects.filter(
        lead__owner__in=people,
        lead__study_site__in=places,
        lead__is_held=False,
        ended_at__isnull=True,
        due_at__lt=before,
    )
    return Counter(dict(due.order_by().values_list("lead__owner").annotate(n=Count("pk"))))


def _proposal(here: Sequence[User], load: Counter[int]) -> Proposal:
    if not here:
        return Proposal(None, "Nobody else who works on this study is here today.")
    found = min(here, key=lambda user: (load[user.pk], user.name))
    due = f"{counted(load[found.pk], 'action')} due today"
    if len(here) == 1:
        return Proposal(found, f"The only one here today who works on this study; {due}.")
    return Proposal(found, f"Works on this study, is here today, and has the least to do: {due}.")
