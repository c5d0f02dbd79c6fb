"""An ask is raised and answered (domain.md 12.5, AS1-AS3).

What an ask is stands in its row and follows from its history, which only grows. Verbs take `seen`,
the last entry that the caller's page showed. Locks: the review where there is one, the study at
the site while something is asked there, then the ask.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from recruitment.models import AgendaItem, Ask, AskEvent, AskLead, Blocker, StudySite
from recruitment.rules.asks.checks import (
    MAX_COMMENT,
    MAX_NAME,
    MAX_QUESTION,
    MAX_WHY,
    Answer,
    Question,
    answer_clock,
    check_answer,
    check_question,
    check_unsettled,
    closing_on,
    state_after,
)
from recruitment.rules.asks.codes import AnswerWay, AskEventKind, AskState
from recruitment.rules.asks.options import cleaned_options, options_of
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.targets import TargetKey
from recruitment.rules.texts import line_of
from recruitment.rules.weekly.codes import ReviewState
from recruitment.services.calendars import calendar_of
from recruitment.services.log import check_times
from recruitment.services.sponsor_words import Confirmation, check_free_words, check_outside_words
from recruitment.services.terms import terms_of
from recruitment.services.verbs import verb
from recruitment.services.weekly_items import check_may_own
from recruitment.services.weekly_reviews import lock_review
from trialsnest.lib.words import clock, local
from trialsnest.lib.zones import local_time


class AskMoved(Refusal):
    """Somebody else wrote to the ask since the caller's page was made."""


@dataclass(frozen=True)
class Raised:
    """The ask, and how many leads wait for its answer."""

    ask: Ask
    waiting: int


