"""The sponsor answers a question of an issued report; the weekly review finds it (AS2)."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from recruitment.models import Ask
from recruitment.rules.asks.checks import Answer
from recruitment.rules.asks.codes import AnswerChoice, AnswerWay, AskState
from recruitment.rules.refusals import Refusal
from recruitment.services.asks import AskMoved, answer_ask
from recruitment.views.setup.base import refuse
from reporting import access
from reporting.figures.asks import AskRow
from reporting.forms import PortalAnswerForm
from reporting.models import SponsorReport
from reporting.queries.portal import ask_of
from reporting.services.snapshots import report_in
from trialsnest.lib.zones import local_time

MOVED = "The question was changed since you opened it. Look at it once more, then answer."


@require_http_methods(["GET", "HEAD", "POST"])
def report_answer(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """The question at `place` (from 1) of the report's open ones, and the form that answers it."""
    user = cast(User, request.user)
    found = access.get_report_to_answer(user, pk)
    row, ask = _asked(found, place)
    if ask.state != AskState.OPEN:
        messages.warning(request, "No answer to this question is waited for any more.")
        return redirect("report", pk)
    posted = request.POST if request.method == "POST" else None
    form = PortalAnswerForm(posted, options=ask.options, initial={"seen": ask.seq})
    status = 200 if posted is None else 422
    if form.is_valid():
        try:
            _answer(ask, form, by=user)
        except AskMoved:  # its own sentence names who was first, which is the site's to know (F4)
            form.add_error(None, MOVED)
            form.renew(Ask.objects.get(pk=ask.pk).seq)
            status = 409
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "Your answer is with the site and in its next review.")
            return redirect("report", pk)
    context = {
        "title": "Answer a question of the site",
        "lede": row.question,
        "crumbs": [("Reports", reverse("reports")), (_name(found), reverse("report", args=[pk]))],
        "row": row,
        "zone": found.study.report_zone,
        "form": form,
        "save_label": "Send the answer",
        "back_url": reverse("report", args=[pk]),
    }
    return render(request, "reporting/answer.html", context, status=status)


def _asked(report: SponsorReport, place: int) -> tuple[AskRow, Ask]:
    """What the report asks there; Http404 where it asks nothing."""
    rows = report_in(report).asks.open
    ask = ask_of(report, rows[place - 1]) if 0 < place <= len(rows) else None
    if ask is None:
        raise Http404
    return rows[place - 1], ask


def _answer(ask: Ask, form: PortalAnswerForm, *, by: User) -> None:
    at, data = timezone.now(), form.cleaned_data
    answer = Answer(
        choice=AnswerChoice(data["choice"]),
        way=AnswerWay.PORTAL,
        on=local_time(at, ask.study_site.site.time_zone).date(),
        comment=data["comment"],
        option=data.get("option", ""),
    )
    answer_ask(ask=ask, answer=answer, by=by, at=at, seen=data["seen"])


def _name(report: SponsorReport) -> str:
    return f"{report.study.code}, report no. {report.number}"
