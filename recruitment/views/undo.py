"""What I did today, and taking it back (D21)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.forms.corrections import CorrectStageForm, VoidForm
from recruitment.models import Lead
from recruitment.queries.undo import actions_today
from recruitment.rules.refusals import Refusal
from recruitment.services.undo import undo_action
from recruitment.views.desk import around
from recruitment.views.lead_answers import act, me, part, row_of
from recruitment.views.lead_context import lead_context
from recruitment.views.trail import trail_to

UNDONE = "Undone; it is as it was before."


@require_safe
def actions(request: HttpRequest) -> HttpResponse:
    """My last actions of the day, each with an undo or the reason why it stays."""
    access.require_staff(me(request))
    return _page(request)


@require_POST
def action_undo(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Take one of my actions back, whole or on one of its leads; 409 with the sentence if not."""
    access.check_own_action(me(request), action_id)
    is_toast = bool(request.headers.get("HX-Request"))
    try:
        leads = undo_action(
            action_id=action_id, by=me(request), at=timezone.now(), only=_only(request)
        )
    except Refusal as refusal:
        if is_toast:
            toast = {"text": str(refusal), "tone": "warning"}
            return render(request, "components/toast.html", toast, status=409)
        return _page(request, status=409, refused=str(refusal))
    if is_toast and len(leads) == 1 and trail_to(request) is not None:
        return _back_in_place(request, leads[0].number)
    messages.success(request, UNDONE)
    if is_toast:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.POST.get("back") == "actions" or len(leads) > 1:
        return redirect("actions")
    return redirect(reverse("lead", args=[leads[0].number]))


def _only(request: HttpRequest) -> Lead | None:
    """The one lead of several on which it is taken back, where the form names one."""
    number = request.POST.get("lead")
    return access.get_lead(me(request), number, "work_leads") if number else None


def _back_in_place(request: HttpRequest, number: str) -> HttpResponse:
    """The lead in the panel and in its row as before; the list around it is not read again."""
    lead, at = access.get_lead(me(request), number), timezone.now()
    context = {"text": UNDONE, "row": row_of(request, lead, at=at), "oob": True}
    panel = lead_context(request, lead, at=at) | {"trail": trail_to(request)}
    return HttpResponse(
        part(request, "components/toast.html", {"text": UNDONE})
        + part(request, "recruitment/_undone_oob.html", panel | context)
        + around(request)
    )


@require_POST
def lead_void(request: HttpRequest, number: str) -> HttpResponse:
    """Void a wrong entry."""
    return act(request, number, VoidForm)


@require_POST
def lead_stage_correct(request: HttpRequest, number: str) -> HttpResponse:
    """Replace the last stage change by the true one."""
    return act(request, number, CorrectStageForm)


def _page(request: HttpRequest, *, status: int = 200, refused: str = "") -> HttpResponse:
    user = me(request)
    context = {
        "actions": actions_today(user, at=timezone.now()),
        "zone": user.time_zone,
        "refused": refused,
    }
    return render(request, "recruitment/actions.html", context, status=status)
