"""A weekly review as its page and its print show it, lead numbers only (D34, W12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db.models import Q

from accounts.models import User
from recruitment.models import (
    AgendaItem,
    AgendaLead,
    LastAction,
    ReviewAction,
    Site,
    Source,
    StudySite,
    WeeklyReview,
)
from recruitment.queries.asks import item_words
from recruitment.rules.weekly.codes import (
    OF_ONE_LEAD,
    UNIT_OF,
    ActionState,
    AgendaLane,
    ItemKind,
    ReviewState,
)
from recruitment.rules.weekly.endings import TWICE
from recruitment.rules.weekly.words import QUESTIONS, code_words, fact, figure

HISTORY = 26  # reviews that are listed


@dataclass(frozen=True)
class ItemView:
    """One item in words."""

    item: AgendaItem
    title: str
    question: str
    figure: str
    times_carried: int
    subject_of_own: bool

    @property
    def is_open(self) -> bool:
        """Whether it still has to end."""
        return not self.item.ending

    @property
    def counts_leads(self) -> bool:
        """Whether one lead counts once in its figure, so that a shorter list leaves some out."""
        return UNIT_OF[ItemKind(self.item.kind)] in OF_ONE_LEAD

    @property
    def demands(self) -> bool:
        """Whether it has to be done, dropped or escalated (W7)."""
        return self.times_carried >= TWICE


@dataclass(frozen=True)
class LaneView:
    """One lane with its items."""

    lane: AgendaLane
    items: Sequence[ItemView]


@dataclass(frozen=True)
class Proof:
    """An action of an earlier review: how far it has come, and its figure then and now (W8)."""

    check: LastAction
    then: str
    now: str


@dataclass(frozen=True)
class ReviewPage:
    """A review: its lanes, what became of the last one's actions, and what was written under it."""

    review: WeeklyReview
    lanes: Sequence[LaneView]
    proofs: Sequence[Proof]

    @property
    def items(self) -> Sequence[ItemView]:
        """All items in their order."""
        return [one for lane in self.lanes for one in lane.items]

    @property
    def settled(self) -> int:
        """How many have ended."""
        return sum(1 for one in self.items if not one.is_open)


def review_page(review: WeeklyReview) -> ReviewPage:
    """Four statements, and one where an item is about an ask."""
    rows = review.items.select_related(
        "study_site__study",
        "study_site__site",
        "subject",
        "action__owner",
        "ended_by",
        "carried__owner",
    ).order_by("position")
    items = list(rows)
    sources = _sources(items)
    for item in items:
        item.review = review
    asks = item_words(items, opened_at=review.opened_at) if review.opened_at else {}
    views = [
        _view(item, asks.get(item.pk) or _what(item, sources), opened_by=review.opened_by_id)
        for item in items
    ]
    lanes = groupby(views, key=lambda view: view.item.lane)
    checks = review.last_actions.select_related("action__owner", "action__study_site__study")
    return ReviewPage(
        review,
        [LaneView(AgendaLane(lane), list(found)) for lane, found in lanes],
        [_proof(check) for check in checks],
    )


def listed(item: AgendaItem) -> Sequence[AgendaLead]:
    """The leads of one item as they stood at the opening. One statement."""
    return list(item.leads.select_related("lead", "owner").order_by("position"))


def _sources(items: Iterable[AgendaItem]) -> Mapping[str, str]:
    keys = [item.code for item in items if item.kind == ItemKind.WEAK_SOURCE]
    if not keys:
        return {}
    return {str(source.pk): source.name for source in Source.objects.filter(pk__in=keys)}


def _view(item: AgendaItem, what: str, *, opened_by: int | None) -> ItemView:
    kind = ItemKind(item.kind)
    about = ItemKind(item.carried.kind) if item.carried else kind
    return ItemView(
        item=item,
        title=fact(kind, what=what, value=item.value, of=item.of),
        question=QUESTIONS[kind],
        figure=figure(about, item.value),
        times_carried=item.times_carried,
        subject_of_own=item.subject_id is not None and item.subject_id == opened_by,
    )


def _what(item: AgendaItem, sources: Mapping[str, str]) -> str:
    if item.carried is not None:
        return str(item.carried.words)
    if item.subject is not None:
        return str(item.subject.name)
    return sources.get(item.code) or code_words(ItemKind(item.kind), item.code)


def _proof(check: LastAction) -> Proof:
    kind = ItemKind(check.action.kind)
    return Proof(check, figure(kind, check.action.value), figure(kind, check.value))


@dataclass(frozen=True)
class SiteReviews:
    """A site somebody leads, with its reviews, the latest first: of the whole site and of one
    study there each."""

    site: Site
    places: Sequence[StudySite]
    reviews: Sequence[WeeklyReview]

    def of_week(self, monday: date) -> Mapping[int, WeeklyReview]:
        """The reviews of that week by the key of their study at the site; 0 for the whole site."""
        return {
            one.study_site_id or 0: one
            for one in self.reviews
            if one.monday == monday and one.state != ReviewState.SKIPPED
        }


def reviews_of(places: Iterable[StudySite]) -> Sequence[SiteReviews]:
    """The reviews of the sites of `places` that cover no study but these. One statement."""
    by_site = groupby(sorted(places, key=attrgetter("site.name", "site_id")), attrgetter("site"))
    sites = {site: list(found) for site, found in by_site}
    keys = {place.pk for found in sites.values() for place in found}
    rows = WeeklyReview.objects.covering_only(keys).filter(
        Q(study_site__isnull=True) | Q(study_site__in=keys), site__in=sites
    )
    reviews = list(
        rows.select_related("completed_by", "opened_by", "study_site__study").order_by(
            "-monday", "study_site__study__code"
        )
    )
    return [
        SiteReviews(site, found, [row for row in reviews if row.site_id == site.pk][:HISTORY])
        for site, found in sites.items()
    ]


def own_actions(user: User, *, until: date | None = None) -> Sequence[ReviewAction]:
    """What `user` agreed to do and has not ended, the first due first. One statement.

    With `until` only what is due by that day. What became the next action of leads stands there
    too, where those leads do.
    """
    rows = ReviewAction.objects.filter(owner=user, state=ActionState.OPEN)
    if until is not None:
        rows = rows.filter(due_on__lte=until)
    return list(rows.select_related("study_site__study", "study_site__site").order_by("due_on"))
