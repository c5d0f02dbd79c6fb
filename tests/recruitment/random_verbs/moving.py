"""Stages, the prescreen, reviews, closing, reopening, undo and corrections."""

from datetime import timedelta

from recruitment.models import Lead, LeadEvent, Review
from recruitment.queries.corrections import stage_to_correct, voidable_entries
from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import CLOSED, Stage, allowed_moves
from recruitment.rules.vocabulary import Channel, ContactResult, PrescreenState, ReviewDecision
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services import several
from recruitment.services.answers import review_answers
from recruitment.services.closing import close_lead
from recruitment.services.corrections import correct_stage, void_entry
from recruitment.services.knock_outs import close_at_knock_out
from recruitment.services.moves import move_lead
from recruitment.services.one_by_one import Seen
from recruitment.services.prescreens import record_prescreen
from recruitment.services.reopening import reopen_lead
from recruitment.services.reviews import decide_review, request_review
from recruitment.services.skipped import Skipped
from recruitment.services.undo import undo_action
from tests.recruitment.random_work import RandomWork, Verb


def _onward(work: RandomWork, lead: Lead) -> Stage:
    """Mostly a stage that may follow, sometimes any."""
    came_from = Stage(lead.came_from) if lead.came_from else None
    allowed = allowed_moves(Stage(lead.stage), came_from=came_from)
    onward = [stage for stage in allowed if stage not in CLOSED]
    return work.chance.choice([*onward, *onward, *onward, *onward, *allowed, *Stage])


def _skipped(work: RandomWork) -> Skipped:
    return Skipped(
        prescreen_completed_at=work.maybe(work.at - timedelta(hours=1)),
        reviewed_at=work.maybe(work.at),
        fit=work.maybe(work.chance.choice(list(FitSignal))),
    )


def move(work: RandomWork, lead: Lead, seen: int) -> None:
    move_lead(
        lead=lead,
        to=_onward(work, lead),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        reason=work.chance.choice(["", *CloseCode]),
        decided_by=work.decider(),
        occurred_at=work.before(),
        override=work.override(),
        skipped=work.maybe(_skipped(work)),
    )


def prescreen(work: RandomWork, lead: Lead, seen: int) -> None:
    record_prescreen(
        lead=lead,
        state=work.chance.choice(list(PrescreenState)),
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        to=work.one_of(None, Stage.COORDINATOR_REVIEW),
        occurred_at=work.before(),
    )


def answers(work: RandomWork, lead: Lead, seen: int) -> None:
    review_answers(
        lead=lead,
        decision=work.chance.choice(list(AnswersDecision)),
        fit=work.chance.choice(list(FitSignal)),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        to=work.maybe(_onward(work, lead)),
        reason=work.chance.choice(["", *CloseCode]),
        decided_by=work.decider(),
        occurred_at=work.before(),
        override=work.override(),
    )


def ask_for_review(work: RandomWork, lead: Lead, seen: int) -> None:
    request_review(lead=lead, plan=work.some_plan(), by=work.person(), at=work.at, seen=seen)


def decide(work: RandomWork, lead: Lead, seen: int) -> None:
    """Mostly a review that waits for its decision."""
    if work.odds(0.8):
        asked = set(Review.objects.filter(decision="").values_list("lead", flat=True))
        waiting = [row for row in work.leads if row.pk in asked]
        lead = work.chance.choice(waiting or [lead])
        lead.refresh_from_db()
        seen = lead.version
    decide_review(
        lead=lead,
        decision=work.chance.choice(list(ReviewDecision)),
        decided_by=work.chance.choice(work.deciders),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        to=work.maybe(_onward(work, lead)),
        reason=work.chance.choice(["", *CloseCode]),
        override=work.override(),
    )


def close(work: RandomWork, lead: Lead, seen: int) -> None:
    close_lead(
        lead=lead,
        code=work.chance.choice(list(CloseCode)),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        contributing=[str(c) for c in work.chance.sample(list(CloseCode), work.one_of(0, 0, 1, 3))],
        decided_by=work.decider(),
        until=work.maybe(work.at + timedelta(days=40)),
        override=work.override(),
        occurred_at=work.before(),
    )


def close_several(work: RandomWork, lead: Lead, seen: int) -> None:
    others = work.chance.sample(work.leads, 2)
    leads = {row.pk: row for row in (lead, *others)}
    for row in others:
        row.refresh_from_db()
    several.close_several(
        leads=[Seen(row, row.version) for row in leads.values()],
        code=work.chance.choice(list(CloseCode)),
        by=work.lead_person(),
        at=work.at,
    )


def knock_out(work: RandomWork, lead: Lead, seen: int) -> None:
    close_at_knock_out(
        lead=lead,
        code=work.chance.choice(list(CloseCode)),
        decided_by=work.decider(),
        by=work.person(),
        at=work.at,
        seen=seen,
        channel=work.maybe(Channel.PHONE),
        result=work.maybe(ContactResult.REACHED),
    )


def reopen(work: RandomWork, lead: Lead, seen: int) -> None:
    """Mostly a lead that is closed, and often to the stage that is always allowed."""
    if work.odds(0.8):
        closed = [row for row in work.leads if row.stage in CLOSED - {Stage.ENROLLED}]
        lead = work.chance.choice(closed or [lead])
        lead.refresh_from_db()
        seen = lead.version
    came_from = Stage(lead.came_from) if lead.came_from else Stage.COORDINATOR_REVIEW
    reopen_lead(
        lead=lead,
        to=work.one_of(came_from, came_from, Stage.COORDINATOR_REVIEW, *Stage),
        plan=work.some_plan(),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        renewed=work.one_of("", "Called us and asked again."),
        decided_by=work.decider(),
        override=work.override(),
    )


def undo(work: RandomWork, lead: Lead, seen: int) -> None:
    """The last action of the lead by whoever took it, or any action by anybody."""
    events = lead.events.order_by("-seq").select_related("actor")
    event: LeadEvent | None = events.first() if work.odds(0.8) else events.order_by("?").first()
    assert event is not None
    by = event.actor if event.actor is not None and work.odds(0.9) else work.person()
    undo_action(action_id=event.action_id, by=by, at=work.at)


def void(work: RandomWork, lead: Lead, seen: int) -> None:
    entries = [event for event, _ in voidable_entries(lead)] or list(lead.events.all())
    void_entry(
        lead=lead,
        event=work.chance.choice(entries),
        reason=work.one_of("", "Wrong lead."),
        by=work.person(),
        at=work.at,
        seen=seen,
    )


def correct(work: RandomWork, lead: Lead, seen: int) -> None:
    stages = stage_to_correct(lead) or list(Stage)
    correct_stage(
        lead=lead,
        to=work.chance.choice([*stages, *stages, *Stage]),
        reason=work.one_of("", "Chose the wrong line."),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        close_reason=work.chance.choice(["", *CloseCode]),
        decided_by=work.decider(),
    )


VERBS: tuple[Verb, ...] = (
    *(move,) * 5,
    *(prescreen,) * 2,
    *(answers,) * 3,
    ask_for_review,
    *(decide,) * 2,
    *(close,) * 2,
    close_several,
    knock_out,
    *(reopen,) * 3,
    *(undo,) * 3,
    void,
    *(correct,) * 2,
)
