"""What is typed for an item of a weekly review or into a new ask, kept until it is sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from recruitment import access
from recruitment.models import AgendaItem
from recruitment.rules.weekly.codes import ReviewState
from recruitment.services.drafts import throw_draft
from recruitment.views.asks import ask_key, asking_at
from recruitment.views.drafts import keep
from recruitment.views.setup.base import me
from recruitment.views.weekly_agenda import draft_key
from trialsnest.lib import shield


def _item(request: HttpRequest, pk: int, position: int) -> AgendaItem:
    """An item of a review that is in progress, for who may end it."""
    review = access.get_weekly_review(me(request), pk)
    if review.state != ReviewState.IN_PROGRESS:
        raise Http404
    return get_object_or_404(AgendaItem, review=review, position=position)


@require_POST
def weekly_item_draft(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Keep the form of the item as it stands now; answers with the time in words."""
    with shield.lifted():  # a meeting types behind the shield; these words are about work
        return keep(request, None, draft_key(_item(request, pk, position)), seen=0)


@require_http_methods(["GET", "HEAD", "POST"])
def weekly_item_draft_throw(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Throw the draft away, after a question; then the form stands there as it was proposed."""
    key = draft_key(_item(request, pk, position))
    page = f"{reverse('weekly_review', args=[pk])}?item={position}"
    return _throw(request, key, f"Item {position}", page)


@require_POST
def ask_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the form that raises an ask as it stands now; answers with the time in words."""
    place, item = asking_at(request, pk)
    return keep(request, None, ask_key(place, item), seen=0)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_draft_throw(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft of an ask away, after a question; then the form stands there anew."""
    place, item = asking_at(request, pk)
    page = reverse("ask_new", args=[pk]) + (f"?item={item.pk}" if item else "")
    return _throw(request, ask_key(place, item), "Raise an ask", page)


def _throw(request: HttpRequest, key: str, title: str, page: str) -> HttpResponse:
    if request.method != "POST":
        context = {"title": title, "action": request.get_full_path(), "page_url": page}
        return render(request, "recruitment/own_draft_throw.html", context)
    throw_draft(lead=None, form=key, by=me(request))
    return redirect(page)
