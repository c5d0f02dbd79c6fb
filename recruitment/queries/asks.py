"""The asks of studies at sites as their pages show them; lead numbers only (AS1-AS3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from recruitment.models import AgendaItem, Ask, AskEvent, Blocker, StudySite
from recruitment.models.asks import waiting_leads
from recruitment.rules.asks.checks import answer_clock, days_open, fixed_at
from recruitment.rules.asks.codes import (
    ENDS_WAITING,
    AskDirection,
    AskEventKind,
    AskParty,
    AskState,
)
from recruitment.rules.asks.options import options_of
from recruitment.rules.asks.words import answered_words, open_words, who_words
from recruitment.rules.clock_words import Explained, explain
from recruitment.rules.targets import Target as Amount
from recruitment.rules.targets import Unit
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import ItemKind

MOST_LISTED, LATEST_ENDED = 200, 25
OF_ASKS = frozenset({ItemKind.OPEN_ASK, ItemKind.ANSWERED_ASK})


@dataclass(frozen=True)
class AskLine:
    """One ask in a list: its age in days, and how many leads its answer frees."""

    ask: Ask
    who: str
    days: int
    waiting: int
    is_late: bool


@dataclass(frozen=True)
class AsksPage:
    """Answered ones to settle, open ones, the oldest first, and the latest that ended."""

    answered: Sequence[AskLine]
    open: Sequence[AskLine]
    ended: Sequence[AskLine]
    is_cut: bool


def asks_page(places: Iterable[StudySite], *, now: datetime) -> AsksPage:
    """The asks of these studies at sites. Two statements."""
    rows = (
        Ask.objects.filter(study_site__in=list(places))
        .select_related("owner", "study_site__study", "study_site__site")
        .annotate(waiting=waiting_leads())
    )
    found = list(rows.filter(ended_at__isnull=True).order_by("raised_at", "pk")[: MOST_LISTED + 1])
    ended = rows.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")[:LATEST_ENDED]
    lines = [_line(ask, now) for ask in found[:MOST_LISTED]]
    return AsksPage(
        [line for line in lines if line.ask.state == AskState.ANSWERED],
        [line for line in lines if line.ask.state == AskState.OPEN],
        [_line(ask, now) for ask in ended],
        is_cut=len(found) > MOST_LISTED,
    )


def _line(ask: Ask, now: datetime) -> AskLine:
    return AskLine(
        ask,
        who_words(AskDirection(ask.direction), AskParty(ask.party)),
        days_open(ask.raised_at, ask.ended_at or now),
        len(ask.waiting),  # type: ignore[attr-defined]  # annotated above
        is_late=ask.state == AskState.OPEN and ask.due_at <= now,
    )


@dataclass(frozen=True)
class Stopped:
    """A lead that a blocker of the ask's category stops, and whether it waits for the answer."""

    key: int
    number: str
    is_linked: bool


@dataclass(frozen=True)
class AskPage:
    """One ask with its history, the latest entry first, and the leads that its answer frees."""

    line: AskLine
    history: Sequence[AskEvent]
    stopped: Sequence[Stopped]
    due: Explained | None

    @property
    def options(self) -> Sequence[str]:
        """The choices that the sponsor is offered."""
        return options_of(self.line.ask.options)

    @property
    def waiting(self) -> Sequence[Stopped]:
        """The leads that wait for the answer."""
        return [row for row in self.stopped if row.is_linked]


def ask_page(ask: Ask, *, terms: Terms, now: datetime) -> AskPage:
    """One ask at `now` (UTC); `terms` are those of the study at the site. Three statements."""
    stopped = stopped_by(ask)
    ask.waiting = [row for row in stopped if row.is_linked]  # type: ignore[attr-defined]  # as a list has it
    history = ask.history.select_related("by").order_by("-seq")
    return AskPage(_line(ask, now), list(history), stopped, _due(ask, terms, now=now))


