"""Logging a contact: the attempt, what came of it and what happens next, in one step (OA5, OA6)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, OutreachAttempt, Person
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan, next_attempt
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import (
    INBOUND,
    TWO_WAY,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.services.calendars import calendar_of
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.opt_outs import record_opt_out
from recruitment.services.prescreens import set_prescreen


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
) -> OutreachAttempt:
    """Write one contact with its result, the next action, and a stage move if `to` is given.

    `prescreen` is how far the prescreen came in the same contact (OA4).
    Without a `plan` an unanswered attempt takes the cadence's next step (CD2, D27); a two-way
    contact must say what was agreed. Times are UTC. Raises InvalidInput, IllegalMove, LeadChanged.
    At most 12 statements.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        if work.state.stage in CLOSED:
            raise InvalidInput("Reopen the lead before logging a contact.", field="result")
        attempt = add_attempt(work, channel, result, note=note, wording=wording)
        if prescreen is not None and prescreen != work.lead.prescreen:
            set_prescreen(work, prescreen)
        if to is not None and to != work.state.stage:
            move(work, to, plan=plan)
        else:
            _move_on_first_answer(work, result, plan)
        return attempt


def add_attempt(
    work: Change, channel: Channel, result: ContactResult, *, note: str = "", wording: str = ""
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
        wording=wording,
    )
    kind = EventKind.CONTACT_RECEIVED if inbound else EventKind.OUTREACH_LOGGED
    work.add(kind, code=result, reason_code=channel, subject_id=attempt.pk, note=note)
    if result == ContactResult.OPTED_OUT:
        record_opt_out(work, how=f"said by {channel}")
    return attempt


def _move_on_first_answer(work: Change, result: ContactResult, plan: Plan | None) -> None:
    """A first two-way contact takes a new inquiry, or one without response, to Contacted (3.1)."""
    answered = result in TWO_WAY
    if answered and work.state.stage in {Stage.NEW_INQUIRY, Stage.NO_RESPONSE}:
        move(work, Stage.CONTACTED, plan=plan)
        return
    if plan is None and not answered:
        plan = proposed_next(work)
    replace_action(work, plan, done=True)


def proposed_next(work: Change) -> Plan:
    """The cadence's next step after an attempt nobody answered."""
    zone = Person.objects.values_list("time_zone", flat=True).get(pk=work.lead.person_id)
    study_site = work.lead.study_site
    return next_attempt(
        work.state.attempts,
        at=work.at,
        calendar=calendar_of(study_site.site),
        zone=zone,
        maximum=study_site.study.max_attempts,
    )
