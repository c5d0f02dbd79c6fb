"""The review of the answers: a verb of its own before the study team's (5.1, S7)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from recruitment.forms.answers import AnswersForm
from recruitment.views.lead_answers import act


@require_POST
def lead_answers_review(request: HttpRequest, number: str) -> HttpResponse:
    """Record what was seen in the answers and where it leads."""
    return act(request, number, AnswersForm)
