"""Who is on leave, and who covers (O5): nobody is given a lead while she is away."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Leave, LeaveCover, StudySite
from recruitment.rules.refusals import InvalidInput
from trialsnest.lib.words import day, local


def leave_at(user: User, *, at: datetime) -> Leave | None:
    """The leave that `user` is on at `at` (UTC), also before its job ran. One statement."""
    leave: Leave | None = Leave.objects.filter(
        user=user, ended_at__isnull=True, starts_at__lte=at, ends_at__gt=at
    ).first()
    return leave


def check_here(user: User, *, study_site: StudySite, at: datetime) -> None:
    """Refuse to give `user` a lead of `study_site` while she is on leave.

    Raises InvalidInput naming her last day away, on the site's clock, and who covers there. One
    statement, two when she is away.
    """
    leave = leave_at(user, at=at)
    if leave is None:
        return
    row = LeaveCover.objects.filter(leave=leave, study_site=study_site)
    cover = row.select_related("cover").first()
    until = last_day(leave, study_site.site.time_zone)
    who = f"{cover.cover.name} covers here" if cover else "Nobody covers here"
    raise InvalidInput(f"{user.name} is on leave until {until}. {who}.", field="owner")


def cover_at(user: User, *, study_site: StudySite, at: datetime) -> User | None:
    """Who covers `study_site` for `user` at `at` (UTC); None when nobody does. One statement."""
    row = LeaveCover.objects.filter(
        leave__user=user,
        leave__ended_at__isnull=True,
        leave__starts_at__lte=at,
        leave__ends_at__gt=at,
        study_site=study_site,
    )
    found = row.select_related("cover").first()
    return found.cover if found is not None else None


def last_day(leave: Leave, zone: str) -> str:
    """The last day away in words, on the clock of `zone`: `Fri 4 Dec 2026`."""
    return day(local(leave.last_moment, zone))
