"""Messages for somebody else: passing one on, and what waits for the reader (OA9, PR2)."""

from django.contrib import messages as told
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recruitment import access
from recruitment.forms.messages import PassOnForm
from recruitment.models import Site
from recruitment.queries.messages import waiting_messages
from recruitment.rules.refusals import Refusal
from recruitment.services.messages import answer_message
from recruitment.views.lead_answers import BACK_TO, me
from recruitment.views.own_drafts import begin_with_draft, sent

DRAFT = "pass-on"
PASSED_ON = "Message passed on. Whoever answers for the caller is told."


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """What was passed on and waits for whoever is signed in."""
    access.require_staff(me(request))
    context = {
        "title": "Messages",
        "waiting": waiting_messages(me(request)),
        "now": timezone.now(),
    }
    return render(request, "recruitment/days/messages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def message_pass_on(request: HttpRequest) -> HttpResponse:
    """Take a call for somebody else. The answer is the same whether the number is known or not."""
    access.require_staff(me(request))
    form = PassOnForm(request.POST if request.method == "POST" else None, sites=_sites(request))
    if form.is_valid():
        try:
            form.run(by=me(request), at=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            sent(request, DRAFT)
            told.success(request, PASSED_ON)
            return redirect("message_pass_on")
    begin_with_draft(request, form, DRAFT)
    status = 422 if form.is_bound else 200
    context = {"title": "Pass on a message", "form": form, "draft_key": DRAFT}
    return render(request, "recruitment/days/pass_on.html", context, status=status)


@require_POST
def message_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a message off the list; who answered it stands in the record."""
    message = access.get_message(me(request), pk)
    answer_message(message=message, by=me(request), at=timezone.now())
    told.success(request, "Noted as answered.")
    back = request.POST.get("back", "")
    return redirect(back if back in BACK_TO else "messages")


def _sites(request: HttpRequest) -> list[Site]:
    """The sites at which whoever asks has a part, by name."""
    keys = access.study_sites(me(request)).order_by().values("site")
    return list(Site.objects.filter(pk__in=keys).order_by("name"))
