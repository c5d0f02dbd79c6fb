"""The last eight weeks of a study at a site, read to be replayed; nothing can be written (CK5)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from recruitment.models import Clock, Lead, LeadEvent, Site, StudySite
from recruitment.models.log import standing
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.what_if import LeadLog, Replay, Window, replays

WEEKS = 8
NOBODY, MINUS = "Nobody", "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Line:
    """Misses of one target or person, as recorded and as proposed; `ran`: clocks of a target."""

    name: str
    before: int
    after: int
    ran: int = 0

    @property
    def change(self) -> str:
        """With its sign, a true minus; `0` for none."""
        found = self.after - self.before
        return f"{found:+d}".replace("-", MINUS) if found else "0"


@dataclass(frozen=True)
class Compared:
    """What the same work made under the recorded terms and would have made under others."""

    window: Window
    leads: int
    before: Replay
    after: Replay
    names: Mapping[int, str]

    def targets(self) -> list[Line]:
        """Every target of which a clock ran, in the order of the work."""
        before, after = self.before.by_target(), self.after.by_target()
        ran = self.before.ran | self.after.ran  # the greater of both
        return [Line(key.label, before[key], after[key], ran[key]) for key in TargetKey if ran[key]]

    def people(self) -> list[Line]:
        """Who owned a lead when it was missed, by name; counts only, and nobody last (BL1)."""
        before, after = self.before.by_owner(), self.after.by_owner()
        keys = [key for key in before.keys() | after.keys() if key is not None]
        found = [Line(self.names[key], before[key], after[key]) for key in keys]
        found.sort(key=lambda line: line.name.casefold())
        if before[None] or after[None]:
            found.append(Line(NOBODY, before[None], after[None]))
        return found


def window_until(now: datetime) -> Window:
    """The eight weeks that end at `now` (UTC)."""
    return Window(now - timedelta(weeks=WEEKS), now)


def compared(place: StudySite, *, recorded: Terms, proposed: Terms, window: Window) -> Compared:
    """Replay the window under both terms. Two statements, in a transaction that cannot write."""
    with read_only():
        logs = read_logs(place, window)
        both = (recorded,) if proposed == recorded else (recorded, proposed)
        found = replays(logs, both, window)
        owners = {breach.owner_id for replay in found for breach in replay.breaches}
        names = dict(User.objects.filter(pk__in=filter(None, owners)).values_list("pk", "name"))
    return Compared(window, len(logs), found[0], found[-1], names)


@contextmanager
def read_only() -> Iterator[None]:
    """A transaction in which the database refuses every write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def read_logs(place: StudySite, window: Window) -> list[LeadLog]:
    """The whole logs of all leads that a clock may have run for in the window. One statement.

    Those are leads with a clock that still runs, or with an event recorded since the window began:
    what ended a clock within it was recorded within it.
    """
    lately = LeadEvent.objects.filter(study_site=place, recorded_at__gte=window.start)
    running = Clock.objects.filter(study_site=place, outcome="")
    leads = Lead.objects.filter(
        Q(pk__in=lately.values("lead")) | Q(pk__in=running.values("lead")), study_site=place
    )
    events = LeadEvent.objects.filter(
        lead__in=leads.values("pk"), recorded_at__lte=window.end
    ).order_by("lead_id", "seq")
    by_lead = groupby(events.iterator(chunk_size=2000), key=lambda event: event.lead_id)
    logs = (LeadLog(lead, [event.fact for event in standing(log)]) for lead, log in by_lead)
    return [log for log in logs if log.facts]


def names_of_days(site: Site, days: Iterable[date]) -> dict[date, str]:
    """What each of the closed days is, where somebody wrote it. Two statements."""
    wanted = set(days)
    names = dict.fromkeys(wanted, "")
    for first_on, last_on, reason in site.closures.values_list("first_on", "last_on", "reason"):
        names |= {day: reason for day in wanted if first_on <= day <= last_on}
    return names | dict(site.holidays.filter(on__in=wanted).values_list("on", "name"))
