"""Where an open lead stands in the queue, and why it stands there (N7 with D15, D18)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import TextChoices

from recruitment.rules.contact_hours import DEFAULT_WINDOW, HARD_LIMIT, next_allowed
from recruitment.rules.stages import Stage
from recruitment.rules.visits import UNRECORDED
from recruitment.rules.vocabulary import ActionType
from trialsnest.lib.words import age, clock, day_short, local
from trialsnest.lib.zones import DAY, instant_of, local_time, start_of


class Lane(TextChoices):
    """A stretch of the queue; the order of the members is the order of the lanes (D15)."""

    PROMISED_CALLBACK = "promised_callback", "Promised call-backs"
    NO_FIRST_ACTION = "no_first_action", "No first action yet"
    VISITS = "visits", "Visits today and missed visits"
    OVERDUE = "overdue", "Past due"
    READY_TO_SCHEDULE = "ready_to_schedule", "Ready to schedule, no dates offered"
    DUE_TODAY = "due_today", "Due today"
    REST = "rest", "Later"


RANK = {lane: position for position, lane in enumerate(Lane)}
PROMISE_AHEAD = timedelta(minutes=30)  # a promised call is at hand this long before its time

A = ActionType
CONTACTS: frozenset[ActionType] = frozenset(
    {A.CALL, A.MESSAGE, A.FINISH_PRESCREEN, A.OFFER_DATES, A.CONFIRM_VISIT, A.MISSED_VISIT}
)
"""Actions that reach the person, and so wait for the hours in which she may be contacted."""


@dataclass(frozen=True)
class Day:
    """Now and the end of today on the site's clock. Instants are UTC."""

    now: datetime
    ends_at: datetime
    zone: str


@dataclass(frozen=True)
class ContactTimes:
    """When somebody in a zone may be contacted, seen from now. Instants are UTC.

    `usual` and `promised` are the next allowed moments in the contact window and in the widest
    hours there are (now, if now is allowed). `band` is the early or late stretch between the two
    that now lies in: what was planned for such an hour may be done in it (D27).
    """

    usual: datetime
    promised: datetime
    band: tuple[datetime, datetime] | None


@dataclass(kw_only=True)  # a frozen one takes three times as long to make, fifty times a page
class Ranked:
    """What decides the place of one open lead. Instants are UTC.

    `review_by` is the earliest review date of its open blockers, `chase_at` the earliest chase of
    its records, `confirm_by` when its visit should be confirmed, `accept_by` when its hand-off
    should be answered. `dates_offered` says whether visit dates were offered since the lead
    entered its stage. `is_held`: it stands on a list and is not released yet (D28); `is_halted`:
    its study is halted here, and nobody reaches out (D32).
    """

    stage: Stage
    received_at: datetime
    first_action_at: datetime | None
    last_movement_at: datetime | None
    action: ActionType
    due_at: datetime
    is_promised: bool
    visit_at: datetime | None
    visit_confirmed: bool
    review_by: datetime | None = None
    chase_at: datetime | None = None
    confirm_by: datetime | None = None
    accept_by: datetime | None = None
    dates_offered: bool = False
    is_held: bool = False
    is_halted: bool = False

    @property
    def parked(self) -> str:
        """Why nobody works on it now; "" for all others.

        What the person was promised is kept although she is on a list, and a booked visit counts
        although the study is halted: there is somebody to call.
        """
        if self.is_halted and self.visit_at is None:
            return "study halted, nobody reaches out"
        if self.is_held and not self.is_promised:
            return "on a list, not released yet"
        return ""

    @property
    def beside(self) -> list[tuple[datetime, str]]:
        """The dates kept beside the next action, in words (D18)."""
        dates = (
            (self.review_by, "blocker to look at again"),
            (self.chase_at, "records to chase"),
            (self.confirm_by, "visit to confirm"),
            (self.accept_by, "hand-off to be answered"),
        )
        return [(date, words) for date, words in dates if date is not None]

    @cached_property
    def earliest(self) -> datetime:
        """The earliest of the lead's dates (D18)."""
        beside = (self.review_by, self.chase_at, self.confirm_by, self.accept_by)
        return min(filter(None, (self.due_at, *beside)))


@dataclass(frozen=True)
class Place:
    """A lane, the key that orders leads across lanes, and a sentence that says why.

    The sentence adds to the lane's name and to the due time, which stand beside it, and repeats
    neither.
    """

    lane: Lane
    key: tuple[int, int, datetime, datetime, datetime]
    reason: str


def day_of(now: datetime, zone: str) -> Day:
    """Today at a site in `zone`."""
    return Day(now, start_of(local_time(now, zone).date() + DAY, zone), zone)


def contact_times(now: datetime, zone: str) -> ContactTimes:
    """When somebody who lives in `zone` may be contacted from `now` on (CK8)."""
    usual, promised = next_allowed(now, zone), next_allowed(now, zone, HARD_LIMIT)
    band = None
    if promised <= now < usual:
        there = local_time(now, zone)
        late = there.time() >= DEFAULT_WINDOW.closes
        begins, ends = (
            (DEFAULT_WINDOW.closes, HARD_LIMIT.closes)
            if late
            else (HARD_LIMIT.opens, DEFAULT_WINDOW.opens)
        )
        band = (
            instant_of(there.date(), begins, zone),
            instant_of(there.date(), ends, zone),
        )
    return ContactTimes(usual, promised, band)


