"""How full the coming weeks are, and how many visits a study at a site can hold (G7, O6)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.forms.setup.capacity import CapacityForm
from recruitment.models import StudySite, week_loads, weeks_from
from recruitment.queries import settings as settings_queries
from recruitment.queries.capacity import Capacity, capacity_of
from recruitment.rules.capacity import WeekLoad
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.capacity import set_capacity
from recruitment.services.settings import SettingMoved
from recruitment.views.setup.base import Cell, Row, Tab, me, refuse
from trialsnest.lib.words import day

WEEKS_SET = 12  # how many weeks ahead may differ
TITLE = "Visits and capacity"


def visit_tabs(current: str) -> list[Tab]:
    """The pages about visits across leads."""
    pages = (("capacity_list", "Capacity"), ("ctms_handoffs", "Hand-offs to study operations"))
    return [Tab(label, reverse(name), name == current) for name, label in pages]


@require_safe
def capacity_list(request: HttpRequest) -> HttpResponse:
    """Every study at a site that the viewer works on, with its slots of four weeks."""
    now = timezone.now()
    rows = [_line(place, now) for place in access.working_places(me(request))]
    context = {
        "title": TITLE,
        "lede": "Visit slots in this week and the next three.",
        "tabs": visit_tabs("capacity_list"),
        "columns": [Cell("Study and site"), *_heads()],
        "rows": rows,
    }
    return render(request, "recruitment/visits/list.html", context)


def _heads() -> list[Cell]:
    names = ("Slots", "Booked", "Held", "Free", "Free in 2 weeks")
    return [Cell(name, is_num=True) for name in names]


def _line(place: StudySite, now: datetime) -> Row:
    loads = week_loads(place, weeks_from(now, place.site.time_zone, 4), at=now)
    sums = [sum(getattr(load, name) for load in loads) for name in ("slots", "booked", "held")]
    numbers = [*sums, _free(loads), _free(loads[:2])]
    url = reverse("capacity", args=[place.pk])
    return Row([Cell(str(place), url), *(Cell(number, is_num=True) for number in numbers)])


def _free(loads: list[WeekLoad]) -> int:
    return sum(load.free for load in loads)


@require_safe
def capacity(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of one study at a site."""
    place = access.get_study_site_for(me(request), pk, "work_leads")
    found = capacity_of(place, now=timezone.now())
    context = {
        "title": str(place),
        "crumbs": [(TITLE, reverse("capacity_list"))],
        "place": place,
        "found": found,
        "columns": [Cell("Week of"), *_heads()[:4]],
        "weeks": [_week(load) for load in found.weeks],
        "load_columns": [
            Cell("Coordinator"),
            *(Cell(name, is_num=True) for name in ("Open leads", "Overdue", "Visits this week")),
        ],
        "loads": _loads(found),
        "can_set": access.leads_place(me(request), place),
    }
    return render(request, "recruitment/visits/capacity.html", context)


def _week(load: WeekLoad) -> Row:
    numbers = (load.slots, load.booked, load.held, load.free)
    return Row([Cell(day(load.monday)), *(Cell(number, is_num=True) for number in numbers)])


def _loads(found: Capacity) -> list[Row]:
    return [
        Row(
            [
                Cell(load.owner) if load.owner else Cell("Nobody", tone="warn"),
                *(Cell(number, is_num=True) for number in (load.leads, load.overdue, load.visits)),
            ]
        )
        for load in found.loads
    ]


class CapacityEdit(View):
    """Set the usual week and the weeks that differ; for site leads and administrators."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form."""
        place = access.get_led_place(me(request), pk)
        return self.page(place, self.form(place))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save; the form again with 422, or 409 when a colleague changed it meanwhile."""
        place = access.get_led_place(me(request), pk)
        form = self.form(place, request.POST)
        if not form.is_valid():
            return self.page(place, form, status=422)
        try:
            self.save(place, form)
        except Refusal as refusal:
            refuse(form, refusal)
            if isinstance(refusal, SettingMoved):
                form.renew(settings_queries.latest_change(place))
            status = 422 if isinstance(refusal, InvalidInput) else 409
            return self.page(place, form, status=status)
        messages.success(request, "The visit slots are saved.")
        return redirect("capacity_edit", pk=pk)

    def save(self, place: StudySite, form: CapacityForm) -> None:
        """Write through the service that also writes who and when."""
        data = form.cleaned_data
        set_capacity(
            place,
            usual=data["usual"],
            weeks=form.weeks,
            by=me(self.request),
            at=timezone.now(),
            seen=data["seen"],
        )

    def form(self, place: StudySite, data: Any = None) -> CapacityForm:
        """The form over the coming weeks."""
        now = timezone.now()
        weeks = weeks_from(now, place.site.time_zone, WEEKS_SET)
        initial = {
            "seen": settings_queries.latest_change(place),
            "usual": place.capacity_per_week,
        }
        own = dict(place.week_capacities.values_list("week_on", "slots"))
        return CapacityForm(data, loads=week_loads(place, weeks, at=now), own=own, initial=initial)

    def way_back(self, place: StudySite) -> list[tuple[str, str]]:
        """To the panel for who works there, to the set-up for who administers."""
        if access.study_sites(me(self.request), "work_leads").filter(pk=place.pk).exists():
            panel = (str(place), reverse("capacity", args=[place.pk]))
            return [(TITLE, reverse("capacity_list")), panel]
        return [("Studies at sites", reverse("study_site_list"))]

    def page(self, place: StudySite, form: CapacityForm, *, status: int = 200) -> HttpResponse:
        """The form's page, with who changed what when."""
        context = {
            "title": f"Visit slots, {place}",
            "lede": "Booking into a full week is refused unless the site lead overrides it.",
            "crumbs": self.way_back(place),
            "form": form,
            "save_label": "Save slots",
            "back_url": self.way_back(place)[-1][1],
            "history": settings_queries.history(place),
            "zone": me(self.request).time_zone,
        }
        return render(self.request, "recruitment/visits/slots.html", context, status=status)
