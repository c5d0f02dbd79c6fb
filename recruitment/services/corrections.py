"""Correcting what was entered wrongly: by new entries, with a reason, never by editing (AU4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import CloseReason, Lead, LeadEvent, RowChange, StudyStaff
from recruitment.models.log import standing
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.reopening import COORDINATORS_FOR
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.undoing import REASON_AFTER, VOIDABLE
from recruitment.rules.work_codes import Gate
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.overrides import write_override
from recruitment.services.ownership import free_if_gone, hold_owners
from recruitment.services.row_changes import changes_of
from recruitment.services.site_leads import leads_site
from recruitment.services.slots_again import check_slots_again, slots_again
from recruitment.services.verbs import verb
from recruitment.services.voiding import put_back, read_action, void_events

MAX_REASON = 200  # characters


@verb
def void_entry(
    *, lead: Lead, event: LeadEvent, reason: str, by: User, at: datetime, seen: int
) -> None:
    """Void one wrong entry; figures and milestones follow as if it had never been made.

    The reason is needed once the entry is more than a day old (AU4). `at` is UTC. Raises
    InvalidInput for an entry that is not of this lead, was voided already or is corrected in
    another way; LeadChanged.
    """
    words = _reason(reason, event, at)
    with change(lead, by=by, at=at, seen=seen) as work:
        if event.kind not in VOIDABLE:
            raise InvalidInput(
                "This entry is not voided by itself; correct the stage, or record it anew.",
                field="event",
            )
        log = standing(LeadEvent.objects.filter(lead=work.lead).order_by("seq"))
        if event.pk not in {known.pk for known in log}:
            raise InvalidInput("This entry was voided already.", field="event")
        void_events(work, [event], code="entry_error", note=words)
        _follow(work, event)


@verb
@transaction.atomic
def correct_stage(
    *,
    lead: Lead,
    to: Stage,
    reason: str,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    close_reason: str = "",
    decided_by: StudyStaff | None = None,
) -> None:
    """Replace the last stage change, which was wrong, by the one that is true.

    The wrong change is voided; the lead then moves from where it stood to `to`, at the time the
    wrong change had, by the same rules as any move. `to` may be where it stood: then it never
    moved. `reason` is why, needed after a day; `close_reason` the close code when `to` is closed.
    Times are UTC. Raises InvalidInput, IllegalMove, LeadChanged.
    """
    wrong = last_stage_change(lead)
    if wrong is None:
        raise InvalidInput("The lead has not moved yet.", field="to")
    words = _reason(reason, wrong, at)
    hold_owners([lead.pk])
    with change(lead, by=by, at=at, seen=seen, occurred_at=wrong.occurred_at) as work:
        came = Stage(wrong.from_stage)
        _check_may(work, to, by=by)
        if to == work.state.stage and not (to in CLOSED and close_reason):
            raise InvalidInput(f"The lead is in {to.label} already.", field="to")
        was_final, was_closed = work.state.stage == Stage.ENROLLED, work.state.stage in CLOSED
        void_events(work, _with_visit(work, wrong), code="entry_error", note=words)
        if was_final:
            write_override(work, Gate.FINAL, words)
        if to == came:
            _stay(work, plan)
        else:
            _check_no_visit(wrong)
            move(
                work,
                to,
                plan=plan,
                reason=close_reason,
                decided_by=decided_by,
                code="corrected",
            )
        if was_closed and work.state.stage not in CLOSED:
            work.occurred_at = work.at  # who has it now is no part of what was wrong then
            free_if_gone(work)


def _check_may(work: Change, to: Stage, *, by: User) -> None:
    """What is final, or was closed long ago, a site lead alone corrects (3.2, LC11)."""
    stage = work.state.stage
    long_ago = work.at - work.state.stage_entered_at > COORDINATORS_FOR
    reopens_late = stage in CLOSED and to not in CLOSED and long_ago
    if (stage != Stage.ENROLLED and not reopens_late) or leads_site(by, work.lead.study_site):
        return
    if stage == Stage.ENROLLED:
        sentence = f"{stage.label} is final; only a site lead may correct it."
    else:
        days = COORDINATORS_FOR.days
        sentence = f"It was closed more than {days} days ago; only a site lead may open it again."
    raise InvalidInput(sentence, field="to")


def last_stage_change(lead: Lead) -> LeadEvent | None:
    """The stage change that put the lead where it is, if it ever moved."""
    log = standing(LeadEvent.objects.filter(lead=lead).order_by("seq"))
    moves = [event for event in log if event.kind == EventKind.STAGE_CHANGED]
    return moves[-1] if moves else None


def _reason(reason: str, event: LeadEvent, at: datetime) -> str:
    words = reason.strip()
    if not words and at - event.recorded_at > REASON_AFTER:
        raise InvalidInput("The entry is more than a day old: say why it is wrong.", field="reason")
    if len(words) > MAX_REASON:
        raise InvalidInput(f"At most {MAX_REASON} characters.", field="reason")
    return words


def _with_visit(work: Change, wrong: LeadEvent) -> list[LeadEvent]:
    """The wrong change and what followed from it alone: a visit's result, and its hand-off."""
    if wrong.to_stage == Stage.SCHEDULED:
        raise InvalidInput(
            "A booking is not corrected here: record that the visit was canceled.", field="to"
        )
    for reason in CloseReason.objects.filter(lead=work.lead, event=wrong):
        work.alter(reason, undone_at=work.at)
    if wrong.from_stage != Stage.SCHEDULED:
        return [wrong]
    rows = [
        done
        for done in changes_of(work.lead, wrong.action_id)
        if done.table in VISIT_ROWS and not _changed_later(done)
    ]
    again = slots_again(work.lead, rows, at=work.at)
    put_back(work, rows)
    check_slots_again([again], at=work.at)
    kinds = {VISIT_ROWS[done.table] for done in rows}
    with_it = LeadEvent.objects.filter(lead=work.lead, action_id=wrong.action_id, kind__in=kinds)
    return [*with_it.order_by("seq"), wrong]


