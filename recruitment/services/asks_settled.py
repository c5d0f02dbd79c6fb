"""The site lead settles an answered ask, and the leads that waited go on (AS2).

Locks are taken in one order: the ask, the blocker of the study, then leads by their key.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from recruitment.models import Ask, Blocker, Lead, StudyBlocker
from recruitment.rules.asks.checks import MAX_COMMENT
from recruitment.rules.asks.codes import AnswerChoice, AskEventKind, AskState
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.texts import line_of
from recruitment.services.asks import check_seen, check_words, link, lock_ask, write_entry
from recruitment.services.blockers import MAX_WORDS, end_blocker
from recruitment.services.log import change, check_times
from recruitment.services.study_blockers import hold_study_blocker, resolve_study_blocker
from recruitment.services.verbs import verb


@dataclass(frozen=True)
class Settled:
    """The ask, and how many leads its answer freed."""

    ask: Ask
    freed: int


@verb
@transaction.atomic
def settle_ask(
    *,
    ask: Ask,
    leads: Collection[int],
    words: str,
    by: User,
    at: datetime,
    seen: int,
    confirmed: str = "",
) -> Settled:
    """Confirm the answer, and take the blocker of the ask's category off `leads` (keys).

    `leads` are of the study at the site and stopped so; one that is not any more is passed over.
    Where they are all that a blocker of the study stops, that is resolved as a whole (B2). `words`
    say what happens now and may be empty. May run twice: a settled one is given back with what it
    freed. `at` is UTC. Raises InvalidInput naming the field, Refusal where there is no answer,
    AskMoved; then nothing is written.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    locked = lock_ask(ask)
    if locked.state == AskState.SETTLED:
        return Settled(locked, locked.history.get(kind=AskEventKind.SETTLED).freed)
    said = line_of(words, most=MAX_COMMENT, field="words")
    check_seen(locked, seen)
    if locked.state != AskState.ANSWERED:
        raise Refusal("There is no answer yet to settle.")
    check_words(locked, confirmed, by=by, at=at, words=said)
    action_id = uuid.uuid4()
    freed = _free(locked, leads, said, by=by, at=at, action_id=action_id)
    locked.state, locked.ended_at = AskState.SETTLED, at
    write_entry(
        locked, AskEventKind.SETTLED, by=by, at=at, words=said, freed=freed, action_id=action_id
    )
    return Settled(locked, freed)


def _free(
    ask: Ask,
    leads: Collection[int],
    said: str,
    *,
    by: User,
    at: datetime,
    action_id: uuid.UUID,
) -> int:
    """Resolve the blockers of these leads; how many leads that freed."""
    if not leads:
        return 0
    if not ask.category:
        raise InvalidInput("No lead waits for this answer.", field="leads")
    standing = _standing(ask)
    if set(leads) - set(standing.values_list("lead", flat=True)) - _known(ask, leads):
        raise InvalidInput("Only leads that wait for this answer can be freed.", field="leads")
    link(ask, leads)
    choice = AnswerChoice(ask.choice).label.lower()
    resolution = f"The ask was answered: {choice}. {said}".strip()[:MAX_WORDS]
    of_study = _hold_of_study(ask)
    locked = list(Lead.objects.filter(pk__in=leads).order_by("pk").select_for_update())
    freed = 0
    if of_study is not None and _stops(of_study) <= set(leads):
        freed = resolve_study_blocker(blocker=of_study, resolution=resolution, by=by, at=at)
    for lead in locked:
        for row in standing.filter(lead=lead):  # what still stops it
            with change(lead, by=by, at=at, seen=None, action_id=action_id) as work:
                end_blocker(work, row, resolution)
                freed += 1
    return freed


def _standing(ask: Ask) -> QuerySet[Blocker]:
    """Open blockers of the ask's category on leads of its study at the site."""
    rows = Blocker.objects.filter(category=ask.category, resolved_at__isnull=True)
    return rows.filter(lead__study_site=ask.study_site_id).order_by("lead", "pk")


def _known(ask: Ask, leads: Collection[int]) -> set[int]:
    """Of `leads` those that waited for the ask, whether or not something stops them still."""
    return set(ask.leads.filter(lead__in=leads).values_list("lead", flat=True))


def _hold_of_study(ask: Ask) -> StudyBlocker | None:
    """The study's own open blocker of the category, locked; None where it is gone or was none."""
    row = StudyBlocker.objects.filter(
        study_site=ask.study_site_id, category=ask.category, resolved_at__isnull=True
    ).first()
    if row is None:
        return None
    try:
        return hold_study_blocker(row)
    except InvalidInput:  # somebody resolved it while this waited for the lock
        return None


def _stops(row: StudyBlocker) -> set[int]:
    """The keys of the leads that it stops now."""
    links = Blocker.objects.filter(study_blocker=row, resolved_at__isnull=True)
    return set(links.values_list("lead", flat=True))
