"""The halt of a study at a site: pressed, shown with what is to be done, and ended (D32)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recruitment import access
from recruitment.forms.study_blockers import HaltEndForm, HaltForm
from recruitment.models import StudySite
from recruitment.models.halts import standing_halt
from recruitment.queries.halts import ended_halts, halt_page
from recruitment.rules.refusals import Refusal
from recruitment.services.halting import end_halt
from recruitment.views.setup.base import me, refuse
from trialsnest.lib.words import counted

LOOKS_AGAIN = "3"  # seconds, while jobs still link leads
Form = HaltForm | HaltEndForm


@require_http_methods(["GET", "HEAD", "POST"])
def study_halt(request: HttpRequest, pk: int) -> HttpResponse:
    """How the study stands at the site; a POST halts it."""
    if request.method != "POST":
        return _page(request, access.get_halt_place(me(request), pk))
    place, at = access.get_led_place(me(request), pk), timezone.now()
    form = _halt_form(request, place)
    if form.is_valid():
        try:
            form.run(by=me(request), at=at)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "The study is halted. Call the people below.")
            return redirect("study_halt", pk=pk)
    return _page(request, place, refused=form)


@require_POST
def study_halt_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the halt that stands."""
    place = access.get_led_place(me(request), pk)
    halt, form = standing_halt(place), HaltEndForm(request.POST)
    if halt is None:
        messages.warning(request, "The halt was ended already.")
        return redirect("study_halt", pk=pk)
    if form.is_valid():
        try:
            words = form.cleaned_data["resolution"]
            freed = end_halt(halt=halt, resolution=words, by=me(request), at=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"The halt is over. {counted(freed, 'lead')} freed.")
            return redirect("study_halt", pk=pk)
    return _page(request, place, refused=form)


def _halt_form(request: HttpRequest, place: StudySite) -> HaltForm:
    posted = request.POST if request.method == "POST" else None
    places = access.led_places(me(request), place.study)
    return HaltForm(posted, study_site=place, places=places, at=timezone.now())


def _page(request: HttpRequest, place: StudySite, *, refused: Form | None = None) -> HttpResponse:
    halt, now, user = standing_halt(place), timezone.now(), me(request)
    leads = access.leads_place(user, place)
    works = access.study_sites(user, "work_leads").filter(pk=place.pk).exists()
    form: Form | None = None
    if leads:
        form = refused if _fits(refused, halt) else None
        form = form or (HaltEndForm() if halt else _empty(request, place))
    context: dict[str, Any] = {
        "title": f"Halt: {place}",
        "place": place,
        "page": halt_page(halt, now=now) if halt else None,
        "ended": ended_halts(place),
        "form": form,
        "works": works,
        "crumbs": _crumbs(place) if works else [("Set-up", reverse("setup"))],
        "now": now,
        "zone": place.site.time_zone,
    }
    status = 422 if refused is not None else 200
    answer = render(request, "recruitment/blockers/halt.html", context, status=status)
    if context["page"] and context["page"].progress.left and refused is None:
        answer["Refresh"] = LOOKS_AGAIN
    return answer


def _fits(form: Form | None, halt: object) -> bool:
    """Whether a refused form is still about how the study stands now."""
    return form is not None and isinstance(form, HaltEndForm) == (halt is not None)


def _empty(request: HttpRequest, place: StudySite) -> HaltForm:
    places = access.led_places(me(request), place.study)
    return HaltForm(study_site=place, places=places, at=timezone.now())


def _crumbs(place: StudySite) -> list[tuple[str, str]]:
    url = reverse("study_site_blockers", args=[place.pk])
    return [("Blockers", reverse("blockers")), (str(place), url)]