VISIT_ROWS: Mapping[str, EventKind] = {
    "visit": EventKind.VISIT_ENDED,
    "ctmshandoff": EventKind.CTMS_HANDOFF_CHANGED,
}
"""What a visit's result writes beside the stage, and the entry that tells of it."""


def _changed_later(done: RowChange) -> bool:
    """Whether the row was changed again after `done`; then it stays as it is."""
    later = RowChange.objects.filter(table=done.table, row_id=done.row_id, pk__gt=done.pk)
    return later.exclude(action_id=done.action_id).exists()


def _check_no_visit(wrong: LeadEvent) -> None:
    if wrong.from_stage == Stage.SCHEDULED:
        raise InvalidInput(
            f"Correct it to {Stage.SCHEDULED.label} first, then record what happened at the visit.",
            field="to",
        )


def _stay(work: Change, plan: Plan | None) -> None:
    """The lead stands where it stood; an open one needs a next action."""
    read_action(work)
    if work.state.stage not in CLOSED and (plan is not None or work.action_row is None):
        replace_action(work, plan, done=False)


def _follow(work: Change, event: LeadEvent) -> None:
    """Put back the row that the voided entry had written, unless a later entry changed it too."""
    table = ROWS.get(EventKind(event.kind))
    if table is None:
        return
    mine = _changes_by(work.lead, event, table)
    if mine and _is_built_on(work.lead, event, mine):
        raise InvalidInput(
            "A later entry about the same thing stands; void that one first.", field="event"
        )
    put_back(work, mine)


def _changes_by(lead: Lead, event: LeadEvent, table: str) -> list[RowChange]:
    """What the entry did to rows, the last first; one action may tell several of one thing."""
    done = [
        done
        for done in changes_of(lead, event.action_id)
        if done.table == table and event.subject_id in {done.row_id, None}
    ]
    told = LeadEvent.objects.filter(
        lead=lead, action_id=event.action_id, kind=event.kind, subject_id=event.subject_id
    )
    keys = list(told.order_by("-seq").values_list("pk", flat=True))
    return [done[keys.index(event.pk)]] if 1 < len(keys) == len(done) else done


def _is_built_on(lead: Lead, event: LeadEvent, mine: Sequence[RowChange]) -> bool:
    """Whether an entry that stands changed the same rows later; what was voided does not count."""
    table, rows = mine[0].table, {done.row_id for done in mine}
    later = RowChange.objects.filter(lead=lead, table=table, row_id__in=rows, pk__gt=mine[0].pk)
    kinds = {kind for kind, name in ROWS.items() if name == table}
    log = list(LeadEvent.objects.filter(lead=lead).order_by("seq"))
    left = {known.pk for known in standing(log)} - {event.pk}
    for action_id in set(later.values_list("action_id", flat=True)):
        told = [known for known in log if known.action_id == action_id]
        about = [
            known for known in told if known.kind in kinds and known.subject_id in {*rows, None}
        ]
        if any(known.pk in left for known in about or told):
            return True
    return False


ROWS: Mapping[EventKind, str] = {
    EventKind.OUTREACH_LOGGED: "outreachattempt",
    EventKind.CONTACT_RECEIVED: "outreachattempt",
    EventKind.PRESCREEN_CHANGED: "prescreen",
    EventKind.RECORDS_CHANGED: "recordsitem",
    EventKind.RECORDS_CHASED: "recordsitem",
    EventKind.READINESS_CHANGED: "readinessitem",
    EventKind.VISIT_OFFERED: "slothold",
}
"""The table that an entry of each kind writes."""
