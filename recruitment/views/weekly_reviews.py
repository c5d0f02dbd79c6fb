"""The weekly review: the sites' reviews, one agenda item by item, and its end (domain.md 11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.forms.weekly_reviews import CorrectionForm, ItemForm
from recruitment.models import AgendaItem, AgendaLead, Site, WeeklyReview
from recruitment.queries.asks import asks_of_items
from recruitment.queries.weekly_page import (
    ItemView,
    ReviewPage,
    listed,
    own_actions,
    review_page,
    reviews_of,
)
from recruitment.queries.workers import members_of
from recruitment.rules.refusals import Refusal
from recruitment.rules.weekly.codes import ReviewState
from recruitment.services.weekly_items import MAY_OWN, Ended, finish_action
from recruitment.services.weekly_reviews import (
    ReviewMoved,
    complete_review,
    correct_review,
    open_review,
)
from recruitment.views.setup.base import me, refuse
from trialsnest.lib.weeks import Week
from trialsnest.lib.words import counted

MOST_SAID = 3  # leads named in a sentence about those that were left as they are


@require_safe
def weekly_reviews(request: HttpRequest) -> HttpResponse:
    """One's own actions, and for site leads the reviews of their sites. Four statements."""
    user, now = me(request), timezone.now()
    access.require_staff(user)
    places = list(access.study_sites(user, "lead_site"))
    sites = reviews_of(places)
    context = {
        "title": "Weekly review",
        "actions": own_actions(user),
        "now": now,
        "sites": [
            {
                "site": one.site,
                "reviews": one.reviews,
                "week": Week.containing(now, one.site.time_zone),
                "this": next((row for row in one.reviews if _is_this(row, one.site, now)), None),
            }
            for one in sites
        ],
    }
    return render(request, "recruitment/weekly/list.html", context)


def _is_this(row: WeeklyReview, site: Site, now: datetime) -> bool:
    return bool(row.monday == Week.containing(now, site.time_zone).monday)


@require_POST
def weekly_review_open(request: HttpRequest) -> HttpResponse:
    """Open this week's review of a site, or come to the one that is open already."""
    places = [
        place
        for place in access.study_sites(me(request), "lead_site")
        if str(place.site_id) == request.POST.get("site", "")
    ]
    if not places:
        raise Http404
    review = open_review(
        site=places[0].site, places=places, study_site=None, by=me(request), at=timezone.now()
    )
    return redirect("weekly_review", pk=review.pk)


