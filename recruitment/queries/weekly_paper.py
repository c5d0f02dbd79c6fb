"""A weekly review on paper: its agenda as frozen, and what came of it (W9, W12).

Leads stand by their numbers. Only in a site-only copy their names stand beside them, and then
only of leads that the reader may see.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.models import User
from recruitment.models import (
    AgendaLead,
    Ask,
    Lead,
    ReviewActionLead,
    ReviewCorrection,
    SiteOnlyCopy,
    WeeklyReview,
)
from recruitment.queries.asks import asks_of_items
from recruitment.queries.weekly_figures import Figures, figures_of
from recruitment.queries.weekly_page import ItemView, ReviewPage, review_page
from recruitment.rules.weekly.codes import AgendaLane, Ending, ItemKind, ReviewState
from trialsnest.lib.words import DueWords, due

SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC")
"""What the bundled fonts of a PDF hold."""


@dataclass(frozen=True)
class PaperLead:
    """A lead as it stood; `name` is "" unless the copy is for the site only."""

    row: AgendaLead
    due: DueWords | None
    name: str = ""

    @property
    def is_in_fonts(self) -> bool:
        """Whether the fonts of the PDF have all letters of the name."""
        named = (unicodedata.name(sign, "") for sign in self.name if sign.isalpha())
        return all(name.startswith(SCRIPTS) for name in named)


@dataclass(frozen=True)
class PaperItem:
    """One item with the leads listed under it, and those that its action is about."""

    view: ItemView
    leads: Sequence[PaperLead]
    about: Sequence[str]

    @property
    def is_cut(self) -> bool:
        """Whether more leads were found than are listed."""
        return self.view.counts_leads and 0 < len(self.leads) < self.view.item.value

    @property
    def is_override(self) -> bool:
        """Whether somebody let a step pass here (G3)."""
        return bool(self.view.item.kind == ItemKind.OVERRIDE)


@dataclass(frozen=True)
class PaperLane:
    """One lane of the agenda."""

    lane: AgendaLane
    items: Sequence[PaperItem]

    @property
    def has_leads(self) -> bool:
        """Whether any of its items lists a lead."""
        return any(one.leads for one in self.items)


@dataclass(frozen=True)
class Paper:
    """All that the papers of a review say."""

    page: ReviewPage
    lanes: Sequence[PaperLane]
    corrections: Sequence[ReviewCorrection]
    figures: Figures
    asks: Sequence[Ask]
    copies: Sequence[SiteOnlyCopy] = field(default=())
    has_names: bool = False

    @property
    def items(self) -> Sequence[PaperItem]:
        """All items in their order."""
        return [one for lane in self.lanes for one in lane.items]

    @property
    def actions(self) -> Sequence[PaperItem]:
        """The items that ended in an action."""
        return [one for one in self.items if one.view.item.action is not None]

    @property
    def accepted(self) -> Sequence[PaperItem]:
        """The items that were accepted for now."""
        return [one for one in self.items if one.view.item.ending == Ending.ACCEPT]

    @property
    def closed(self) -> Sequence[PaperItem]:
        """The items that were closed."""
        return [one for one in self.items if one.view.item.ending == Ending.CLOSE]

    @property
    def has_leads(self) -> bool:
        """Whether any item lists a lead."""
        return any(lane.has_leads for lane in self.lanes)

    @property
    def is_draft(self) -> bool:
        """Whether the review is still in progress."""
        return bool(self.page.review.state != ReviewState.COMPLETED)


def paper_of(review: WeeklyReview, *, names_for: User | None = None) -> Paper:
    """The paper of a review; with `names_for` a site-only copy for that reader.

    Twelve statements whatever the number of items and leads, one more for the names. While the
    shield is up a name reads as hidden; the caller does not offer such a copy then.
    """
    page = review_page(review)
    rows = AgendaLead.objects.filter(item__review=review).select_related("lead", "owner")
    listed: dict[int, list[AgendaLead]] = defaultdict(list)
    for row in rows.order_by("item", "position"):
        listed[row.item_id].append(row)
    names = _names(names_for, review) if names_for is not None else {}
    about = _about(review)
    lanes = [
        PaperLane(
            lane.lane,
            [
                PaperItem(
                    view,
                    [
                        PaperLead(row, _due(row, review), names.get(row.lead_id, ""))
                        for row in listed[view.item.pk]
                    ],
                    about[view.item.action_id or 0],
                )
                for view in lane.items
            ],
        )
        for lane in page.lanes
    ]
    return Paper(
        page,
        lanes,
        list(review.corrections.select_related("by")),
        figures_of(review),
        _asks(page),
        list(review.copies.select_related("by")),
        has_names=names_for is not None,
    )


def _asks(page: ReviewPage) -> Sequence[Ask]:
    """What was asked of the sponsor in the review, each ask once."""
    found = asks_of_items([one.item for one in page.items])
    return list(dict.fromkeys(ask for asks in found.values() for ask in asks))


def _due(row: AgendaLead, review: WeeklyReview) -> DueWords | None:
    """When its next action was due, as said at the opening."""
    if row.due_at is None or review.opened_at is None:
        return None
    return due(row.due_at, now=review.opened_at, zone=review.site.time_zone)


def _names(reader: User, review: WeeklyReview) -> Mapping[int, str]:
    """The names of the listed leads that the reader may see; the others stay numbers."""
    listed = AgendaLead.objects.filter(item__review=review).values("lead")
    leads = Lead.objects.visible_to(reader).filter(pk__in=listed).select_related("person")
    return {lead.pk: lead.person.display_name for lead in leads}


def _about(review: WeeklyReview) -> Mapping[int, Sequence[str]]:
    """The numbers of the leads that each action of the review is about."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = ReviewActionLead.objects.filter(action__item__review=review).select_related("lead")
    for row in rows.order_by("lead"):
        found[row.action_id].append(row.lead.number)
    return found
