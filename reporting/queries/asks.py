"""Asks to the sponsor as their history told them at a moment; who answered is not read (AS3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from recruitment.models import AskEvent, StudySite
from recruitment.rules.asks.codes import AskDirection, AskEventKind
from recruitment.rules.asks.options import options_of
from reporting.figures.inputs import AskFacts
from trialsnest.lib.prepared import prepared

OF_ASK = (
    "ask",
    "ask__kind",
    "ask__party",
    "ask__question",
    "ask__why",
    "ask__category",
    "ask__options",
)
OF_ENTRY = ("kind", "recorded_at", "choice", "words", "due_at", "option")
ENDS = {AskEventKind.SETTLED, AskEventKind.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an ask's history, as far as a report may know it."""

    kind: str
    recorded_at: datetime
    choice: str
    words: str
    due_at: datetime | None
    option: str


@dataclass(frozen=True, slots=True)
class AskRecord:
    """What an ask says for good, and its history in order."""

    key: int
    kind: str
    party: str
    question: str
    why: str
    category: str
    options: str
    history: Sequence[Entry]


def read_asks(study_site: StudySite) -> list[AskRecord]:
    """Every question of the site to the sponsor of the study, the oldest first. One statement."""
    history: dict[tuple[int, str, str, str, str, str, str], list[Entry]] = defaultdict(list)
    for row in _entries(place=study_site.pk):
        key, kind, party, question, why, category, options, *entry = row
        history[key, kind, party, question, why, category, options].append(Entry(*entry))
    return [AskRecord(*said, history=entries) for said, entries in history.items()]


@prepared
def _entries(*, place: int) -> QuerySet[AskEvent, tuple[Any, ...]]:
    events = AskEvent.objects.filter(
        ask__study_site=place, ask__direction=AskDirection.TO_SPONSOR
    ).order_by("ask__raised_at", "ask", "seq")
    return events.values_list(*OF_ASK, *OF_ENTRY)


def asks_at(records: Sequence[AskRecord], *, until: datetime) -> tuple[AskFacts, ...]:
    """The asks that were raised before `until` (UTC), each as it stood then."""
    found = (_folded(record, until) for record in records)
    return tuple(ask for ask in found if ask is not None)


def _folded(record: AskRecord, until: datetime) -> AskFacts | None:
    known = [entry for entry in record.history if entry.recorded_at < until]
    dues = [entry.due_at for entry in known if entry.due_at is not None]
    if not dues:
        return None
    answer = next((e for e in reversed(known) if e.kind == AskEventKind.ANSWERED), None)
    ended = next((e for e in known if e.kind in ENDS), None)
    return AskFacts(
        key=record.key,
        kind=record.kind,
        party=record.party,
        question=record.question,
        why=record.why,
        raised_at=known[0].recorded_at,
        due_at=dues[-1],
        category=record.category,
        choice=answer.choice if answer else "",
        answer=answer.words if answer else "",
        options=options_of(record.options),
        option=answer.option if answer else "",
        answered_at=answer.recorded_at if answer else None,
        ended_at=ended.recorded_at if ended else None,
    )
