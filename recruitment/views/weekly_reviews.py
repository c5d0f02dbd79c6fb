"""The weekly review: the sites' reviews, one agenda item by item, and its end (domain.md 11)."""

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
from recruitment.models import WeeklyReview
from recruitment.queries.weekly_page import (
    ItemView,
    ReviewPage,
    SiteReviews,
    listed,
    own_actions,
    review_page,
    reviews_of,
)
from recruitment.queries.weekly_paper import paper_of
from recruitment.rules.refusals import Refusal
from recruitment.rules.weekly.codes import MeetingPart, ReviewState
from recruitment.services.weekly_items import Ended, finish_action
from recruitment.services.weekly_reviews import (
    ReviewMoved,
    complete_review,
    correct_review,
    open_review,
)
from recruitment.views.own_drafts import sent
from recruitment.views.setup.base import me, refuse
from recruitment.views.weekly_agenda import (
    agenda_context,
    chosen_item,
    draft_key,
    item_context,
    item_form,
)
from recruitment.views.weekly_meeting import go_on, meeting_page
from trialsnest.lib.weeks import Week
from trialsnest.lib.words import counted
from trialsnest.lib.zones import local_time

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
        "today": local_time(now, user.time_zone).date(),
        "sites": [{"site": one.site, **_scopes(one, now)} for one in sites],
    }
    return render(request, "recruitment/weekly/list.html", context)


def _scopes(one: SiteReviews, now: datetime) -> dict[str, Any]:
    """This week's review of the whole site and of each study, and the reviews before."""
    monday = Week.containing(now, one.site.time_zone).monday
    now_open = one.of_week(monday)
    return {
        "this": now_open.get(0),
        "is_by_study": not now_open.get(0) and bool(now_open),
        "studies": [
            {"place": place, "this": now_open.get(place.pk)}
            for place in one.places
            if len(one.places) > 1 or place.pk in now_open
        ],
        "reviews": one.reviews,
    }


@require_POST
def weekly_review_open(request: HttpRequest) -> HttpResponse:
    """Open this week's review of a site, or come to the one that is open already.

    With `study` (the key of a study at the site) of that study alone.
    """
    places = [
        place
        for place in access.study_sites(me(request), "lead_site")
        if str(place.site_id) == request.POST.get("site", "")
    ]
    study = request.POST.get("study", "")
    one = next((place for place in places if str(place.pk) == study), None)
    if not places or (study and one is None):
        raise Http404
    review = open_review(
        site=places[0].site, places=places, study_site=one, by=me(request), at=timezone.now()
    )
    led = {place.pk for place in places}
    if not led.issuperset(review.places.values_list("pk", flat=True)):
        messages.warning(
            request,
            "The site's review of this week is open for studies that you do not lead. "
            "Open the review of one study instead.",
        )
        return redirect("weekly_reviews")
    return redirect("weekly_review", pk=review.pk)


@require_safe
def weekly_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda with one of its items, or the minutes of a review that is completed."""
    review = access.get_weekly_review(me(request), pk)
    if review.state == ReviewState.COMPLETED:
        return _minutes(request, review)
    page = review_page(review)
    return _agenda(request, page, chosen=chosen_item(page, request.GET.get("item", "")))


def _agenda(
    request: HttpRequest,
    page: ReviewPage,
    *,
    chosen: ItemView | None,
    form: ItemForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if "meeting" in request.POST:
        return meeting_page(request, page, chosen=chosen, form=form, status=status)
    context = agenda_context(request, page)
    if chosen is not None:
        context |= item_context(request, page, chosen, form)
    return render(request, "recruitment/weekly/agenda.html", context, status=status)


@require_POST
def weekly_item(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """End one item; the next open one is shown, in a meeting to everybody."""
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
            chosen.item.refresh_from_db(fields=["ended_at", "ended_by", "ending"])
            return _agenda(request, page, chosen=chosen, form=form, status=409)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            sent(request, draft_key(chosen.item))
            _say(request, ended)
            return _on(request, page, position)
    return _agenda(request, page, chosen=chosen, form=form, status=422)


def _on(request: HttpRequest, page: ReviewPage, position: int) -> HttpResponse:
    """To the next open item behind this one, else the first open one, else where it ends."""
    rest = [
        one.item.position for one in page.items if one.is_open and one.item.position != position
    ]
    following = next((each for each in rest if each > position), rest[0] if rest else 0)
    if "meeting" in request.POST:
        return go_on(request, page, str(following) if following else MeetingPart.END)
    url = reverse("weekly_review", args=[page.review.pk])
    if following:
        return redirect(f"{url}?item={following}#item-h")
    return redirect(f"{url}?item={position}#finish")


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
    return _minutes(request, review, form=form, status=422)


def _minutes(
    request: HttpRequest,
    review: WeeklyReview,
    *,
    form: CorrectionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "review": review,
        "paper": paper_of(review),
        "zone": review.site.time_zone,
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
