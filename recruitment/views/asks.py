"""The asks of one's studies at sites, each with its history, and what a site lead does (12.5)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recruitment import access
from recruitment.access.asks import get_agenda_item, get_ask
from recruitment.forms.ask_steps import (
    AskAnswerForm,
    AskRedateForm,
    AskSettleForm,
    AskStepForm,
    AskWithdrawForm,
)
from recruitment.forms.asks import AskForm
from recruitment.models import AgendaItem, Ask, StudySite
from recruitment.queries.asks import ask_page, asks_page, stopped_by
from recruitment.rules.refusals import Refusal
from recruitment.services.asks import AskMoved
from recruitment.services.terms import terms_of
from recruitment.views.own_drafts import begin_with_draft, sent
from recruitment.views.setup.base import me, refuse
from trialsnest.lib.words import counted

TITLE = "Asks"
STEPS = (AskSettleForm, AskAnswerForm, AskRedateForm, AskWithdrawForm)


@require_safe
def asks(request: HttpRequest) -> HttpResponse:
    """The asks of every study at a site one has a part in, or of the one that `at` names."""
    user = me(request)
    access.require_staff(user)
    places = list(access.study_sites(user))
    wanted = [place for place in places if str(place.pk) == request.GET.get("at", "")]
    led = set(access.study_sites(user, "lead_site").values_list("pk", flat=True))
    context = {
        "title": f"{TITLE}: {wanted[0]}" if wanted else TITLE,
        "crumbs": [("Weekly review", reverse("weekly_reviews"))],
        "page": asks_page(wanted or places, now=timezone.now()),
        "place": wanted[0] if wanted else None,
        "led": [place for place in wanted or places if place.pk in led],
        "now": timezone.now(),
    }
    return render(request, "recruitment/asks/list.html", context)


@require_http_methods(["GET", "POST"])
def ask_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise an ask for a study at a site; `item` is the item of the review it comes from."""
    place, item = asking_at(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = AskForm(posted, study_site=place, by=me(request), item=item)
    if form.is_valid():
        try:
            raised = form.run(by=me(request), at=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            waits = counted(raised.waiting, "lead")
            said = f" {waits} {'waits' if raised.waiting == 1 else 'wait'} for the answer."
            messages.success(request, f"The ask is raised.{said if raised.waiting else ''}")
            sent(request, ask_key(place, item))
            return redirect(_back(item) if item else reverse("ask", args=[raised.ask.pk]))
    begin_with_draft(request, form, ask_key(place, item))
    of = f"?item={item.pk}" if item else ""
    context = {
        "title": "Raise an ask",
        "lede": f"{place}. It stands in each weekly review until it is settled.",
        "crumbs": [(TITLE, reverse("asks"))],
        "form": form,
        "item": item,
        "keep_url": reverse("ask_draft", args=[pk]) + of,
        "throw_url": reverse("ask_draft_throw", args=[pk]) + of,
        "save_label": "Raise the ask",
        "back_url": _back(item) if item else reverse("asks"),
    }
    status = 422 if posted is not None else 200
    return render(request, "recruitment/asks/new.html", context, status=status)


def asking_at(request: HttpRequest, pk: int) -> tuple[StudySite, AgendaItem | None]:
    """Where an ask is raised, and the item of a review it comes from, for who may raise it."""
    return access.get_study_site_for(me(request), pk, "lead_site"), _item(request, pk)


def ask_key(place: StudySite, item: AgendaItem | None) -> str:
    """Under which words typed into a new ask are kept."""
    return f"ask-{place.pk}-{item.pk if item else 0}"


def _item(request: HttpRequest, place: int) -> AgendaItem | None:
    """The item of a review that the address names, of the same study at the site."""
    key = request.GET.get("item", "")
    if not key:
        return None
    if not (key.isascii() and key.isdecimal() and len(key) < len(str(2**63))):
        raise Http404
    item = get_agenda_item(me(request), int(key))
    if item.study_site_id != place:
        raise Http404
    return item


def _back(item: AgendaItem) -> str:
    return f"{reverse('weekly_review', args=[item.review_id])}?item={item.position}#item-h"


@require_safe
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """One ask: the question, what came of it, and whom the answer frees."""
    return _page(request, get_ask(me(request), pk))


@require_POST
def ask_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was answered."""
    return _act(request, pk, AskAnswerForm)


@require_POST
def ask_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the answer and free leads."""
    return _act(request, pk, AskSettleForm)


@require_POST
def ask_redate(request: HttpRequest, pk: int) -> HttpResponse:
    """Need the answer by another day."""
    return _act(request, pk, AskRedateForm)


@require_POST
def ask_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no more."""
    return _act(request, pk, AskWithdrawForm)


def _act(request: HttpRequest, pk: int, kind: type[AskStepForm]) -> HttpResponse:
    """One form about the ask: door, form, service, answer."""
    found = get_ask(me(request), pk, "lead_site")
    form = _form(kind, request, found, posted=True)
    status = 422
    if form.is_valid():
        try:
            said = form.run(by=me(request), at=timezone.now())
        except AskMoved as moved:
            form.add_error(None, str(moved))
            form.renew()
            status = 409
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, said)
            return redirect("ask", pk=pk)
    return _page(request, found, refused=form, status=status)


def _form(
    kind: type[AskStepForm], request: HttpRequest, found: Ask, *, posted: bool = False
) -> AskStepForm:
    return kind(
        request.POST if posted else None,
        ask=found,
        stopped=stopped_by(found) if kind is AskSettleForm else [],
        by=me(request),
        at=timezone.now(),
    )


def _page(
    request: HttpRequest, found: Ask, *, refused: AskStepForm | None = None, status: int = 200
) -> HttpResponse:
    place, now = found.study_site, timezone.now()
    may_write = access.study_sites(me(request), "lead_site").filter(pk=place.pk).exists()
    forms = [
        refused if isinstance(refused, kind) else _form(kind, request, found)
        for kind in STEPS
        if may_write and (kind.fits(found) or isinstance(refused, kind))
    ]
    context: dict[str, Any] = {
        "title": f"Ask: {found.get_kind_display()}",
        "crumbs": [(TITLE, reverse("asks")), (str(place), f"{reverse('asks')}?at={place.pk}")],
        "ask": found,
        "page": ask_page(found, terms=terms_of(place), now=now),
        "forms": forms,
        "refused": refused,
        "zone": place.site.time_zone,
        "now": now,
    }
    return render(request, "recruitment/asks/ask.html", context, status=status)