def stopped_by(ask: Ask) -> Sequence[Stopped]:
    """Leads of its study at the site that its category stops, those that wait first."""
    if not ask.category or ask.ended_at is not None:
        return []
    linked = set(ask.leads.values_list("lead", flat=True))
    rows = stopped_leads(ask.study_site_id, ask.category)
    found = [Stopped(key, number, key in linked) for key, number in rows]
    return sorted(found, key=lambda row: not row.is_linked)[:MOST_LISTED]


def stopped_leads(study_site: int, category: str) -> QuerySet[Blocker, tuple[int, str]]:
    """Key and number of each lead that an open blocker of the category stops there."""
    rows = Blocker.objects.filter(
        lead__study_site=study_site, category=category, resolved_at__isnull=True
    )
    return rows.order_by("lead__number").values_list("lead", "lead__number")


def stopped_counts(study_site: int) -> Mapping[BlockerCategory, int]:
    """How many leads each category stops there. One statement."""
    rows = Blocker.objects.filter(lead__study_site=study_site, resolved_at__isnull=True)
    found: dict[BlockerCategory, set[int]] = {}
    for category, lead in rows.values_list("category", "lead"):
        found.setdefault(BlockerCategory(category), set()).add(lead)
    return {category: len(leads) for category, leads in found.items()}


def _due(ask: Ask, terms: Terms, *, now: datetime) -> Explained | None:
    """How its due time came about; None where somebody chose the day."""
    if ask.amount is None:
        return None
    under = Amount(ask.amount, Unit(ask.unit), key=ask.target_id)
    ended_at = ask.answered_at if ask.choice in ENDS_WAITING else ask.ended_at
    clock = answer_clock(under, started_at=ask.raised_at, terms=terms, ended_at=ended_at)
    version = ask.target.version if ask.target is not None else 0
    return explain(clock, terms=fixed_at(terms, ask.raised_at), now=now, version=version)


def item_words(items: Iterable[AgendaItem], *, opened_at: datetime) -> Mapping[int, str]:
    """What a review says of each ask it found, by the item's key, as it stood at the opening.

    One statement where an item is about an ask, else none.
    """
    about = {int(item.code): item for item in items if item.kind in OF_ASKS}
    if not about:
        return {}
    told = AskEvent.objects.filter(
        ask=OuterRef("pk"), kind=AskEventKind.ANSWERED, recorded_at__lte=opened_at
    )
    rows = Ask.objects.filter(pk__in=about).annotate(
        said=Subquery(told.order_by("-seq").values("choice")[:1])
    )
    return {about[ask.pk].pk: _words(ask, about[ask.pk], opened_at) for ask in rows}


def _words(ask: Ask, item: AgendaItem, opened_at: datetime) -> str:
    choice = ask.said or ""  # type: ignore[attr-defined]  # annotated above
    if item.kind == ItemKind.ANSWERED_ASK:
        return answered_words(ask.question, choice=choice, leads=item.value)
    return open_words(
        ask.question, raised_at=ask.raised_at, now=opened_at, choice=choice, leads=item.value
    )


def asks_of_items(items: Iterable[AgendaItem]) -> Mapping[int, Sequence[Ask]]:
    """The asks that each item led to, and the one it is about, by the item's key. One statement."""
    found: dict[int, list[Ask]] = {}
    about: dict[int, list[int]] = {}
    keys = []
    for item in items:
        keys.append(item.pk)
        if item.kind in OF_ASKS:
            about.setdefault(int(item.code), []).append(item.pk)
    rows = Ask.objects.filter(Q(item__in=keys) | Q(pk__in=about)).order_by("raised_at", "pk")
    for ask in rows:
        places = about.get(ask.pk, [])
        for key in dict.fromkeys([*places, *([ask.item_id] if ask.item_id in keys else [])]):
            found.setdefault(key, []).append(ask)
    return found
