"""Leave and who covers: leads move when it begins and come back when it ends (O5, A2).

What moved is known by `Leave.action_id`: every event of the beginning carries it. Both ends may
run twice, late, or after a kill: each is one transaction under the lock of the leave's row, and
asks that row first. Jobs set owners only, never a stage (LC12).
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from recruitment.models import Lead, Leave, LeaveCover, StudySite, study_sites_for
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import OPEN
from recruitment.rules.work_codes import AlertKind
from recruitment.services import jobs
from recruitment.services.alerts import raise_alert
from recruitment.services.away import last_day
from recruitment.services.freeing import Freed, hand_on
from recruitment.services.ownership import assign_lead, hold_user
from recruitment.services.settings import record
from recruitment.services.verbs import verb
from trialsnest.lib.zones import as_utc

BEGIN, END = "leave.begin", "leave.end"
NOTHING = Freed(0, 0)
Covers = Mapping[StudySite, User | None]


@verb
@transaction.atomic
def record_leave(
    *,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    covers: Covers,
    by: User,
    at: datetime,
) -> Leave:
    """Record that `user` is away in `[starts_at, ends_at)`, all UTC, and who covers where.

    `covers` names a colleague per study at a site, or None: her leads there go to Unowned. It
    must name every one in which she owns open leads. What begins now takes effect at once, what
    begins later by a job. Raises InvalidInput naming the field: a leave that ends before it
    begins or is over, one that overlaps another of hers, study-sites without cover, and a cover
    who does not work there or is away herself. Then nothing is written.
    """
    hold_people(user, [cover for cover in covers.values() if cover is not None])
    _check_when(user, starts_at, ends_at, at=at)
    _check_covers(user, covers, starts_at, ends_at)
    leave = Leave.objects.create(
        user=user, starts_at=starts_at, ends_at=ends_at, recorded_at=at, recorded_by=by
    )
    LeaveCover.objects.bulk_create(
        [
            LeaveCover(leave=leave, study_site=study_site, cover=cover)
            for study_site, cover in covers.items()
            if cover is not None
        ]
    )
    if starts_at <= at:
        begin_leave(leave=leave, by=by, at=at)
    else:
        _enqueue(BEGIN, leave, at=at, due_at=starts_at)
    _enqueue(END, leave, at=at, due_at=ends_at)
    return leave


@transaction.atomic
def begin_leave(*, leave: Leave, by: User | None, at: datetime) -> Freed:
    """Move her open leads to who covers, or to Unowned with an alert; how many went where.

    Nothing happens before its time, a second time, or after it was called off. One that is over
    before it began (a job that came very late) moves nothing. `by` is None for a job; `at` UTC.
    """
    covers = {row.study_site_id: row.cover for row in leave.covers.select_related("cover")}
    hold_people(leave.user, covers.values())
    locked = Leave.objects.select_for_update(of=("self",)).select_related("user").get(pk=leave.pk)
    if locked.begun_at or locked.ended_at or at < locked.starts_at:
        return NOTHING
    locked.begun_at = at
    if at >= locked.ends_at:
        locked.ended_at = at
    locked.save(update_fields=["begun_at", "ended_at"])
    if locked.ended_at is not None:
        return NOTHING
    owned = Lead.objects.filter(owner=locked.user, stage__in=OPEN).order_by("pk")
    left, covered = hand_on(owned, covers, of=locked.user, by=by, at=at, action_id=locked.action_id)
    for study_site in StudySite.objects.filter(pk__in=left).order_by("pk"):
        raise_alert(
            study_site=study_site,
            kind=AlertKind.LEAVE,
            about=locked.user,
            leads=left[study_site.pk],
            by=by,
            at=at,
        )
    return Freed(left.total(), covered)


@transaction.atomic
def end_leave(*, leave: Leave, by: User | None, at: datetime) -> int:
    """End the leave at `at` (UTC): leads that still sit with who covered come back; how many.

    One that has not begun is called off. May run twice; a lead that went on meanwhile stays where
    it is, and all of them if she may not work there any more.
    """
    covers = [row.cover for row in leave.covers.select_related("cover")]
    hold_people(leave.user, covers)
    locked = Leave.objects.select_for_update(of=("self",)).select_related("user").get(pk=leave.pk)
    if locked.ended_at is not None:
        return 0
    moved = locked.begun_at is not None
    if not moved and at > locked.starts_at:
        locked.begun_at = at
    locked.ended_at = at
    locked.save(update_fields=["begun_at", "ended_at"])
    return _give_back(locked, by=by, at=at) if moved else 0


@verb
@transaction.atomic
def shorten_leave(*, leave: Leave, ends_at: datetime, by: User, at: datetime) -> None:
    """Let a leave end earlier, at `ends_at` (UTC); now or in the past ends it at once.

    Raises InvalidInput for a later end (that is another leave), and for one before it begins.
    Refusal when it is over. Who changed it stands in the changes of settings.
    """
    hold_people(leave.user, [row.cover for row in leave.covers.select_related("cover")])
    locked = Leave.objects.select_for_update().get(pk=leave.pk)
    if locked.ended_at is not None:
        raise Refusal("This leave is over already.")
    if ends_at >= locked.ends_at:
        raise InvalidInput(
            "Choose an earlier last day. For a longer time away record another leave.",
            field="last_on",
        )
    if ends_at <= locked.starts_at:
        raise InvalidInput("The last day is before the first.", field="last_on")
    record(locked, "ends_at", old=locked.ends_at, new=ends_at, by=by, at=at)
    if ends_at <= at:
        end_leave(leave=locked, by=by, at=at)
        return
    locked.ends_at = ends_at
    locked.save(update_fields=["ends_at"])
    _enqueue(END, locked, at=at, due_at=ends_at)


@verb
def cancel_leave(*, leave: Leave, by: User, at: datetime) -> int:
    """Call a leave off, or end it now if it has begun; how many leads came back. May run twice."""
    with transaction.atomic():
        if not Leave.objects.filter(pk=leave.pk, ended_at__isnull=False).exists():
            record(leave, "ended_at", new=at, by=by, at=at)
        return end_leave(leave=leave, by=by, at=at)


def _give_back(leave: Leave, *, by: User | None, at: datetime) -> int:
    covered = Lead.objects.filter(
        stage__in=OPEN,
        events__action_id=leave.action_id,
        events__kind=EventKind.OWNER_SET,
        events__code="cover",
        owner=F("events__to_owner"),
    )
    action_id, back = uuid.uuid4(), 0
    leads = Lead.objects.filter(pk__in=covered.values("pk")).select_related("owner")
    for lead in leads.order_by("pk"):
        try:
            assign_lead(
                lead=lead,
                to=leave.user,
                by=by,
                at=at,
                seen=None,
                how="return",
                action_id=action_id,
                of=lead.owner,
            )
        except Refusal:
            continue  # she left the study or is away again, or the lead went on this very moment
        back += 1
    return back


def hold_people(user: User, covers: Iterable[User]) -> None:
    """Lock `user` against being given leads, and keep the covers, in the one order of locks."""
    for person in sorted({user, *covers}, key=lambda person: person.pk):
        if person == user:
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
        else:
            hold_user(person)


def _check_when(user: User, starts_at: datetime, ends_at: datetime, *, at: datetime) -> None:
    if as_utc(ends_at) <= as_utc(starts_at):
        raise InvalidInput("The last day is before the first.", field="last_on")
    if ends_at <= at:
        raise InvalidInput("This leave is over already. Choose a later last day.", field="last_on")
    user.refresh_from_db(fields=["is_active"])
    if not user.is_active:
        raise InvalidInput(f"{user.name} is suspended.", field="first_on")
    other = _overlapping(user, starts_at, ends_at)
    if other is not None:
        until = last_day(other, user.time_zone)
        raise InvalidInput(
            f"{user.name} has a leave in that time already, until {until}.", field="first_on"
        )


def _check_covered(user: User, covers: Covers) -> None:
    """Every study at a site in which she owns open leads is named; the others she works on."""
    known = {study_site.pk for study_site in covers}
    owned = Lead.objects.filter(owner=user, stage__in=OPEN).values("study_site")
    bare = StudySite.objects.filter(pk__in=owned).exclude(pk__in=known)
    named = ", ".join(str(row) for row in bare.select_related("study", "site"))
    if named:
        raise InvalidInput(f"Choose who covers, or Unowned, for {named}.", field="covers")
    theirs = set(study_sites_for(user, "work_leads").values_list("pk", flat=True))
    theirs |= set(owned.values_list("study_site", flat=True))
    if not known <= theirs or not theirs:
        raise InvalidInput(f"{user.name} does not work on that study there.", field="covers")


def _check_covers(user: User, covers: Covers, starts_at: datetime, ends_at: datetime) -> None:
    _check_covered(user, covers)
    for study_site, cover in covers.items():
        if cover is not None:
            _check_cover(cover, study_site, user, starts_at, ends_at)


def _check_cover(
    cover: User, study_site: StudySite, user: User, starts_at: datetime, ends_at: datetime
) -> None:
    if cover == user:
        raise InvalidInput("Choose a colleague to cover.", field="covers")
    works = study_sites_for(cover, "work_leads").filter(pk=study_site.pk).exists()
    if not cover.is_active or not works:
        raise InvalidInput(f"{cover.name} does not work on {study_site}.", field="covers")
    other = _overlapping(cover, starts_at, ends_at)
    if other is not None:
        until = last_day(other, study_site.site.time_zone)
        raise InvalidInput(f"{cover.name} is on leave then, until {until}.", field="covers")


def _overlapping(user: User, starts_at: datetime, ends_at: datetime) -> Leave | None:
    leave: Leave | None = Leave.objects.filter(
        user=user, ended_at__isnull=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).first()
    return leave


def _enqueue(kind: str, leave: Leave, *, at: datetime, due_at: datetime) -> None:
    key = f"{kind}:{leave.pk}:{due_at:%Y%m%dT%H%M}"
    jobs.enqueue(kind, key=key, ids={"leave": leave.pk}, at=at, due_at=due_at)


def _run_begin(ids: jobs.Ids, at: datetime) -> None:
    begin_leave(leave=Leave.objects.select_related("user").get(pk=ids["leave"]), by=None, at=at)


def _run_end(ids: jobs.Ids, at: datetime) -> None:
    leave = Leave.objects.select_related("user").get(pk=ids["leave"])
    if at >= leave.ends_at:
        end_leave(leave=leave, by=None, at=at)


jobs.register(BEGIN, _run_begin)
jobs.register(END, _run_end)
