"""What is left of somebody's day at 16:45: promises, what is due, tomorrow's visits, drafts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from recruitment.models import Draft, Lead, NextAction, StudySite, Visit
from recruitment.models.halts import standing_halts
from recruitment.queries.out_today import today_at
from recruitment.rules.calendars import BusinessCalendar, next_opening
from recruitment.rules.stages import OPEN
from trialsnest.lib.zones import DAY, local_time, start_of

SHOWN = 100  # actions on one page, the first due first
RELATED = ("lead__person", "lead__study_site__study", "lead__study_site__site")


@dataclass(frozen=True)
class CloseOut:
    """The four lists. `total` is how many actions are due, whatever is shown of them."""

    promises: Sequence[NextAction]
    due: Sequence[NextAction]
    total: int
    visits: Sequence[Visit]
    drafts: Sequence[Draft]

    @property
    def is_clear(self) -> bool:
        """Whether nothing is left."""
        return not (self.promises or self.due or self.visits or self.drafts)


def end_of_day(user: User, *, now: datetime) -> datetime:
    """The end of the user's day on her own clock (UTC)."""
    return start_of(local_time(now, user.time_zone).date() + DAY, user.time_zone)


def close_out(
    user: User,
    places: Sequence[StudySite],
    calendars: Mapping[int, BusinessCalendar],
    *,
    now: datetime,
) -> CloseOut:
    """What `user` has left at `now` (UTC), of her leads at `places`. Six statements.

    Due is what is due before her day ends, past due ones too; nobody works on what is on a list
    or halted. Visits are those that nobody confirmed, up to the end of the next day on which their
    site is open. `calendars` by the key of the place.
    """
    due = due_by_tonight(user, places, now=now)
    first = list(due.filter(is_promised=False).select_related(*RELATED)[:SHOWN])
    total = len(first)
    if total == SHOWN:
        total = due.filter(is_promised=False).count()
    return CloseOut(
        promises=list(due.filter(is_promised=True).select_related(*RELATED)[:SHOWN]),
        due=first,
        total=total,
        visits=_unconfirmed(user, places, calendars, now=now),
        drafts=list(
            Draft.objects.filter(
                Q(lead=None) | Q(lead__in=Lead.objects.visible_to(user)), user=user
            )
            .select_related("lead__person", "lead__study_site__study")
            .order_by("saved_at", "pk")[:SHOWN]
        ),
    )


def due_by_tonight(
    user: User, places: Sequence[StudySite], *, now: datetime
) -> QuerySet[NextAction]:
    """Her open actions that are due before her day ends, the first due first."""
    keys = [place.pk for place in places]
    halted = [halt.study_site_id for halt in standing_halts(keys)]
    on_a_list = Q(lead__is_held=True, is_promised=False)
    parked = on_a_list | Q(lead__study_site__in=halted, lead__visit_at__isnull=True)
    rows: QuerySet[NextAction] = NextAction.objects.filter(
        lead__owner=user,
        lead__study_site__in=keys,
        lead__stage__in=OPEN,
        ended_at__isnull=True,
        due_at__lt=end_of_day(user, now=now),
    )
    return rows.exclude(parked).order_by("due_at", "pk")


def _unconfirmed(
    user: User,
    places: Sequence[StudySite],
    calendars: Mapping[int, BusinessCalendar],
    *,
    now: datetime,
) -> list[Visit]:
    wanted = Q(pk__in=[])
    for place in places:
        today = today_at(place, now=now)
        opens = next_opening(today.ends_at, calendars[place.pk])
        until = start_of(local_time(opens, today.zone).date() + DAY, today.zone)
        wanted |= Q(lead__study_site=place, starts_at__gte=today.ends_at, starts_at__lt=until)
    visits = Visit.objects.filter(wanted, lead__owner=user, result="", confirmed_at__isnull=True)
    return list(visits.select_related(*RELATED).order_by("starts_at", "pk"))
