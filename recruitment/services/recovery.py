"""Reviewing stale leads: why they stopped, on both axes, and what is done about it (6.2, 6.3)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, LeadEvent, RecordsItem, Review, StaleReview, StudyStaff
from recruitment.models.log import standing
from recruitment.rules.closing import CloseCode
from recruitment.rules.closing_phases import target_of
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery import ACTIONS, check_outcome, recover_by, times_stale
from recruitment.rules.recovery_codes import PatientReason, ProcessReason, RecoveryOutcome
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.stale_causes import propose_process
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party, RecordsState
from recruitment.services.blockers import Named, add_blocker
from recruitment.services.calendars import calendar_of
from recruitment.services.close_reasons import Close
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.ownership import check_takes, hold_user, set_owner
from recruitment.services.reviews import ask_team
from recruitment.services.site_leads import leads_site
from recruitment.services.verbs import verb
from trialsnest.lib.words import clock, day_short
from trialsnest.lib.zones import local_time

ONE_BY_ITSELF = frozenset({CloseCode.DECEASED, CloseCode.CONTACT_DNC})
"""Reasons that end more than this lead; they have their own form."""

OPEN_RECORDS = {
    ActionType.REVIEW_RECORDS: (RecordsState.RECEIVED,),
    ActionType.CHASE_RECORDS: (RecordsState.REQUESTED, RecordsState.INCOMPLETE),
    ActionType.REQUEST_RECORDS: (RecordsState.NEEDED, RecordsState.INCOMPLETE),
}


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """The blocker that a review names; it must say when it is looked at again."""

    category: BlockerCategory
    waiting_on: Party | None = None
    about: Named


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a review decided. All but a close need `plan`, the next action with its due time.

    `owner` does it; None is whoever owns the lead. `obstacle` belongs to naming a blocker, `close`
    and `decided_by` to a close. `note` is in words, and needed where a promise is replaced (D18).
    """

    outcome: RecoveryOutcome
    plan: Plan | None = None
    owner: User | None = None
    obstacle: Obstacle | None = None
    close: Close | None = None
    decided_by: StudyStaff | None = None
    note: str = ""


@verb
def review_stale(
    *,
    lead: Lead,
    patient_reason: PatientReason | None,
    process_reason: ProcessReason | None,
    decided: Decided,
    by: User,
    at: datetime,
    seen: int | None,
    action_id: uuid.UUID | None = None,
) -> StaleReview:
    """Record why a stale lead stopped and do what was decided, in one transaction (ST5, RQ2).

    Both reasons are needed. Movement within ten business days after `at` (UTC) is its recovery
    (RQ3). From the third time on only a site lead does more than close or escalate (RQ4); likely
    not a fit goes to a review (ST6). Giving the lead to somebody else is a site lead's; anybody
    may take an unowned one. Raises InvalidInput naming the field, IllegalMove, LeadChanged; then
    nothing is written. A second call is refused: the lead is not stale any more.
    """
    if patient_reason not in PatientReason.values:
        raise InvalidInput("Say where the person stands.", field="patient_reason")
    if process_reason not in ProcessReason.values:
        raise InvalidInput("Say what in our process let it stall.", field="process_reason")
    with transaction.atomic():
        if decided.owner is not None:
            hold_user(decided.owner)
        with change(lead, by=by, at=at, seen=seen, action_id=action_id) as work:
            _check_stale(work)
            check_outcome(
                decided.outcome,
                PatientReason(patient_reason),
                times=_times(work),
                leads_site=leads_site(by, work.lead.study_site),
            )
            values = {"patient_reason": patient_reason, "process_reason": process_reason}
            if decided.outcome == RecoveryOutcome.CLOSE:
                review = _write(work, decided, values)
                _close(work, decided)
            else:
                _set_going(work, decided, by)
                review = _write(work, decided, values)  # last: what it sets going is no recovery
    return review


def _check_stale(work: Change) -> None:
    """Refuse a lead that is closed, or on plan (D17)."""
    if work.state.stage in CLOSED:
        raise InvalidInput("The lead is closed.", field="lead")
    stale_at = work.lead.stale_at
    if stale_at is None:
        raise InvalidInput("The lead cannot go stale now: it is held.", field="lead")
    if stale_at > work.at:
        there = local_time(stale_at, work.lead.study_site.site.time_zone)
        day = f"{day_short(there)} {clock(there)}"
        raise InvalidInput(f"The lead is not stale: it is on plan until {day}.", field="lead")


def _times(work: Change) -> int:
    lead = work.lead
    return times_stale(
        lead.times_stale, flagged_for=lead.stale_flagged_for, stale_at=lead.stale_at, at=work.at
    )


