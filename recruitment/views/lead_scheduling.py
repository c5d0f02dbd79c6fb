"""Records, readiness and visits of one lead: each verb is one form (7.2-7.4)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from recruitment.forms.lead_visit import (
    OfferDatesForm,
    VisitConfirmForm,
    VisitEndForm,
    VisitRescheduleForm,
)
from recruitment.forms.readiness import ReadinessForm
from recruitment.forms.records import RecordsForm, RecordsNameForm
from recruitment.forms.visit_booking import VisitBookForm
from recruitment.views.lead_answers import act


@require_POST
def lead_records(request: HttpRequest, number: str) -> HttpResponse:
    """Take one record a step on."""
    return act(request, number, RecordsForm)


@require_POST
def lead_records_name(request: HttpRequest, number: str) -> HttpResponse:
    """Name records that are needed."""
    return act(request, number, RecordsNameForm)


@require_POST
def lead_readiness(request: HttpRequest, number: str) -> HttpResponse:
    """Say what is clear before a visit."""
    return act(request, number, ReadinessForm)


@require_POST
def lead_dates_offer(request: HttpRequest, number: str) -> HttpResponse:
    """Record that visit dates were offered, and keep some of them."""
    return act(request, number, OfferDatesForm)


@require_POST
def lead_visit_book(request: HttpRequest, number: str) -> HttpResponse:
    """Book the screening visit."""
    return act(request, number, VisitBookForm)


@require_POST
def lead_visit_reschedule(request: HttpRequest, number: str) -> HttpResponse:
    """Book another time for the visit."""
    return act(request, number, VisitRescheduleForm)


@require_POST
def lead_visit_confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Record that the person confirmed the visit."""
    return act(request, number, VisitConfirmForm)


@require_POST
def lead_visit_end(request: HttpRequest, number: str) -> HttpResponse:
    """Record what became of the visit."""
    return act(request, number, VisitEndForm)
