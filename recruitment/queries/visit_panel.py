"""Records, scheduling readiness, visit and hand-off of one lead, as its page shows them (7.2-7.4).

Nothing here says anything about the person; it says what is clear.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from recruitment.models import (
    CtmsHandoff,
    Lead,
    ReadinessItem,
    Review,
    SlotHold,
    Visit,
    week_loads,
    weeks_from,
)
from recruitment.models.contact_files import Reach
from recruitment.queries.lead_rows import LeadRows
from recruitment.rules.capacity import WEEKS_SHOWN, WeekLoad
from recruitment.rules.records import CLEAR, OUTSTANDING, ItemState, roll_up
from recruitment.rules.visits import Reminder, reminders
from recruitment.rules.vocabulary import (
    Channel,
    PermissionState,
    RecordsState,
    ReviewDecision,
)
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState
from trialsnest.lib.weeks import Week
from trialsnest.lib.words import clock, counted, day_short, local

REMINDED_BY = (Channel.TEXT, Channel.EMAIL, Channel.PHONE)
NOT_YET = "Not looked at yet"


@dataclass(frozen=True)
class ReadinessRow:
    """One row of the checklist. `is_clear` is None where the item does not apply.

    `code` and `state` are of an item that people set; empty of the derived ones.
    """

    label: str
    words: str
    is_clear: bool | None
    owner: str = ""
    code: str = ""
    state: str = ""


@dataclass(frozen=True)
class ReminderLine:
    """One reminder of the plan in words. Nothing is sent from here (DN7)."""

    when: str
    channels: str
    words: str
    is_past: bool


@dataclass(frozen=True)
class VisitPanel:
    """What the page shows about the way to the visit and after it.

    `last` is the visit that was, `loads` are the weeks ahead as they are for this lead.
    """

    records: RecordsState
    is_outstanding: bool
    checklist: Sequence[ReadinessRow]
    visit: Visit | None
    last: Visit | None
    loads: Sequence[WeekLoad]
    holds: Sequence[SlotHold]
    reminders: Sequence[ReminderLine]
    handoff: CtmsHandoff | None

    @property
    def clear(self) -> int:
        """Rows that need nothing more."""
        return sum(1 for row in self.checklist if row.is_clear is not False)


def visit_panel(lead: Lead, rows: LeadRows, *, now: datetime, reach: Reach) -> VisitPanel:
    """The panel of `lead` from what its page has read. Two statements, for the slots. UTC."""
    visit = rows.visits[0] if rows.visits else None
    review = rows.reviews[-1] if rows.reviews else None
    rolled = roll_up(ItemState(RecordsState(row.state), row.is_required) for row in rows.records)
    held = {row.code: row for row in rows.readiness}
    items = [_item(lead, code, held.get(code)) for code in ReadinessItemCode]
    ahead, booked_in = _loads(lead, visit, now=now)
    slots = _slots(ahead, booked_in)
    return VisitPanel(
        records=rolled,
        is_outstanding=rolled in OUTSTANDING,
        checklist=[_records(rolled), _team(review), *items[:2], slots, *items[2:]],
        visit=visit,
        last=max(rows.past_visits, key=lambda row: row.starts_at, default=None),
        loads=ahead,
        holds=rows.holds,
        reminders=[] if visit is None else _reminders(lead, visit, reach, now=now),
        handoff=rows.ctms[-1] if rows.ctms else None,
    )


def _item(lead: Lead, code: ReadinessItemCode, row: ReadinessItem | None) -> ReadinessRow:
    """One of the nine items that people set; the derived slots stand after staff coverage (7.3)."""
    if row is None and code == ReadinessItemCode.INTERPRETER and not lead.person.needs_interpreter:
        return ReadinessRow(code.label, "No interpreter is needed", None)
    if row is None:
        return ReadinessRow(code.label, NOT_YET, False)
    state = ReadinessState(row.state)
    clear = {ReadinessState.CLEAR: True, ReadinessState.NOT_CLEAR: False}.get(state)
    owner = row.owner.name if row.owner else ""
    return ReadinessRow(code.label, state.label, clear, owner, code, state)


def _records(rolled: RecordsState) -> ReadinessRow:
    return ReadinessRow("Records", rolled.label, rolled in CLEAR)


def _team(review: Review | None) -> ReadinessRow:
    label = "Study-team review"
    if review is None or review.decision == ReviewDecision.WITHDRAWN:
        return ReadinessRow(label, "Not asked for", None)
    if not review.decision:
        return ReadinessRow(label, "Asked for, not decided yet", False)
    decision = ReviewDecision(review.decision)
    return ReadinessRow(label, decision.label, decision == ReviewDecision.PROCEED)


def _loads(
    lead: Lead, visit: Visit | None, *, now: datetime
) -> tuple[list[WeekLoad], WeekLoad | None]:
    """How full the next four weeks are for this lead, and the visit's week is with it (G7).

    The slot of a booked visit is free for another time of it, its time is not.
    """
    zone = lead.study_site.site.time_zone
    ahead = weeks_from(now, zone, WEEKS_SHOWN)
    if visit is None:
        return week_loads(lead.study_site, ahead, at=now, but=lead), None
    own = Week.containing(visit.starts_at, zone)
    weeks = sorted({*ahead, own}, key=lambda week: week.monday)
    loads = {load.monday: load for load in week_loads(lead.study_site, weeks, at=now, but=lead)}
    others = loads[own.monday]
    loads[own.monday] = replace(others, times=(*others.times, visit.starts_at))
    return [loads[week.monday] for week in ahead], replace(others, booked=others.booked + 1)


def _slots(ahead: Sequence[WeekLoad], booked_in: WeekLoad | None) -> ReadinessRow:
    label = "Visit slot"
    if booked_in is not None:
        return ReadinessRow(label, booked_in.words, booked_in.taken <= booked_in.slots)
    return ReadinessRow(label, _free_words(ahead), any(load.free for load in ahead))


def _free_words(loads: Sequence[WeekLoad]) -> str:
    free = counted(sum(load.free for load in loads), "free slot")
    return f"{free} in {len(loads)} weeks, {loads[0].free} this week"


def _reminders(lead: Lead, visit: Visit, reach: Reach, *, now: datetime) -> list[ReminderLine]:
    said = reach.contact.said
    agreed = [
        channel
        for channel in REMINDED_BY
        if channel in said
        and said[channel].state == PermissionState.YES
        and channel not in reach.refused
    ]
    zone = lead.person.time_zone
    call_back = lead.study_site.site.call_back_phone
    plan = reminders(
        visit.starts_at, zone=zone, agreed=agreed, call_back=call_back, window=reach.window
    )
    return [_line(reminder, zone, now) for reminder in plan]


def _line(reminder: Reminder, zone: str, now: datetime) -> ReminderLine:
    there = local(reminder.at, zone)
    return ReminderLine(
        when=f"{day_short(there)} {clock(there)}",
        channels=", ".join(channel.label.lower() for channel in reminder.channels),
        words=reminder.words,
        is_past=reminder.at <= now,
    )