def doable_at(lead: Ranked, times: ContactTimes, now: datetime) -> datetime:
    """From when on the next action may be done: now, or the next allowed moment (D15)."""
    if lead.action not in CONTACTS:
        return now
    if lead.is_promised:
        return times.promised
    if times.band is not None and times.band[0] <= lead.due_at < times.band[1]:
        return now
    return times.usual


def place(lead: Ranked, day: Day, times: ContactTimes) -> Place:
    """The lead's lane at `day.now`, its key and the reason.

    What may not be done now stays in its lane behind the others, for a promised call-back, a lead
    without a first action and a visit; in the other lanes it moves to its next allowed moment.
    The queue ranks by the earliest of the lead's dates and names it (D18). What nobody works on now
    stands at the very end, the oldest first.
    """
    if lead.parked:
        moment = lead.received_at
        return Place(Lane.REST, (RANK[Lane.REST], 1, moment, lead.due_at, moment), lead.parked)
    now, doable = day.now, doable_at(lead, times, day.now)
    date = lead.earliest
    waits = doable > now
    date_waits = waits and date == lead.due_at
    lane = next(lane for lane, fits in lanes_of(lead, day, times) if fits)
    moment = {
        Lane.PROMISED_CALLBACK: lead.due_at,
        Lane.NO_FIRST_ACTION: lead.received_at,
        Lane.VISITS: _visit_moment(lead, day),
        Lane.OVERDUE: date,
        Lane.READY_TO_SCHEDULE: date,
        Lane.DUE_TODAY: max(date, doable) if date_waits else date,
        Lane.REST: lead.last_movement_at or lead.received_at,
    }[lane]
    behind = waits and RANK[lane] <= RANK[Lane.VISITS]
    if behind:
        moment = doable
    said = _reason(lead, day, lane, date)
    if behind or (date_waits and doable > lead.due_at):
        said = f"contact from {when_words(doable, day)}"
    return Place(lane, (RANK[lane], int(behind), moment, lead.due_at, lead.received_at), said)


def lanes_of(lead: Ranked, day: Day, times: ContactTimes) -> Iterator[tuple[Lane, bool]]:
    """Every lane in its order and whether the lead belongs there; the first that fits is its own.

    The only place where a lane is decided: `place` orders by it and a trace tells of it.
    """
    date, doable = lead.earliest, doable_at(lead, times, day.now)
    if date != lead.due_at:
        doable = day.now  # the date that counts is not the action's, which alone may have to wait
    may_now = doable <= day.now
    is_ready = lead.stage == Stage.READY_TO_SCHEDULE and not lead.dates_offered
    yield Lane.PROMISED_CALLBACK, lead.is_promised and lead.due_at <= day.now + PROMISE_AHEAD
    yield Lane.NO_FIRST_ACTION, lead.first_action_at is None
    yield Lane.VISITS, is_visit_today(lead, day) or _is_missed_visit(lead, day)
    yield Lane.OVERDUE, may_now and date <= day.now
    yield Lane.READY_TO_SCHEDULE, may_now and is_ready
    yield Lane.DUE_TODAY, max(date, doable) < day.ends_at
    yield Lane.REST, True


def is_visit_today(lead: Ranked, day: Day) -> bool:
    """A booked visit that is today or past, unless it is confirmed and has not just been missed."""
    if lead.visit_at is None:
        return False
    unconfirmed = not lead.visit_confirmed and lead.visit_at < day.ends_at
    return unconfirmed or lead.visit_at <= day.now - UNRECORDED


def _is_missed_visit(lead: Ranked, day: Day) -> bool:
    return lead.action == A.MISSED_VISIT and lead.due_at < day.ends_at


def _visit_moment(lead: Ranked, day: Day) -> datetime:
    if lead.visit_at is not None and is_visit_today(lead, day):
        return lead.visit_at
    return lead.due_at


def _reason(lead: Ranked, day: Day, lane: Lane, date: datetime) -> str:
    if lane == Lane.PROMISED_CALLBACK:
        return f"call-back promised for {when_words(lead.due_at, day)}"
    if lane == Lane.NO_FIRST_ACTION:
        return "no first action"
    if lane == Lane.VISITS:
        return _visit_reason(lead, day)
    if lane == Lane.READY_TO_SCHEDULE:
        return "no dates offered yet"
    if lane == Lane.REST:
        moved = lead.last_movement_at
        if moved is None:
            return f"no movement in {age(day.now - lead.received_at)}"
        return f"last movement {age(day.now - moved)} ago"
    is_past = date <= day.now
    if date != lead.due_at:
        what = next(words for moment, words in lead.beside if moment == date)
        return f"{what} {'since' if is_past else 'by'} {when_words(date, day)}"
    return f"was due {when_words(date, day)}" if is_past else f"due in {age(date - day.now)}"


def _visit_reason(lead: Ranked, day: Day) -> str:
    if lead.visit_at is None or not is_visit_today(lead, day):
        return "missed visit to follow up"
    if lead.visit_at <= day.now - UNRECORDED:
        return f"visit {age(day.now - lead.visit_at)} ago, no result recorded"
    return f"visit {when_words(lead.visit_at, day)}, not confirmed"


def when_words(at: datetime, day: Day) -> str:
    """An instant on the site's clock: the time today, the day and the time otherwise."""
    there = local(at, day.zone)
    today = there.date() == local(day.now, day.zone).date()
    return clock(there) if today else f"{day_short(there)} {clock(there)}"
