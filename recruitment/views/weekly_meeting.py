"""The weekly review on a projector: one drives, everybody sees the same, names hidden (D34)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.forms.weekly_reviews import ItemForm
from recruitment.queries.meetings import Meeting, mark_of, meeting_of
from recruitment.queries.weekly_page import ItemView, ReviewPage, review_page
from recruitment.rules.refusals import Refusal
from recruitment.rules.weekly.codes import MeetingPart, ReviewState
from recruitment.services.meetings import show
from recruitment.views.setup.base import me
from recruitment.views.weekly_agenda import agenda_context, chosen_item, item_context
from trialsnest.lib import shield


@require_safe
def weekly_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """What the meeting shows now; its minutes once it is over. Only behind the shield."""
    review = access.get_weekly_review(me(request), pk)
    has_begun = review.steps.exists()
    if review.state == ReviewState.COMPLETED or not shield.is_up() or not has_begun:
        return redirect("weekly_review", pk=pk)
    return meeting_page(request, review_page(review))


@require_POST
def weekly_meeting_go(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to a part of the agenda, for everybody: `to` is a part or the number of an item.

    Without `to` one joins where the meeting is, or begins it. Names are hidden from then on.
    """
    review = access.get_weekly_review(me(request), pk)
    request.session[shield.SESSION_KEY] = True
    to = request.POST.get("to", "")
    if not to:
        if meeting_of(review, now=timezone.now()).last is not None:
            return redirect("weekly_meeting", pk=pk)
        to = stops(review_page(review))[0]
    return go_on(request, review_page(review), to)


def go_on(request: HttpRequest, page: ReviewPage, to: str) -> HttpResponse:
    """Let the meeting go there, driven by who asks. Http404 for a part there is not."""
    item = next((one.item for one in page.items if str(one.item.position) == to), None)
    if item is None and to not in stops(page):
        raise Http404
    part = MeetingPart.ITEM if item else MeetingPart(to)
    try:
        show(review=page.review, part=part, item=item, by=me(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("weekly_review", pk=page.review.pk)
    return redirect("weekly_meeting", pk=page.review.pk)


@require_safe
@never_cache
def weekly_meeting_pulse(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes whenever the meeting shows something else; open pages ask for it."""
    review = access.get_weekly_review(me(request), pk)
    return HttpResponse(mark_of(review), content_type="text/plain")


def stops(page: ReviewPage) -> list[str]:
    """Where a meeting stops, in order: what stands before the items, the items, the end (W2)."""
    before = [MeetingPart.LAST_ACTIONS] if page.proofs else []
    return [
        *before,
        MeetingPart.MOVEMENT,
        *(str(one.item.position) for one in page.items),
        MeetingPart.END,
    ]


def meeting_page(
    request: HttpRequest,
    page: ReviewPage,
    *,
    chosen: ItemView | None = None,
    form: ItemForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of who drives, with the form of the item, or of somebody who looks on."""
    now = timezone.now()
    meeting = meeting_of(page.review, now=now)
    here = _here(meeting, page)
    if chosen is None and here.isdecimal():
        chosen = chosen_item(page, here)
    order = stops(page)
    place = order.index(here)
    drives = meeting.last is not None and meeting.last.by == me(request)
    context = agenda_context(request, page) | {
        "meeting": meeting,
        "seconds": int(meeting.in_lane.total_seconds()),
        "here": here,
        "mark": mark_of(page.review),
        "drives": drives or form is not None,
        "back": order[place - 1] if place else "",
        "on": order[place + 1] if place + 1 < len(order) else "",
    }
    if chosen is not None:
        context |= item_context(request, page, chosen, form)
    return render(request, "recruitment/weekly/meeting.html", context, status=status)


def _here(meeting: Meeting, page: ReviewPage) -> str:
    if meeting.last is None:
        return stops(page)[0]
    item = meeting.last.item
    return str(item.position) if item else str(meeting.last.part)
