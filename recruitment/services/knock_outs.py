"""Closing at a knock-out answer of the prescreen, in one step with its milestones (D26, LC6)."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, Review, StudyStaff, SubReason, stage_words
from recruitment.rules.closing import CloseCode
from recruitment.rules.closing_phases import KNOCK_OUT_CODES, KNOCK_OUT_STAGES
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stage_words import hidden_stages
from recruitment.rules.stages import NEXT, Stage
from recruitment.rules.texts import MAX_NOTE
from recruitment.rules.vocabulary import INBOUND, TWO_WAY, Channel, ContactResult, PrescreenState
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.close_reasons import Close
from recruitment.services.deciders import PRESCREENING
from recruitment.services.halted import check_may_reach_out
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.outreach import add_attempt
from recruitment.services.prescreen_facts import add_answers_review, set_prescreen
from recruitment.services.verbs import verb

STOPPED = "The prescreen stopped at a knock-out answer."


@verb
def close_at_knock_out(
    *,
    lead: Lead,
    code: CloseCode,
    decided_by: StudyStaff | None,
    by: User,
    at: datetime,
    seen: int | None,
    channel: Channel | None = None,
    result: ContactResult | None = None,
    contributing: Sequence[str] = (),
    sub_reason: SubReason | None = None,
    note: str = "",
    occurred_at: datetime | None = None,
) -> None:
    """Close as Not qualified because an answer of the prescreen knocked the lead out.

    Writes what the same step did: the two-way contact if it happened on this call (`channel` and
    `result`, both or neither), the prescreen started and complete, its answers reviewed, and the
    close decided by `decided_by`, who is delegated for prescreening or on the study team (CL3); by
    default whoever acts, if she is delegated.
    From any stage before study-team review. Times are UTC. Raises InvalidInput naming the field,
    Refusal, LeadChanged; then nothing is written. A second call with the same `seen` is refused.
    """
    if code not in KNOCK_OUT_CODES:
        raise InvalidInput("Choose the study criterion that the answer was about.", field="reason")
    if len(note.strip()) > MAX_NOTE:
        raise InvalidInput(f"At most {MAX_NOTE:,} characters.", field="note")
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        _check_stage(work)
        if channel is not None or result is not None:
            _contact(work, channel, result)
        _finish_prescreen(work)
        _pass_through(work, spoke=result is not None)
        add_answers_review(work, AnswersDecision.NOT_PROCEEDING, FitSignal.CONFLICT)
        close = Close(code, tuple(contributing), sub_reason)
        move(
            work,
            Stage.NOT_QUALIFIED,
            plan=None,
            decided_by=decided_by or _delegate(work),
            close=close,
            note=note.strip(),
        )


def _delegate(work: Change) -> StudyStaff | None:
    """Who acts, where she is delegated for prescreening herself (D26)."""
    return StudyStaff.objects.filter(
        study_site=work.lead.study_site_id, user=work.by, is_active=True, decides=PRESCREENING
    ).first()


def _check_stage(work: Change) -> None:
    stage = work.state.stage
    if stage not in KNOCK_OUT_STAGES:
        names = ", ".join(s.label for s in Stage if s in KNOCK_OUT_STAGES)
        raise Refusal(f"A knock-out answer closes a lead before study-team review: {names}.")
    if Review.objects.filter(lead=work.lead, decision="").exists():
        raise Refusal("The study team has this lead; record their decision instead.")


def _contact(work: Change, channel: Channel | None, result: ContactResult | None) -> None:
    if channel is None:
        raise InvalidInput("Say on which channel you spoke.", field="channel")
    if result not in TWO_WAY:
        raise InvalidInput("Say how the person answered.", field="result")
    if result not in INBOUND:
        check_may_reach_out(work, field="result")
    add_attempt(work, channel, result)


def _finish_prescreen(work: Change) -> None:
    """Started and complete, each said once: it ended where the answer settled it (PS2)."""
    state = work.state.prescreen
    if state == PrescreenState.COMPLETE:
        return
    if state != PrescreenState.STARTED:
        set_prescreen(work, PrescreenState.STARTED)
    set_prescreen(work, PrescreenState.COMPLETE)
    work.add(EventKind.NOTE_ADDED, code="knock_out", note=STOPPED)


def _pass_through(work: Change, *, spoke: bool) -> None:
    """The stage between, where none leads straight to Not qualified (3.2)."""
    stage = work.state.stage
    if Stage.NOT_QUALIFIED in NEXT[stage]:
        return
    ways = [Stage.COORDINATOR_REVIEW, Stage.CONTACTED]
    if spoke:
        ways.reverse()
    hidden = hidden_stages(stage_words(work.lead.study_site.study))
    to = next((way for way in ways if way not in hidden), ways[0])
    work.add(EventKind.STAGE_CHANGED, from_stage=stage, to_stage=to)
