"""A reader asks about a number of an issued report; the question has its own clock (AS3)."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from recruitment.models import StudySite
from recruitment.rules.asks.checks import Question
from recruitment.rules.asks.codes import AskDirection, AskKind, AskParty
from recruitment.rules.refusals import Refusal
from recruitment.services.alerts import site_leads
from recruitment.services.asks import raise_ask
from recruitment.views.setup.base import refuse
from reporting import access
from reporting.figures.numbers import numbers
from reporting.forms import PortalQuestionForm
from reporting.models import SponsorReport
from reporting.services.snapshots import report_in
from trialsnest.lib.throttle import Throttle

QUESTIONS = Throttle(20, 3600)
TOO_MANY = "You asked very often. Wait an hour, then ask again."
NOBODY = "Nobody leads this site now, so no question can be put to it here."


@require_http_methods(["GET", "HEAD", "POST"])
def report_question(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that asks, with the number chosen by `about` in the address."""
    user = cast(User, request.user)
    found = access.get_report_to_answer(user, pk)
    printed = numbers(report_in(found))
    posted = request.POST if request.method == "POST" else None
    form = PortalQuestionForm(posted, printed=printed, initial={"about": request.GET.get("about")})
    status = 200 if posted is None else 422
    if form.is_valid():
        try:
            _ask(found, form, printed, by=user)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "Your question is with the site. It sees by when it is due.")
            return redirect(f"{reverse('report', args=[pk])}#questions")
    name = f"{found.study.code}, report no. {found.number}"
    context = {
        "title": "Ask about a number",
        "lede": "The site answers in writing; the answer stands on this report\u2019s page.",
        "crumbs": [("Reports", reverse("reports")), (name, reverse("report", args=[pk]))],
        "form": form,
        "save_label": "Send the question",
        "back_url": reverse("report", args=[pk]),
    }
    return render(request, "reporting/question.html", context, status=status)


def _ask(
    report: SponsorReport, form: PortalQuestionForm, printed: dict[str, str], *, by: User
) -> None:
    """Put it to the site; raises Refusal, InvalidInput among them, for what may not be sent."""
    place = StudySite.objects.select_related("study", "site").get(
        study=report.study_id, site=report.site_id
    )
    leads = list(site_leads(place))
    if not leads:
        raise Refusal(NOBODY)
    if not QUESTIONS.allows(by.pk):
        raise Refusal(TOO_MANY)
    data = form.cleaned_data
    raise_ask(
        study_site=place,
        asked=Question(
            AskDirection.FROM_SPONSOR,
            AskKind.OTHER,
            AskParty.SPONSOR,
            data["question"],
            f"About report no. {report.number}{_letter(report)}: {printed[data['about']]}",
        ),
        owner=leads[0],
        by=by,
        at=timezone.now(),
        in_portal=True,
    )


def _letter(report: SponsorReport) -> str:
    return "" if report.revision == "A" else f", revision {report.revision}"
