"""Who the person of a lead is, how she is reached and what she allows."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from recruitment.forms.people import ContactPointForm, PersonForm
from recruitment.forms.permissions import OptOutForm, OptOutLiftForm, PermissionForm
from recruitment.views.lead_answers import act


@require_POST
def lead_person(request: HttpRequest, number: str) -> HttpResponse:
    """Correct personal details."""
    return act(request, number, PersonForm)


@require_POST
def lead_contact_point(request: HttpRequest, number: str) -> HttpResponse:
    """Add, replace or end a phone number or an e-mail address."""
    return act(request, number, ContactPointForm)


@require_POST
def lead_permission(request: HttpRequest, number: str) -> HttpResponse:
    """Record the person's word on a channel."""
    return act(request, number, PermissionForm)


@require_POST
def lead_opt_out(request: HttpRequest, number: str) -> HttpResponse:
    """Record that the person wants no contact."""
    return act(request, number, OptOutForm)


@require_POST
def lead_opt_out_lift(request: HttpRequest, number: str) -> HttpResponse:
    """Lift an opt-out after the person got in touch again."""
    return act(request, number, OptOutLiftForm)
