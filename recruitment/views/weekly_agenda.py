"""An agenda with one of its items, as the page of a review and the meeting about it show it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from recruitment.forms.weekly_reviews import ItemForm
from recruitment.models import AgendaItem, AgendaLead
from recruitment.queries.asks import asks_of_items
from recruitment.queries.weekly_figures import figures_of
from recruitment.queries.weekly_page import ItemView, ReviewPage, listed
from recruitment.queries.workers import members_of
from recruitment.services.weekly_items import MAY_OWN
from recruitment.views.own_drafts import begin_with_draft
from recruitment.views.weekly_tables import movement_chart
from trialsnest.lib import shield
from trialsnest.lib.weeks import Week


def draft_key(item: AgendaItem) -> str:
    """Under which words typed for this item are kept."""
    return f"weekly-{item.review_id}-{item.position}"


def chosen_item(page: ReviewPage, position: str) -> ItemView | None:
    """The item that was asked for, else the first that is open, else the first of all."""
    items = page.items
    for one in items:
        if str(one.item.position) == position:
            return one
    return next((one for one in items if one.is_open), items[0] if items else None)


def agenda_context(request: HttpRequest, page: ReviewPage) -> dict[str, Any]:
    """What stands around the item: the review, its lanes, movement and forecast."""
    review = page.review
    figures = figures_of(review)
    return {
        "review": review,
        "page": page,
        "zone": review.site.time_zone,
        "now": timezone.now(),
        "week": Week(review.monday, review.site.time_zone),
        "share": 100 * page.settled / len(page.items) if page.items else 100,
        "figures": figures,
        "movement": movement_chart(figures),
    }


def item_context(
    request: HttpRequest, page: ReviewPage, chosen: ItemView, form: ItemForm | None = None
) -> dict[str, Any]:
    """One item: its leads as they stood, and its form with what was typed and not sent."""
    places = {one.item.position: one for one in page.items}
    leads = listed(chosen.item)
    if form is None:
        form = item_form(request, chosen.item, leads)
        with shield.lifted():  # its words are about work, and a meeting is behind the shield
            begin_with_draft(request, form, draft_key(chosen.item))
    return {
        "chosen": chosen,
        "leads": leads,
        "asks": asks_of_items([chosen.item]).get(chosen.item.pk, []),
        "form": form,
        "draft_key": draft_key(chosen.item),
        "before": places.get(chosen.item.position - 1),
        "after": places.get(chosen.item.position + 1),
    }


def item_form(request: HttpRequest, item: AgendaItem, leads: Sequence[AgendaLead]) -> ItemForm:
    """The form of one item, with what was posted."""
    return ItemForm(
        request.POST if request.method == "POST" else None,
        item=item,
        listed=leads,
        people=[who.user for who in members_of(item.study_site_id) if who.perms & MAY_OWN],
        at=timezone.now(),
    )