def _write(work: Change, decided: Decided, values: Mapping[str, object]) -> StaleReview:
    """The review's row and its event, with what the log proposed beside what was confirmed."""
    calendar = calendar_of(work.lead.study_site.site)
    events = standing(LeadEvent.objects.filter(lead=work.lead).order_by("seq"))
    known = [event.fact for event in events]
    proposed = propose_process(known, at=work.at, calendar=calendar)
    closes = decided.outcome == RecoveryOutcome.CLOSE
    until = None if closes else recover_by(work.at, calendar)
    review = work.make(
        StaleReview,
        stale_at=work.lead.stale_at,
        proposed=proposed.reason,
        outcome=decided.outcome,
        reviewed_at=work.at,
        reviewed_by=work.by,
        recover_by=until,
        **values,
    )
    work.add(
        EventKind.STALE_REVIEWED,
        code=decided.outcome,
        reason_code=review.patient_reason,
        subject_id=review.pk,
        due_at=until,
        note=decided.note,
    )
    return review


def _close(work: Change, decided: Decided) -> None:
    close = decided.close
    if close is None or close.code not in CloseCode.values:
        raise InvalidInput("Choose the main reason for closing.", field="reason")
    code = CloseCode(close.code)
    if code in ONE_BY_ITSELF:
        raise InvalidInput(
            f"“{code.label}” ends more than this lead; record it on its own form.", field="reason"
        )
    move(work, target_of(code), plan=None, decided_by=decided.decided_by, close=close)


def _set_going(work: Change, decided: Decided, by: User) -> None:
    """An owner, what the outcome asks for, and the next action with its date (RQ2)."""
    _give(work, decided, by)
    plan = _checked_plan(work, decided)
    if decided.outcome == RecoveryOutcome.OPEN_BLOCKER:
        _block(work, decided)
    elif decided.outcome == RecoveryOutcome.CHASE_RECORDS:
        _check_records(work, plan)
    elif decided.outcome == RecoveryOutcome.REOFFER_DATES:
        _check_offers(work)
    elif plan.type == ActionType.AWAIT_REVIEW and decided.outcome == RecoveryOutcome.SEND_TO_REVIEW:
        _ask(work)
    replaces = work.action_row is not None and work.action_row.is_promised and not plan.is_promised
    if replaces and not decided.note:
        raise InvalidInput("Say why it replaces what was promised.", field="note")
    replace_action(work, plan, done=False, note=decided.note if replaces else "")


def _give(work: Change, decided: Decided, by: User) -> None:
    to, owner_id = decided.owner, work.state.owner_id
    reassigns = decided.outcome == RecoveryOutcome.REASSIGN
    if reassigns and (to is None or to.pk == owner_id):
        raise InvalidInput("Choose somebody else for it.", field="owner")
    if to is None and owner_id is None:
        raise InvalidInput("Say who does it: the lead has no owner.", field="owner")
    if to is None or to.pk == owner_id:
        return
    takes = owner_id is None and to == by
    if not takes and not leads_site(by, work.lead.study_site):
        raise InvalidInput(
            "Only a site lead gives a lead to somebody else; hand it over instead.", field="owner"
        )
    check_takes(to, work.lead, at=work.at)
    set_owner(work, to, how="claim" if takes else "assign")


def _checked_plan(work: Change, decided: Decided) -> Plan:
    plan = decided.plan
    if plan is None:
        raise InvalidInput("Say what happens next and by when.", field="action")
    allowed = ACTIONS[decided.outcome]
    if plan.type not in allowed:
        names = ", ".join(str(kind.label) for kind in allowed)
        raise InvalidInput(f"“{decided.outcome.label}” is followed by: {names}.", field="action")
    if plan.type == ActionType.RECORD_OUTCOME and work.state.stage != Stage.SCREENED:
        raise InvalidInput("An outcome is awaited only after a screening visit.", field="action")
    return plan


def _block(work: Change, decided: Decided) -> None:
    obstacle = decided.obstacle
    if obstacle is None:
        raise InvalidInput("Choose what stops it.", field="category")
    if obstacle.about.review_by is None:
        raise InvalidInput("Say when to look at it again.", field="review_by")
    add_blocker(work, obstacle.category, obstacle.waiting_on, obstacle.about)


def _check_records(work: Change, plan: Plan) -> None:
    states = OPEN_RECORDS[plan.type]
    if not RecordsItem.objects.filter(lead=work.lead, state__in=states).exists():
        names = " or ".join(str(state.label).lower() for state in states)
        raise InvalidInput(f"No record is {names}; there is none to act on.", field="outcome")


def _check_offers(work: Change) -> None:
    if work.state.stage != Stage.READY_TO_SCHEDULE:
        raise InvalidInput("Dates are offered once the lead is ready to schedule.", field="outcome")


def _ask(work: Change) -> None:
    """The study team has the lead from now on, unless it has it already."""
    if not Review.objects.filter(lead=work.lead, decision="").exists():
        ask_team(work)
