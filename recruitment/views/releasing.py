"""Lists of people who did not ask today: how many wait, and releasing today's (D28)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from recruitment import access
from recruitment.forms.releasing import ReleaseForm
from recruitment.models.halts import halted_words, standing_halt
from recruitment.models.lists import held_by_place, held_leads, list_numbers
from recruitment.rules.refusals import Refusal
from recruitment.views.setup.base import Cell, Row, me, refuse
from trialsnest.lib.words import counted

TITLE = "Lists"
OLDEST = 15  # leads shown on the page


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Every study at a site that the viewer works on, with how many leads wait on its lists."""
    places = access.working_places(me(request))
    held = held_by_place(places)
    rows = [
        Row(
            [
                Cell(str(place), reverse("list_release", args=[place.pk])),
                Cell(held.get(place.pk, 0), is_num=True),
                Cell(place.study.released_a_day, is_num=True),
            ]
        )
        for place in places
    ]
    columns = [
        Cell("Study and site"),
        Cell("On lists, not released", is_num=True),
        Cell("Released a day, for each coordinator", is_num=True),
    ]
    context = {
        "title": TITLE,
        "lede": "People from a registry or the site's own database did not ask today. Their leads "
        "wait here until they are released, so many a day.",
        "columns": columns,
        "rows": rows,
    }
    return render(request, "recruitment/lists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def list_release(request: HttpRequest, pk: int) -> HttpResponse:
    """How the lists of a study at a site stand today; a POST releases the oldest leads."""
    place, now = access.get_study_site_for(me(request), pk, "work_leads"), timezone.now()
    numbers, halt = list_numbers(place, at=now), standing_halt(place)
    posted = request.POST if request.method == "POST" else None
    form = ReleaseForm(posted, study_site=place, left=numbers.left_today)
    if form.is_valid():
        try:
            released = form.run(by=me(request), at=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{counted(len(released), 'lead')} released.")
            return redirect("list_release", pk=pk)
    administers = me(request).has_perm(access.ADMINISTER)
    context = {
        "title": f"Lists: {place}",
        "crumbs": [(TITLE, reverse("lists"))],
        "place": place,
        "numbers": numbers,
        "oldest": list(held_leads(place).select_related("source")[:OLDEST]),
        "form": form if numbers.held and halt is None else None,
        "halted": halted_words(halt) if halt else "",
        "settings_url": reverse("study_edit", args=[place.study_id]) if administers else "",
        "zone": place.site.time_zone,
    }
    status = 422 if form.is_bound else 200
    return render(request, "recruitment/list_release.html", context, status=status)
