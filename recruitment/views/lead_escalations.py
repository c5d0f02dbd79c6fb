"""Escalating a lead from its page, and ending that (E1-E3)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from recruitment.forms.escalations import EscalateForm, EscalationEndForm
from recruitment.views.lead_answers import act


@require_POST
def lead_escalate(request: HttpRequest, number: str) -> HttpResponse:
    """Ask somebody further up."""
    return act(request, number, EscalateForm)


@require_POST
def lead_escalation_end(request: HttpRequest, number: str) -> HttpResponse:
    """Write down the answer, or withdraw the question."""
    return act(request, number, EscalationEndForm)
