"""What the boards share: whose leads of which study are asked for, and where a list begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.models.access import StudySiteUserPermission
from recruitment.rules.lanes import day_of

PAGE = 50  # rows of one list
MINE, NOBODY = "me", "nobody"


@dataclass(frozen=True)
class BoardAsk:
    """What the address of a board asks for; 0 and "" ask for nothing in particular.

    `owner` is MINE, NOBODY or the key of a person; `shows` names one list of the board.
    """

    study: int = 0
    owner: str = ""
    shows: str = ""
    page: int = 1

    @property
    def query(self) -> str:
        """The same as an address without its path: codes and keys, never a name."""
        parts = {"study": self.study, "owner": self.owner, "list": self.shows}
        parts["page"] = self.page if self.page > 1 else ""
        return urlencode({name: value for name, value in parts.items() if value})

    def but(self, **values: object) -> "BoardAsk":
        """The same from its first page on, with other values."""
        # Named as the fields
        return replace(self, **{"page": 1, **values})  # type: ignore[arg-type]

    @property
    def is_filtered(self) -> bool:
        """Whether some leads are left out."""
        return bool(self.study or self.owner)


def leads_asked(ask: BoardAsk, user: User, places: Sequence[StudySite]) -> QuerySet[Lead]:
    """The leads of `places` that `ask` wants; no statement of its own."""
    wanted = [row.pk for row in places if not ask.study or row.study_id == ask.study]
    leads = Lead.objects.filter(study_site__in=wanted)
    if ask.owner == NOBODY:
        return leads.filter(owner__isnull=True)
    if ask.owner == MINE:
        return leads.filter(owner=user)
    return leads.filter(owner=int(ask.owner)) if ask.owner else leads


def people_of(places: Sequence[StudySite]) -> list[User]:
    """Who works at `places`, for the choice of an owner. One statement."""
    held = StudySiteUserPermission.objects.filter(
        content_object__in=[row.pk for row in places], permission__codename="work_leads"
    )
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name"))


def places_by_end_of_day(
    places: Sequence[StudySite], now: datetime
) -> Mapping[datetime, list[int]]:
    """When today ends at the sites, with the studies at sites (keys) where it ends then."""
    found: dict[datetime, list[int]] = {}
    for place in places:
        found.setdefault(day_of(now, place.site.time_zone).ends_at, []).append(place.pk)
    return found


def before_end_of_day(field: str, places: Sequence[StudySite], now: datetime) -> Q:
    """Rows of leads whose `field` lies before today ends at the lead's site."""
    parts = (
        Q(**{"lead__study_site__in": keys, f"{field}__lt": end})
        for end, keys in places_by_end_of_day(places, now).items()
    )
    return reduce(or_, parts, Q(pk__in=[]))
