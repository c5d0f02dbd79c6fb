"""The close of the day: what is left, and the rest moved to the next one in one press (D19)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.forms.close_out import MoveRestForm, Result, box_of
from recruitment.forms.drafts import OWN_FORMS
from recruitment.forms.handoffs import OfferForm
from recruitment.models import Draft, StudySite
from recruitment.queries import close_out as queries
from recruitment.queries.messages import waiting_messages
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.refusals import InvalidInput
from recruitment.services.calendars import calendar_of
from recruitment.views.lead_answers import me, undo_url
from recruitment.views.setup.base import refuse
from trialsnest.lib.words import counted, day, local

SAVE = "save"


@require_safe
def close_out(request: HttpRequest) -> HttpResponse:
    """Promises, what is due, visits to confirm, drafts and messages of whoever is signed in."""
    return _page(request, access.working_places(me(request)))


@require_POST
def close_out_move(request: HttpRequest) -> HttpResponse:
    """A look at what would become of each lead; then it is done."""
    places, at = access.working_places(me(request)), timezone.now()
    form = _form(request, places, data=request.POST)
    if not form.is_valid():
        return _page(request, places, form=form, status=422)
    saves = request.POST.get("step") == SAVE
    try:
        results = form.run(by=me(request), at=at, only_look=not saves)
    except InvalidInput as refusal:
        refuse(form, refusal)
        return _page(request, places, form=form, status=422)
    done = [each for each in results if not each.why]
    if saves and done:
        _tell(request, done)
    context = {
        "title": "Moved to the next day" if saves else "Look before you move",
        "form": form,
        "is_done": saves,
        "done": done,
        "left": [each for each in results if each.why],
    }
    return render(request, "recruitment/days/moved.html", context)


def _tell(request: HttpRequest, done: Sequence[Result]) -> None:
    """That they moved, with the way to take all of it back (D21)."""
    moved = [each.row.asked.lead for each in done if each.row is not None]
    told = f"{counted(len(moved), 'lead')} moved."
    messages.success(request, told, extra_tags=undo_url(request, moved[0]))


def _page_of(draft: Draft) -> tuple[str, str]:
    """Where a draft is sent from: the title of a page without a lead, and the address."""
    own = OWN_FORMS.get(draft.form)
    if draft.lead is None:
        return (own.title, reverse(own.url_name)) if own else ("", "")
    page = OfferForm.url_name if draft.form == OfferForm.key else "lead"
    return "", reverse(page, args=[draft.lead.number])


def _calendars(places: list[StudySite]) -> Mapping[int, BusinessCalendar]:
    return {place.pk: calendar_of(place.site) for place in places}


def _form(request: HttpRequest, places: list[StudySite], *, data: Any = None) -> MoveRestForm:
    user, now = me(request), timezone.now()
    due = queries.due_by_tonight(user, places, now=now).filter(is_promised=False)
    return MoveRestForm(
        data,
        actions=list(due.select_related(*queries.RELATED)[: queries.SHOWN]),
        calendars=_calendars(places),
        day_ends_at=queries.end_of_day(user, now=now),
    )


def _page(
    request: HttpRequest,
    places: list[StudySite],
    *,
    form: MoveRestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = me(request), timezone.now()
    calendars = _calendars(places)
    left = queries.close_out(user, places, calendars, now=now)
    ends_at = queries.end_of_day(user, now=now)
    blank = MoveRestForm(actions=left.due, calendars=calendars, day_ends_at=ends_at)
    context = {
        "title": "Close-out",
        "today": day(local(now, user.time_zone)),
        "left": left,
        "due": [(box_of(action), action) for action in left.due],
        "drafts": [(draft, *_page_of(draft)) for draft in left.drafts],
        "messages_left": [row for row in waiting_messages(user) if row.message.lead_id],
        "form": form or blank,
        "now": now,
    }
    return render(request, "recruitment/days/close_out.html", context, status=status)
