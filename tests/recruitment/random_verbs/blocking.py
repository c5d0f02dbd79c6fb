"""Blockers of one lead and of a whole study."""

from datetime import timedelta

from recruitment.models import Blocker, Lead, StudyBlocker
from recruitment.rules.vocabulary import BlockerCategory, Party
from recruitment.services.blockers import (
    open_blocker,
    redate_blocker,
    resolve_blocker,
    turn_blocker,
)
from recruitment.services.study_blockers import (
    open_study_blocker,
    redate_study_blocker,
    resolve_study_blocker,
)
from tests.recruitment.random_work import RandomWork, Verb


def _blocker(work: RandomWork, lead: Lead) -> Blocker | None:
    found = list(Blocker.objects.filter(lead=lead))
    return work.chance.choice(found) if found else None


def _review_by(work: RandomWork) -> timedelta:
    return timedelta(days=work.chance.randrange(-1, 14))


def block(work: RandomWork, lead: Lead, seen: int) -> None:
    open_blocker(
        lead=lead,
        category=work.chance.choice(list(BlockerCategory)),
        waiting_on=work.one_of(None, None, *Party),
        review_by=work.maybe(work.at + _review_by(work), 0.8),
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
    )


def resolve(work: RandomWork, lead: Lead, seen: int) -> None:
    blocker = _blocker(work, lead)
    if blocker is not None:
        resolve_blocker(
            blocker=blocker,
            resolution=work.one_of("", "Settled.", "Settled."),
            by=work.person(),
            at=work.at,
            seen=seen,
            plan=work.plan(),
        )


def redate(work: RandomWork, lead: Lead, seen: int) -> None:
    blocker = _blocker(work, lead)
    if blocker is not None:
        redate_blocker(
            blocker=blocker,
            review_by=work.at + _review_by(work),
            reason=work.one_of("", "No answer yet."),
            by=work.person(),
            at=work.at,
            seen=seen,
        )


def turn(work: RandomWork, lead: Lead, seen: int) -> None:
    blocker = _blocker(work, lead)
    if blocker is not None:
        turn_blocker(
            blocker=blocker,
            waiting_on=work.chance.choice(list(Party)),
            review_by=work.maybe(work.at + _review_by(work), 0.8),
            reason="It is their turn.",
            by=work.person(),
            at=work.at,
            seen=seen,
        )


def block_study(work: RandomWork, lead: Lead, seen: int) -> None:
    open_study_blocker(
        study_site=lead.study_site,
        category=work.chance.choice(list(BlockerCategory)),
        review_by=work.at + _review_by(work),
        leads=work.chance.sample(work.leads, 5),
        by=work.lead_person(),
        at=work.at,
    )


def settle_study(work: RandomWork, lead: Lead, seen: int) -> None:
    found = StudyBlocker.objects.filter(resolved_at__isnull=True).order_by("pk").first()
    if found is None:
        return
    if work.odds(0.5):
        resolve_study_blocker(
            blocker=found, resolution="The sponsor agreed.", by=work.lead_person(), at=work.at
        )
    else:
        redate_study_blocker(
            blocker=found,
            review_by=work.at + _review_by(work),
            reason="Still open.",
            by=work.lead_person(),
            at=work.at,
        )


VERBS: tuple[Verb, ...] = (
    *(block,) * 2,
    *(resolve,) * 2,
    redate,
    turn,
    block_study,
    settle_study,
)
