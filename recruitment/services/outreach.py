"""Logging a contact: the attempt, what came of it and what happens next, in one step (OA5, OA6)."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, OutreachAttempt
from recruitment.models.contact_files import Reach
from recruitment.rules.cadence import next_attempt
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import (
    INBOUND,
    TWO_WAY,
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.rules.work_codes import MovementResult
from recruitment.services.blockers import Named, add_blocker
from recruitment.services.cadences import cadence_of
from recruitment.services.calendars import calendar_of
from recruitment.services.contact_times import reach_for
from recruitment.services.contacting import (
    check_alone,
    check_attempts,
    check_channel,
    hours_note,
)
from recruitment.services.halted import check_may_reach_out
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.opt_out_scope import scope_of
from recruitment.services.opt_outs import lock_leads_of, record_opt_out
from recruitment.services.people import end_point
from recruitment.services.prescreens import set_prescreen
from recruitment.services.verbs import verb

MAX_WORDING = 60  # characters of the script's or material's version
FREELY = INBOUND | {ContactResult.OPTED_OUT}
"""What the person did herself: it is recorded whatever is permitted (OA9, DN2)."""

_BY_STAGE = {
    Stage.RECORDS_NEEDED: MovementResult.RECORDS_NEEDED,
    Stage.COORDINATOR_REVIEW: MovementResult.READY_FOR_REVIEW,
    Stage.SCHEDULED: MovementResult.SCHEDULED,
    **dict.fromkeys(CLOSED, MovementResult.CLOSED),
}


@dataclass(frozen=True)
class Waits:
    """What a contact showed the lead to wait on, and when somebody looks again (UTC)."""

    category: BlockerCategory
    review_by: datetime | None = None
    detail: str = ""


@verb
def log_outreach(
    *,
    lead: Lead,
    channel: Channel,
    result: ContactResult,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    to: Stage | None = None,
    prescreen: PrescreenState | None = None,
    occurred_at: datetime | None = None,
    note: str = "",
    wording: str = "",
    sure: bool = False,
    override: str = "",
    scope: Scope | None = None,
    wrong_point: int | None = None,
    waits: Waits | None = None,
) -> OutreachAttempt:
    """Write one contact with its result, the next action, and a stage move if `to` is given.

    `prescreen` is how far the prescreen came in the same contact (OA4). Without a `plan` an
    unanswered attempt takes the cadence's next step (CD2, D27); a two-way contact must say what
    was agreed. `sure` goes on although somebody else tried within 20 hours (OA8), `override` is a
    site lead's reason for one attempt more than the study allows (CD3), and `scope` is what an
    opt-out ends: texts for a text, else everything, unless it must be asked (D25). `wrong_point` is
    the number that turned out to be somebody else's and ends, and `waits` a blocker that came to
    light (OA4). What the person did herself can always be recorded. Times are UTC. Raises
    InvalidInput, IllegalMove, LeadChanged. At most 12 statements for an attempt with its outcome,
    next action and move.
    """
    others = _others_locked(lead) if result == ContactResult.OPTED_OUT else nullcontext()
    changed = change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at, reads_contact=True)
    with others, changed as work:
        _check(work, result, wording)
        reach = reach_for(work)
        if result not in FREELY:
            if reach.contact.is_halted:
                check_may_reach_out(work, field="result")
            _check_permitted(work, reach, channel, sure=sure, override=override)
        if result not in INBOUND:
            note = " ".join(filter(None, [note, hours_note(reach, channel, work.occurred_at)]))
        moved = _movement(work, prescreen, to, waits=waits is not None)
        attempt = add_attempt(work, channel, result, note=note, wording=wording, movement=moved)
        if wrong_point is not None and result == ContactResult.WRONG_NUMBER:
            end_point(work, wrong_point, ContactResult.WRONG_NUMBER.label)
            reach = reach_for(work)
        if result == ContactResult.OPTED_OUT:
            if _opts_out(work, channel, scope, plan):
                plan = _standing(work)
                to = to or work.state.stage
                if to == work.state.stage:
                    return attempt
            reach = reach_for(work)
        if prescreen is not None and prescreen != work.lead.prescreen:
            set_prescreen(work, prescreen)
        if waits is not None:
            _wait(work, waits)
        if to is not None and to != work.state.stage:
            move(work, to, plan=plan, reach=reach)
        else:
            _move_on_first_answer(work, result, plan, reach)
        return attempt


@contextmanager
def _others_locked(lead: Lead) -> Iterator[None]:
    """What an opt-out ends may be more than this lead: all of the person's are locked first."""
    with transaction.atomic():
        lock_leads_of(lead)
        yield


