"""Who reads the benchmark's queues: a coordinator, a site lead, and who sees everything."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.contrib.auth.models import Permission

from accounts.models import User
from benchmarks.moment import AT
from recruitment.models import Membership, Role, StudySite
from recruitment.models.access import StudySiteUserPermission
from recruitment.services.membership import PERMISSIONS

READERS = ("coordinator", "site_lead", "everything")
"""Their addresses are `coordinator@example.org` and so on; they have no password."""


def readers() -> Mapping[str, User]:
    """The people to measure with, by what they see."""
    found = {user.email: user for user in User.objects.filter(email__in=_addresses())}
    return {name: found[f"{name}@example.org"] for name in READERS}


def _addresses() -> Sequence[str]:
    return [f"{name}@example.org" for name in READERS]


def make_workers(number: int) -> int:
    """Those who own leads; the key of the first. The first of all is the coordinator to measure."""
    made = User.objects.bulk_create(
        User(
            email=f"worker{n}@example.org" if n else _addresses()[0],
            name=f"Worker {n}",
            joined_at=AT - timedelta(days=90),
        )
        for n in range(number)
    )
    return made[0].pk


def give_roles(coordinator: int, *, studies: int) -> None:
    """Give the readers their roles: `studies` at a site, a whole site, and everything."""
    _, lead, everything = _addresses()
    lead_user = User.objects.create_user(lead, name="Site lead")
    everybody = User.objects.create_user(everything, name="Sees everything")
    places = StudySite.objects.order_by("site_id", "pk")
    team = list(places[:studies])
    at_site = list(places.filter(site=team[0].site_id))
    since = AT - timedelta(days=90)
    worker = User.objects.get(pk=coordinator)
    for place in team:
        Membership.objects.create(
            user=worker, role=Role.COORDINATOR, study_site=place, granted_at=since
        )
    sites = {place.site_id: place.site for place in places.select_related("site")}
    site = sites[team[0].site_id]
    Membership.objects.create(user=lead_user, role=Role.SITE_LEAD, site=site, granted_at=since)
    for each in sites.values():
        Membership.objects.create(user=everybody, role=Role.SITE_LEAD, site=each, granted_at=since)
    _grant(worker, Role.COORDINATOR, team)
    _grant(lead_user, Role.SITE_LEAD, at_site)
    _grant(everybody, Role.SITE_LEAD, list(places))


def give_teams(number: int, *, studies: int, people: int) -> Sequence[User]:
    """Let the first coordinator of so many other teams work too, for what one alone has too few of.

    Coordinators in the order of their teams; not the one to measure.
    """
    first = User.objects.get(email=_addresses()[0]).pk
    places = list(StudySite.objects.order_by("site_id", "pk"))
    teams = [places[n : n + studies] for n in range(0, len(places), studies)][1 : number + 1]
    found = User.objects.in_bulk([first + people * n for n in range(1, len(teams) + 1)])
    for user, team in zip(found.values(), teams, strict=True):
        _grant(user, Role.COORDINATOR, team)
    return list(found.values())


def _grant(user: User, role: Role, places: Sequence[StudySite]) -> None:
    """Guardian's rows, as services.membership writes them one by one."""
    held = Permission.objects.filter(
        codename__in=PERMISSIONS[role], content_type__model="studysite"
    )
    StudySiteUserPermission.objects.bulk_create(
        StudySiteUserPermission(user=user, permission=permission, content_object=place)
        for permission in held
        for place in places
    )