@verb
@transaction.atomic
def raise_ask(
    *,
    study_site: StudySite,
    asked: Question,
    owner: User,
    by: User,
    at: datetime,
    needed_by: date | None = None,
    leads: Collection[int] | None = None,
    item: AgendaItem | None = None,
    in_portal: bool = False,
    confirmed: str = "",
) -> Raised:
    """Write down a question to the sponsor, or one that was put to the site. `at` is UTC.

    An answer is needed by the closing of the site's day `needed_by`, else by the target
    `ask_answer` (5.1). Every lead that a blocker of its category stops waits for it, or those of
    `leads` (keys) that are stopped so. `item` is where a review came to it. Who asks `in_portal` is
    `by` herself, whose words are held against no names. `confirmed` are the tokens of findings in
    the words that are none (F6). The same question that is open here already is given back, so it
    may run twice. Raises InvalidInput naming the field,
    also for words that tell of a person; Refusal for an item of a completed review.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    if item is not None:
        _check_item(item, study_site)
    asked = _cleaned(asked)
    check_question(asked)
    _hold(study_site)
    known = Ask.objects.filter(
        study_site=study_site,
        direction=asked.direction,
        question=asked.question,
        state=AskState.OPEN,
    ).first()
    if known is not None:
        return Raised(known, known.leads.count())
    check_may_own(owner, study_site)
    ask = Ask.objects.create(
        study_site=study_site,
        direction=asked.direction,
        kind=asked.kind,
        party=asked.party,
        question=asked.question,
        why=asked.why,
        options="\n".join(asked.options),
        category=asked.category or "",
        owner=owner,
        item=item,
        raised_at=at,
        **_due(study_site, needed_by, at=at),
    )
    if in_portal:
        check_outside_words(asked.question, field="question")
    else:
        words = {"question": ask.question, "why": ask.why, "options": ask.options}
        check_words(ask, confirmed, by=by, at=at, **words)
    write_entry(ask, AskEventKind.RAISED, by=by, at=at, due_at=ask.due_at)
    stopped = link(ask, leads)
    return Raised(ask, stopped)


def _check_item(item: AgendaItem, place: StudySite) -> None:
    if lock_review(item.review).state != ReviewState.IN_PROGRESS:
        raise Refusal("This review is completed; raise the ask from the list of asks.")
    if item.study_site_id != place.pk:
        raise InvalidInput("That item is about another study.", field="study_site")


def _hold(place: StudySite) -> None:
    """Let one question at a time be raised there, so that a form sent twice is one ask."""
    StudySite.objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)


def _cleaned(asked: Question) -> Question:
    """The same with its words on one line each."""
    question = line_of(asked.question, most=MAX_QUESTION, field="question")
    why = line_of(asked.why, most=MAX_WHY, field="why")
    return replace(asked, question=question, why=why, options=cleaned_options(asked.options))


def check_words(ask: Ask, confirmed: str, *, by: User, at: datetime, **words: str) -> None:
    """Raise NotForSponsors for words that tell of a person, by field, unless that is confirmed."""
    said = Confirmation(confirmed, f"ask {ask.pk}", by, at)
    for field, text in words.items():
        check_free_words(text, site=ask.study_site.site, field=field, confirmed=said)


def _due(place: StudySite, needed_by: date | None, *, at: datetime) -> dict[str, Any]:
    """When an answer is needed, and the target that says so."""
    if needed_by is not None:
        due_at = closing_on(needed_by, at=at, calendar=calendar_of(place.site))
        return {"due_at": due_at, "amount": None, "unit": "", "target": None}
    terms = terms_of(place)
    under = terms.target(TargetKey.ASK_ANSWER, at)
    return {
        "due_at": answer_clock(under, started_at=at, terms=terms).due_at,
        "amount": under.amount,
        "unit": under.unit,
        "target_id": under.key,
    }


def link(ask: Ask, leads: Collection[int] | None) -> int:
    """Let the leads that its category stops wait for it, or those of `leads`; how many do."""
    if not ask.category:
        return 0
    stopped = Blocker.objects.filter(
        lead__study_site=ask.study_site_id, category=ask.category, resolved_at__isnull=True
    )
    if leads is not None:
        stopped = stopped.filter(lead__in=leads)
    keys = sorted(set(stopped.values_list("lead", flat=True)))
    rows = [AskLead(ask=ask, lead_id=key) for key in keys]
    AskLead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(keys)


@verb
@transaction.atomic
def answer_ask(
    *, ask: Ask, answer: Answer, by: User, at: datetime, seen: int, confirmed: str = ""
) -> Ask:
    """Write down what was answered; written again it corrects the answer. `at` is UTC.

    The same answer twice is written once. With "more information needed" the ask stays open. Who
    answers in the portal is `by` herself, whose words are held against no names. Raises
    InvalidInput naming the field, also for words that tell of a person; Refusal for an ask that has
    ended, AskMoved.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    locked = lock_ask(ask)
    zone = locked.study_site.site.time_zone
    answer = replace(
        answer,
        said_by=line_of(answer.said_by, most=MAX_NAME, field="said_by"),
        comment=line_of(answer.comment, most=MAX_COMMENT, field="comment"),
    )
    if _is_last(locked, answer):
        return locked
    check_seen(locked, seen)
    check_unsettled(AskState(locked.state))
    check_answer(
        answer,
        asked_on=local_time(locked.raised_at, zone).date(),
        today=local_time(at, zone).date(),
        offered=options_of(locked.options),
    )
    if answer.way == AnswerWay.PORTAL:
        check_outside_words(answer.comment, field="comment")
    else:
        check_words(locked, confirmed, by=by, at=at, comment=answer.comment)
    locked.choice, locked.state = answer.choice, state_after(answer.choice)
    locked.answered_on, locked.answered_at = answer.on, at
    write_entry(
        locked,
        AskEventKind.ANSWERED,
        by=by,
        at=at,
        choice=answer.choice,
        way=answer.way,
        on=answer.on,
        said_by=answer.said_by,
        words=answer.comment,
        option=answer.option,
    )
    return locked


def _is_last(ask: Ask, answer: Answer) -> bool:
    """Whether the last entry of the history says just this."""
    return ask.history.filter(
        seq=ask.seq,
        kind=AskEventKind.ANSWERED,
        choice=answer.choice,
        way=answer.way,
        on=answer.on,
        said_by=answer.said_by,
        words=answer.comment,
        option=answer.option,
    ).exists()


def lock_ask(ask: Ask) -> Ask:
    """The ask as it is now, locked until the transaction ends."""
    rows = Ask.objects.select_for_update(of=("self",))
    return rows.select_related("study_site__site", "study_site__study").get(pk=ask.pk)


def check_seen(ask: Ask, seen: int) -> None:
    """Raise AskMoved, naming who and when, unless the page showed the ask as it is."""
    if ask.seq == seen:
        return
    last = ask.history.select_related("by").get(seq=ask.seq)
    there = local(last.recorded_at, ask.study_site.site.time_zone)
    raise AskMoved(
        f"{last.by.name} was first, at {clock(there)}: {last.get_kind_display().lower()}. "
        "What you typed is kept below."
    )


def write_entry(ask: Ask, kind: AskEventKind, *, by: User, at: datetime, **values: Any) -> AskEvent:
    """Save the ask, which is locked, with one more entry in its history."""
    ask.seq = 1 if kind == AskEventKind.RAISED else ask.seq + 1
    ask.save()
    return AskEvent.objects.create(ask=ask, seq=ask.seq, kind=kind, recorded_at=at, by=by, **values)
