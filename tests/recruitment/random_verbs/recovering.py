"""Time: what the jobs say, reviews of stale leads, escalations, halts and lists."""

from datetime import timedelta

from recruitment.models import Escalation, Lead
from recruitment.rules.closing import CloseCode
from recruitment.rules.recovery_codes import (
    EscalationKind,
    EscalationLevel,
    EscalationState,
    PatientReason,
    ProcessReason,
    RecoveryOutcome,
)
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.blockers import Named
from recruitment.services.breaches import flag_breaches
from recruitment.services.close_reasons import Close
from recruitment.services.escalations import end_escalation, escalate
from recruitment.services.halting import halt_study
from recruitment.services.missed_visits import plan_missed_visits
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.proposals import propose_closing
from recruitment.services.recovery import Decided, Obstacle, review_stale
from recruitment.services.releasing import release_leads
from recruitment.services.staleness import flag_stale
from tests.recruitment.random_work import RandomWork, Verb


def flag(work: RandomWork, lead: Lead, seen: int) -> None:
    """Any job of the clocks, at the time of the walk."""
    job = work.one_of(
        flag_stale, flag_breaches, tell_pauses_over, plan_missed_visits, propose_closing
    )
    job(at=work.at)


def review(work: RandomWork, lead: Lead, seen: int) -> None:
    """A stale lead is reviewed, in any way; half the time it was flagged just before."""
    if work.odds(0.5) and lead.stale_at is not None:
        work.at = max(work.at, lead.stale_at + timedelta(minutes=1))
        flag_stale(at=work.at)
        lead.refresh_from_db()
        seen = lead.version
    outcome = work.chance.choice(list(RecoveryOutcome))
    about = Named(review_by=work.at + timedelta(days=work.chance.randrange(-1, 14)))
    obstacle = Obstacle(category=work.chance.choice(list(BlockerCategory)), about=about)
    review_stale(
        lead=lead,
        patient_reason=work.one_of(None, *PatientReason),
        process_reason=work.one_of(None, *ProcessReason),
        decided=Decided(
            outcome=outcome,
            plan=work.plan(),
            owner=work.maybe(work.person(), 0.3),
            obstacle=obstacle if outcome == RecoveryOutcome.OPEN_BLOCKER else None,
            close=Close(CloseCode.PT_NOT_INTERESTED) if outcome == RecoveryOutcome.CLOSE else None,
            note=work.one_of("", "Agreed."),
        ),
        by=work.person(),
        at=work.at,
        seen=seen,
    )


def ask_further_up(work: RandomWork, lead: Lead, seen: int) -> None:
    escalate(
        lead=lead,
        kind=work.chance.choice(list(EscalationKind)),
        level=work.chance.choice(list(EscalationLevel)),
        owner=work.lead_person(),
        due_at=work.at + timedelta(days=work.chance.randrange(-1, 9)),
        question=work.one_of("", "May she come later?"),
        by=work.person(),
        at=work.at,
        seen=seen,
    )


def answer(work: RandomWork, lead: Lead, seen: int) -> None:
    """What was asked further up is answered, withdrawn, or neither."""
    found = Escalation.objects.filter(lead=lead).first()
    if found is not None:
        end_escalation(
            escalation=found,
            state=work.chance.choice(list(EscalationState)),
            outcome=work.one_of("", "Yes, until March."),
            by=work.lead_person(),
            at=work.at,
            seen=seen,
        )


def halt(work: RandomWork, lead: Lead, seen: int) -> None:
    halt_study(
        study_site=lead.study_site,
        why=work.one_of("", "The sponsor asked for it."),
        by=work.lead_person(),
        at=work.at,
    )


def release(work: RandomWork, lead: Lead, seen: int) -> None:
    release_leads(
        study_site=lead.study_site, by=work.lead_person(), at=work.at, count=work.one_of(None, 2)
    )


VERBS: tuple[Verb, ...] = (
    *(flag,) * 3,
    *(review,) * 3,
    ask_further_up,
    answer,
    halt,
    release,
)
