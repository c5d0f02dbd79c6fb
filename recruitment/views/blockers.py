"""Blockers across leads: counts by study and site, and those of a whole study (B2-B4)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recruitment import access
from recruitment.forms.study_blockers import (
    StudyBlockerForm,
    StudyBlockerLinkForm,
    StudyBlockerOpenForm,
    StudyBlockerRedateForm,
    StudyBlockerResolveForm,
    linked_words,
)
from recruitment.models import StudyBlocker, StudySite
from recruitment.queries.blockers import blockers_page, counts_by_place, linked_numbers
from recruitment.rules.blocking import DECIDERS
from recruitment.rules.refusals import Refusal
from recruitment.rules.vocabulary import Party
from recruitment.services.study_blockers import is_halt
from recruitment.views.setup.base import Cell, Row, me, refuse

TITLE = "Blockers"
FORMS = (StudyBlockerResolveForm, StudyBlockerRedateForm, StudyBlockerLinkForm)


@require_safe
def blockers(request: HttpRequest) -> HttpResponse:
    """Every study at a site that the viewer works on, with how much is blocked there."""
    places = access.working_places(me(request))
    counts = counts_by_place(places)
    rows = [
        Row(
            [
                Cell(str(place), reverse("study_site_blockers", args=[place.pk])),
                *(Cell(number, is_num=True) for number in counts[place.pk]),
            ]
        )
        for place in places
    ]
    heads = ("Open leads", "Blocked leads", "Blockers of the study")
    context = {
        "title": TITLE,
        "lede": "What stops leads, by study and site. Counts only.",
        "columns": [Cell("Study and site"), *(Cell(name, is_num=True) for name in heads)],
        "rows": rows,
    }
    return render(request, "recruitment/blockers/home.html", context)


@require_safe
def study_site_blockers(request: HttpRequest, pk: int) -> HttpResponse:
    """What stops leads of one study at one site: counts by category, never a name (B4)."""
    place = access.get_study_site_for(me(request), pk, "work_leads")
    context = {
        "title": f"Blockers: {place}",
        "crumbs": [(TITLE, reverse("blockers"))],
        "place": place,
        "page": blockers_page(place, now=timezone.now()),
        "can_open": _leads(request, place),
        "zone": place.site.time_zone,
    }
    return render(request, "recruitment/blockers/page.html", context)


@require_http_methods(["GET", "POST"])
def study_blocker_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Name what stops the study at the site; a site lead does."""
    place = access.get_study_site_for(me(request), pk, "lead_site")
    at = timezone.now()
    posted = request.POST if request.method == "POST" else None
    form = StudyBlockerOpenForm(posted, study_site=place, at=at)
    if form.is_valid():
        try:
            linked = form.run(by=me(request), at=at)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            _tell(request, *linked_words(linked))
            return redirect("study_blocker", pk=linked.blocker.pk)
    context = {
        "title": "Open a blocker of the study",
        "lede": f"{place}. It stops many leads and is resolved once.",
        "crumbs": _crumbs(place),
        "form": form,
        "save_label": "Open blocker",
        "back_url": reverse("study_site_blockers", args=[place.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "recruitment/blockers/open.html", context, status=status)


@require_safe
def study_blocker(request: HttpRequest, pk: int) -> HttpResponse:
    """One blocker of a study at a site, and the numbers of the leads it stops."""
    blocker = access.get_study_blocker(me(request), pk, "work_leads")
    if is_halt(blocker) and blocker.resolved_at is None:
        return redirect("study_halt", pk=blocker.study_site_id)
    return _page(request, blocker)


@require_POST
def study_blocker_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Resolve it for all its leads."""
    return _act(request, pk, StudyBlockerResolveForm)


@require_POST
def study_blocker_redate(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at it again at another time."""
    return _act(request, pk, StudyBlockerRedateForm)


@require_POST
def study_blocker_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link leads that came in later."""
    return _act(request, pk, StudyBlockerLinkForm)


def _act(request: HttpRequest, pk: int, kind: type[StudyBlockerForm]) -> HttpResponse:
    """One form about the blocker: door, form, service, answer."""
    blocker = access.get_study_blocker(me(request), pk, "lead_site")
    form = kind(request.POST, blocker=blocker)
    if form.is_valid():
        try:
            said = form.run(by=me(request), at=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            _tell(request, *said)
            return redirect("study_blocker", pk=blocker.pk)
    return _page(request, blocker, refused=form)


def _page(
    request: HttpRequest, blocker: StudyBlocker, *, refused: StudyBlockerForm | None = None
) -> HttpResponse:
    place = blocker.study_site
    is_open, leads = blocker.resolved_at is None, _leads(request, place)
    forms = [
        refused if isinstance(refused, kind) else kind(blocker=blocker)
        for kind in FORMS
        if is_open and leads
    ]
    context: dict[str, Any] = {
        "title": f"{blocker.get_category_display()}: {place}",
        "crumbs": _crumbs(place),
        "blocker": blocker,
        "is_open": is_open,
        "decides": DECIDERS[Party(blocker.decision_from)] if blocker.decision_from else "",
        "numbers": linked_numbers(blocker),
        "forms": forms,
        "refused": refused,
        "problem": _problem(refused) if refused not in forms else "",
        "zone": place.site.time_zone,
    }
    status = 422 if refused is not None else 200
    return render(request, "recruitment/blockers/blocker.html", context, status=status)


def _problem(refused: StudyBlockerForm | None) -> str:
    """The sentences of a refused form that no longer stands on the page."""
    errors = refused.errors.values() if refused is not None else []
    return " ".join(str(sentence) for found in errors for sentence in found)


def _leads(request: HttpRequest, place: StudySite) -> bool:
    """Whether whoever asks leads the site, and so may open and resolve."""
    return access.study_sites(me(request), "lead_site").filter(pk=place.pk).exists()


def _crumbs(place: StudySite) -> list[tuple[str, str]]:
    return [
        (TITLE, reverse("blockers")),
        (str(place), reverse("study_site_blockers", args=[place.pk])),
    ]


def _tell(request: HttpRequest, said: str, left_out: Any) -> None:
    """What was done as a toast, and what was left out as another."""
    messages.success(request, said)
    if left_out:
        messages.warning(request, "Left out. " + " ".join(left_out))