@require_safe
def weekly_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda with one of its items, or the minutes of a review that is completed."""
    review = access.get_weekly_review(me(request), pk)
    page = review_page(review)
    if review.state == ReviewState.COMPLETED:
        return _minutes(request, page)
    return _agenda(request, page, chosen=_chosen(page, request.GET.get("item", "")))


def _chosen(page: ReviewPage, position: str) -> ItemView | None:
    """The item that was asked for, else the first that is open, else the first of all."""
    items = page.items
    for one in items:
        if str(one.item.position) == position:
            return one
    return next((one for one in items if one.is_open), items[0] if items else None)


def _agenda(
    request: HttpRequest,
    page: ReviewPage,
    *,
    chosen: ItemView | None,
    form: ItemForm | None = None,
    status: int = 200,
) -> HttpResponse:
    review, now = page.review, timezone.now()
    context: dict[str, Any] = {
        "review": review,
        "page": page,
        "zone": review.site.time_zone,
        "now": now,
        "week": Week(review.monday, review.site.time_zone),
        "share": 100 * page.settled / len(page.items) if page.items else 100,
        "chosen": chosen,
    }
    if chosen is not None:
        leads = listed(chosen.item)
        places = {one.item.position: one for one in page.items}
        context |= {
            "leads": leads,
            "asks": asks_of_items([chosen.item]).get(chosen.item.pk, []),
            "form": form or item_form(request, chosen.item, leads),
            "before": places.get(chosen.item.position - 1),
            "after": places.get(chosen.item.position + 1),
        }
    return render(request, "recruitment/weekly/agenda.html", context, status=status)


def item_form(request: HttpRequest, item: AgendaItem, leads: Sequence[AgendaLead]) -> ItemForm:
    """The form of one item, with what was posted."""
    return ItemForm(
        request.POST if request.method == "POST" else None,
        item=item,
        listed=leads,
        people=[who.user for who in members_of(item.study_site_id) if who.perms & MAY_OWN],
        at=timezone.now(),
    )


@require_POST
def weekly_item(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """End one item; the next open one is shown."""
    review = access.get_weekly_review(me(request), pk)
    page = review_page(review)
    chosen = next((one for one in page.items if one.item.position == position), None)
    if chosen is None:
        raise Http404
    chosen.item.review = review
    form = item_form(request, chosen.item, listed(chosen.item))
    if form.is_valid():
        try:
            ended = form.run(by=me(request), at=timezone.now())
        except ReviewMoved as moved:
            form.add_error(None, str(moved))
            return _agenda(request, page, chosen=chosen, form=form, status=409)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            _say(request, ended)
            return redirect(_next_url(page, position))
    return _agenda(request, page, chosen=chosen, form=form, status=422)


def _say(request: HttpRequest, ended: Ended) -> None:
    said = f"Item {ended.item.position} ended."
    if ended.set_on:
        said += f" It is the next action of {counted(ended.set_on, 'lead')}."
    messages.success(request, said)
    if ended.left:
        named = "; ".join(f"{number}: {why}" for number, why in ended.left[:MOST_SAID])
        more = len(ended.left) - MOST_SAID
        rest = f" And {more} more." if more > 0 else ""
        messages.warning(request, f"Left as they are: {named}{rest}")


def _next_url(page: ReviewPage, position: int) -> str:
    """The next open item behind this one, else the first open one, else where the review ends."""
    rest = [
        one.item.position for one in page.items if one.is_open and one.item.position != position
    ]
    following = next((each for each in rest if each > position), rest[0] if rest else 0)
    url = reverse("weekly_review", args=[page.review.pk])
    return f"{url}?item={following}#item-h" if following else f"{url}?item={position}#finish"


@require_POST
def weekly_review_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """End the review; with an item open it says which."""
    review = access.get_weekly_review(me(request), pk)
    try:
        complete_review(review=review, by=me(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The review is completed and locked.")
    return redirect("weekly_review", pk=pk)


@require_POST
def weekly_review_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a correction under a completed review."""
    review, form = access.get_weekly_review(me(request), pk), CorrectionForm(request.POST)
    if form.is_valid():
        try:
            words = form.cleaned_data["words"]
            correct_review(review=review, words=words, by=me(request), at=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "The correction stands under the review.")
            return redirect("weekly_review", pk=pk)
    return _minutes(request, review_page(review), form=form, status=422)


def _minutes(
    request: HttpRequest, page: ReviewPage, *, form: CorrectionForm | None = None, status: int = 200
) -> HttpResponse:
    review = page.review
    asks = asks_of_items([one.item for one in page.items])
    context = {
        "review": review,
        "page": page,
        "zone": review.site.time_zone,
        "week": Week(review.monday, review.site.time_zone),
        "actions": [one for one in page.items if one.item.action],
        "accepted": [one for one in page.items if one.item.ending == "accept"],
        "closed": [one for one in page.items if one.item.ending == "close"],
        "asks": dict.fromkeys(ask for found in asks.values() for ask in found),
        "corrections": review.corrections.select_related("by"),
        "form": form or CorrectionForm(),
    }
    return render(request, "recruitment/weekly/minutes.html", context, status=status)


@require_POST
def weekly_action_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Its owner says that an action of a review is done."""
    action = access.get_review_action(me(request), pk)
    try:
        finish_action(action=action, by=me(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "Done. The next review shows it.")
    return redirect("weekly_reviews")
