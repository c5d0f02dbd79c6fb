"""What is planned for one lead and what stops it: its next action and its blockers (4.2, 7.1)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from recruitment.forms.lead_blockers import (
    BlockerOpenForm,
    BlockerRedateForm,
    BlockerResolveForm,
    BlockerTurnForm,
)
from recruitment.forms.next_action import ActionForm, DoneForm
from recruitment.views.lead_answers import act


@require_POST
def lead_action(request: HttpRequest, number: str) -> HttpResponse:
    """Set the next action, or another time for it."""
    return act(request, number, ActionForm)


@require_POST
def lead_action_done(request: HttpRequest, number: str) -> HttpResponse:
    """Complete the next action and set the next."""
    return act(request, number, DoneForm)


@require_POST
def lead_blocker_open(request: HttpRequest, number: str) -> HttpResponse:
    """Name a blocker."""
    return act(request, number, BlockerOpenForm)


@require_POST
def lead_blocker_resolve(request: HttpRequest, number: str) -> HttpResponse:
    """Take a blocker off."""
    return act(request, number, BlockerResolveForm)


@require_POST
def lead_blocker_redate(request: HttpRequest, number: str) -> HttpResponse:
    """Look at a blocker again at another time."""
    return act(request, number, BlockerRedateForm)


@require_POST
def lead_blocker_turn(request: HttpRequest, number: str) -> HttpResponse:
    """The obstacle waits on somebody else now."""
    return act(request, number, BlockerTurnForm)
