"""Due times counted anew after a site's calendar changed, in the background (CK1, CK5).

A change of hours, closed days or zone moves the running clocks of that site whose due time was
still to come, and when its open leads turn stale; what was breached by then keeps its due time, and
so does everything that ended. The next action is a person's plan and stays.

The leads are taken in the order of their keys, BATCH in a transaction, each batch a job that writes
the next one and how far it is. A worker that is killed loses nothing and does nothing twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from recruitment.models import Clock as ClockRow
from recruitment.models import Handoff, Job, Lead, Recalculation, RecordsItem, Site, Visit
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_book import Clocks
from recruitment.rules.clocks import Clock, timed
from recruitment.rules.stages import OPEN
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.services import jobs
from recruitment.services.cadences import cadence_of
from recruitment.services.calendars import rest_days_of
from recruitment.services.clocks import write_clocks
from recruitment.services.open_work import OpenWork, open_works
from recruitment.services.projected import set_deadlines
from recruitment.services.ranking import date_again
from recruitment.services.terms import terms_of
from trialsnest.lib.zones import local_time

KIND = "calendar.recalculate"
BATCH = 200  # leads of one transaction; about a second
SETTLED = timedelta(seconds=5)  # by then requests that began before the change are over

CARRIED: Mapping[TargetKey, tuple[type[Model], str]] = {
    TargetKey.HANDOFF: (Handoff, "accept_by"),
    TargetKey.RECORDS_CHASE: (RecordsItem, "chase_at"),
    TargetKey.VISIT_CONFIRM: (Visit, "confirm_by"),
}
"""Where a row of the work repeats the due time of its clock, for the queue."""


def begin_recalculation(site: Site, *, by: User, at: datetime) -> Recalculation | None:
    """Write the first job after a change of the calendar, in its transaction and under its lock.

    None where the site has no open lead. One that is still under way is replaced: what it has not
    reached is counted by this one. `at` is UTC and the time of the change.
    """
    under_way = Recalculation.objects.select_for_update().filter(site=site, ended_at__isnull=True)
    for earlier in under_way:
        earlier.ended_at, earlier.is_replaced = at, True
        earlier.save(update_fields=["ended_at", "is_replaced"])
    if not _open_leads(site).exists():
        return None
    row = Recalculation.objects.create(
        site=site,
        calendar_version=site.calendar_version,
        changed_at=at,
        changed_by=by,
        total=still_to_come(site, at).count(),
    )
    _enqueue(row, at=at, due_at=at + SETTLED)
    return row


def sites_being_recalculated() -> list[int]:
    """Keys of the sites whose due times are about to move; nothing there is overdue for sure.

    One that came to a stop is not among them: until somebody lets it go on, what it has not
    reached is due by the hours of before, and nobody goes untold.
    """
    rows = Recalculation.objects.filter(ended_at__isnull=True)
    return [row.site_id for row in rows if not stopped(row)]


def stopped(row: Recalculation) -> bool:
    """Whether it came to a stop before its end: its job failed too often. One statement."""
    if row.ended_at is not None:
        return False
    return Job.objects.filter(key=_key(row), state="failed").exists()


def go_on(row: Recalculation, *, at: datetime) -> None:
    """Send the job of one that has not ended again; one that failed gets new tries."""
    if row.ended_at is None:
        _enqueue(row, at=at)


def still_to_come(site: Site, at: datetime) -> QuerySet[ClockRow]:
    """The clocks that run at the site at `at` (UTC) and are not due yet: what a change moves."""
    running = ClockRow.objects.filter(study_site__site=site, lead__isnull=False, outcome="")
    return running.filter(Q(due_at__gt=at) | Q(due_at__isnull=True), told_at__lte=at)


def _open_leads(site: Site) -> QuerySet[Lead]:
    return Lead.objects.filter(study_site__site=site, stage__in=OPEN)


def _key(row: Recalculation) -> str:
    return f"{KIND}:{row.pk}:{row.after_lead}"


def _enqueue(row: Recalculation, *, at: datetime, due_at: datetime | None = None) -> None:
    jobs.enqueue(KIND, key=_key(row), ids={"recalculation": row.pk}, at=at, due_at=due_at)


def _run(ids: jobs.Ids, at: datetime) -> None:
    """One batch. A job of an earlier batch, or of one that was replaced, finds nothing to do."""
    rows = Recalculation.objects.select_for_update(of=("self",)).select_related("site")
    row = rows.get(pk=ids["recalculation"])
    if row.ended_at is not None:
        return
    leads = list(
        _open_leads(row.site)
        .filter(pk__gt=row.after_lead)
        .select_for_update(of=("self",))
        .select_related("study_site__site", "study_site__study")
        .order_by("pk")[:BATCH]
    )
    _count_anew(row, leads)
    if len(leads) == BATCH:
        row.after_lead = leads[-1].pk
        _enqueue(row, at=at)
    else:
        row.ended_at = at
    row.save()


def _count_anew(row: Recalculation, leads: list[Lead]) -> None:
    works, changed, carried = open_works(leads), [], []
    for lead in leads:
        found, terms = works[lead.pk], terms_of(lead.study_site)
        clocks = _timed_anew(found.clocks, terms)
        write_clocks(lead, before=found.clocks, after=clocks)
        looked_at = [name for name, clock in found.clocks.items() if _counts(clock, row)]
        moved = [name for name in looked_at if clocks[name].due_at != found.clocks[name].due_at]
        if [name for name in moved if _carry(found.clocks[name], clocks[name])]:
            carried.append(lead.pk)
        row.done = min(row.total, row.done + len(looked_at))
        row.moved = min(row.done, row.moved + len(moved))
        row.closed_actions += _on_closed_day(found, terms.calendar, row.changed_at)
        if _set_deadlines(lead, found._replace(clocks=clocks), terms.calendar):
            changed.append(lead)
    Lead.objects.bulk_update(changed, ["stale_at", "risk_at"])
    if carried:
        date_again(carried)


def _timed_anew(clocks: Clocks, terms: Terms) -> Clocks:
    """Running clocks under the calendars as they are; the fold's own function decides (CK5)."""
    return {
        name: timed(clock, terms) if clock.outcome is None else clock
        for name, clock in clocks.items()
    }


def _counts(clock: Clock, row: Recalculation) -> bool:
    """Whether the clock ran when the calendar changed, and was due later."""
    if clock.outcome is not None or clock.told_at > row.changed_at:
        return False
    return clock.due_at is None or clock.due_at > row.changed_at


def _carry(before: Clock, after: Clock) -> bool:
    """Let the row that repeats the due time follow, unless somebody gave it another."""
    if before.target not in CARRIED or after.due_at is None:
        return False
    model, column = CARRIED[before.target]
    rows = model._default_manager.filter(pk=before.subject_id, **{column: before.due_at})
    return rows.update(**{column: after.due_at}) > 0


def _on_closed_day(found: OpenWork, calendar: BusinessCalendar, since: datetime) -> int:
    action = found.action
    if action is None or action.is_promised or action.due_at <= since:
        return 0
    return int(not calendar.works_on(local_time(action.due_at, calendar.zone).date()))


def _set_deadlines(lead: Lead, found: OpenWork, calendar: BusinessCalendar) -> bool:
    study = lead.study_site.study
    return set_deadlines(
        lead,
        found,
        calendar,
        rest_days=rest_days_of(study),
        call_back=cadence_of(study).call_back_window,
    )


jobs.register(KIND, _run)