def add_attempt(
    work: Change,
    channel: Channel,
    result: ContactResult,
    *,
    note: str = "",
    wording: str = "",
    movement: MovementResult = MovementResult.NONE,
) -> OutreachAttempt:
    """Write the attempt and its event. A contact the person made uses up no attempt (D20)."""
    inbound = result in INBOUND
    attempt = work.make(
        OutreachAttempt,
        at=work.occurred_at,
        by=work.by,
        channel=channel,
        result=result,
        is_inbound=inbound,
        number_in_cadence=0 if inbound else work.state.attempts + 1,
        movement=movement,
        cadence_id=None if inbound else cadence_of(work.lead.study_site.study).key,
        wording=wording,
    )
    attempt.logged_in = work.action_id
    kind = EventKind.CONTACT_RECEIVED if inbound else EventKind.OUTREACH_LOGGED
    work.add(kind, code=result, reason_code=channel, subject_id=attempt.pk, note=note)
    return attempt


def proposed_next(work: Change, reach: Reach) -> Plan:
    """The cadence's next step after an attempt nobody answered."""
    study_site = work.lead.study_site
    return next_attempt(
        work.state.attempts,
        cadence=cadence_of(study_site.study),
        at=work.at,
        calendar=calendar_of(study_site.site),
        where=reach.where,
        window=reach.window,
        permitted=reach.allowed,
    )


def _check(work: Change, result: ContactResult, wording: str) -> None:
    if work.state.stage in CLOSED:
        inbound = result in INBOUND
        raise InvalidInput(
            "The lead is closed. Reopen it first, then log that the person got in touch."
            if inbound
            else "Reopen the lead before logging a contact.",
            field="result",
        )
    if len(wording) > MAX_WORDING:
        raise InvalidInput(f"At most {MAX_WORDING} characters.", field="wording")


def _check_permitted(
    work: Change, reach: Reach, channel: Channel, *, sure: bool, override: str
) -> None:
    check_channel(reach, channel)
    if not sure:
        check_alone(work, reach)
    check_attempts(work, cadence_of(work.lead.study_site.study), override)


def _wait(work: Change, waits: Waits) -> None:
    """Name the blocker; on an unowned lead it is who made the contact that sees to it."""
    if waits.category == BlockerCategory.STUDY_PAUSED:
        raise InvalidInput("A study is halted as a whole, by its site lead.", field="category")
    owner = work.by if work.state.owner_id is None else None
    add_blocker(
        work,
        waits.category,
        about=Named(review_by=waits.review_by, owner=owner, detail=waits.detail),
    )


def _movement(
    work: Change, prescreen: PrescreenState | None, to: Stage | None, *, waits: bool
) -> MovementResult:
    """What the contact moved, apart from its own result (OA4)."""
    if prescreen == PrescreenState.COMPLETE:
        return MovementResult.PRESCREEN_COMPLETED
    if to is not None and to != work.state.stage and to in _BY_STAGE:
        return _BY_STAGE[to]
    if waits:
        return MovementResult.WAITING
    if prescreen == PrescreenState.STARTED:
        return MovementResult.PRESCREEN_STARTED
    return MovementResult.WAITING if work.state.blockers else MovementResult.NONE


def _opts_out(work: Change, channel: Channel, scope: Scope | None, plan: Plan | None) -> bool:
    """Record what was said; whether the lead is left without any channel."""
    is_keyword = scope is None and channel == Channel.TEXT
    ends = Scope.CHANNEL if is_keyword else scope_of(work.lead, scope)
    return record_opt_out(
        work, scope=ends, channel=channel, how=f"by {channel.label.lower()}", plan=plan
    )


def _standing(work: Change) -> Plan | None:
    row = work.action_row
    return Plan(ActionType(row.type), row.due_at) if row is not None else None


def _move_on_first_answer(
    work: Change, result: ContactResult, plan: Plan | None, reach: Reach
) -> None:
    """A first two-way contact takes a new inquiry, or one without response, to Contacted (3.1)."""
    answered = result in TWO_WAY
    if answered and work.state.stage in {Stage.NEW_INQUIRY, Stage.NO_RESPONSE}:
        move(work, Stage.CONTACTED, plan=plan, reach=reach)
        return
    if plan is None and not answered:
        plan = proposed_next(work, reach)
    replace_action(work, plan, done=True, reach=reach)
