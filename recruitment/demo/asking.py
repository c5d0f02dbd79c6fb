"""What the demo's sites have asked sponsors: some waits for an answer, some was answered lately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from recruitment.demo.desks import Desk
from recruitment.models import Blocker
from recruitment.rules.asks.checks import Answer, Question
from recruitment.rules.asks.codes import (
    KIND_OF_BLOCKER,
    AnswerChoice,
    AnswerWay,
    AskDirection,
    AskKind,
    AskParty,
)
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.asks import answer_ask, raise_ask
from trialsnest.lib.zones import DAY, local_time

B = BlockerCategory
ASKED: Mapping[BlockerCategory, tuple[str, str, tuple[str, ...]]] = {
    B.VISIT_CAPACITY: (
        "May screening visits be held on a second weekday?",
        "Some who are ready cannot come on the one day.",
        ("Fridays too", "Saturday mornings too", "No second day"),
    ),
    B.TRAVEL: (
        "May travel be paid for before the screening visit?",
        "It is the second most frequent reason for putting a visit off.",
        ("For everybody", "From 30 miles on", "Not before the screening visit"),
    ),
    B.CAREGIVER: (
        "May somebody who comes along be paid for the journey too?",
        "Some cannot come alone.",
        (),
    ),
    B.MISSING_RECORDS: (
        "Is a letter of the family doctor enough where records take over two weeks?",
        "Requests to large hospitals take the longest.",
        (
            "A letter with the diagnosis and its date",
            "A letter with the last two results",
            "Records in every case",
        ),
    ),
    B.MEDICATION_REVIEW: (
        "Which doses count as stable medication?",
        "The study team reads the criterion in two ways.",
        ("The same dose for four weeks", "The same dose and brand for four weeks"),
    ),
    B.TIME_OFF: (
        "May the screening visit begin before eight?",
        "People who work in shifts ask for it.",
        (),
    ),
}
"""What is asked about a blocker, why, and the options that the sponsor has."""
AGES = (11, 6, 3)  # days since each was asked; the first was answered
ANSWERED_AFTER = 4  # days


@dataclass(frozen=True)
class _Stopped:
    """How many leads a blocker stops at a desk."""

    desk: Desk
    category: BlockerCategory
    leads: int


def ask_sponsors(desks: Sequence[Desk], *, at: datetime) -> None:
    """Raise an ask at each of the three desks where one blocker stops the most leads.

    `at` (UTC) is the moment the demo is made for. One of them was answered and is not settled.
    """
    for desk_has, days in zip(_most_stopped(desks), AGES, strict=False):
        _ask(desk_has, at=at, days=days)


def _most_stopped(desks: Sequence[Desk]) -> list[_Stopped]:
    """Of each open desk its worst blocker that something is asked about, the worst desk first."""
    by_key = {desk.study_site.pk: desk for desk in desks if desk.until is None}
    rows = (
        Blocker.objects.filter(
            lead__study_site__in=by_key, category__in=ASKED, resolved_at__isnull=True
        )
        .values("lead__study_site", "category")
        .annotate(leads=Count("lead", distinct=True))
        .order_by("leads", "-category")
    )
    worst = {
        row["lead__study_site"]: _Stopped(
            by_key[row["lead__study_site"]], BlockerCategory(row["category"]), row["leads"]
        )
        for row in rows
    }
    return sorted(
        worst.values(), key=lambda one: (-one.leads, one.desk.plan.code, one.desk.study_site.pk)
    )


def _ask(one: _Stopped, *, at: datetime, days: int) -> None:
    desk = one.desk
    question, why, options = ASKED[one.category]
    raised_at = at - days * DAY
    ask = raise_ask(
        study_site=desk.study_site,
        asked=Question(
            AskDirection.TO_SPONSOR,
            KIND_OF_BLOCKER.get(one.category, AskKind.CRITERIA),
            AskParty.SPONSOR,
            question,
            why,
            one.category,
            options,
        ),
        owner=desk.lead,
        by=desk.lead,
        at=raised_at,
    ).ask
    if days != AGES[0]:
        return
    answered_at = raised_at + ANSWERED_AFTER * DAY
    answer_ask(
        ask=ask,
        answer=Answer(
            choice=AnswerChoice.AGREED,
            way=AnswerWay.PHONE,
            on=local_time(answered_at, desk.zone).date(),
            said_by="The study manager",
            comment="Agreed from this week on.",
            option=options[0] if options else "",
        ),
        by=desk.lead,
        at=answered_at,
        seen=ask.seq,
    )
