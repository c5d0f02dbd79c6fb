"""What other targets, hours or closed days would have changed in the last eight weeks (CK5)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from recruitment import access
from recruitment.forms.setup.targets import TargetsForm
from recruitment.forms.what_if import WhatIfForm, field_name
from recruitment.models import StudySite
from recruitment.queries.settings import latest_change
from recruitment.queries.target_settings import targets_now
from recruitment.queries.what_if import Compared, Line, compared, names_of_days, window_until
from recruitment.rules.calendars import WEEKDAYS
from recruitment.rules.terms import Terms
from recruitment.rules.what_if import Amounts, Window, proposed
from recruitment.services.target_settings import versions_of
from recruitment.services.terms import terms_of
from recruitment.views.setup.base import Cell, Row, me
from trialsnest.lib.words import counted, local, moment, zone_words
from trialsnest.lib.zones import local_time

SHADES = 4
BEFORE_IT = timedelta(days=30)  # a day closed so long before the window may still move a due time


class WhatIf(View):
    """For the site lead of a study, or an administrator. Nothing is written."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was missed, and the present settings to change."""
        place = access.get_led_place(me(request), pk)
        return self.answer(place, None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What would have been missed; the form again with 422 where it cannot be replayed."""
        place = access.get_led_place(me(request), pk)
        return self.answer(place, request.POST)

    def answer(self, place: StudySite, data: Mapping[str, Any] | None) -> HttpResponse:
        """The form, over the replay of what it proposes."""
        now = timezone.now()
        window, terms = window_until(now), terms_of(place)
        form = WhatIfForm(
            data, terms=terms, now=now, closed_days=_closed_days(place, terms, window)
        )
        is_bad = data is not None and not form.is_valid()
        context: dict[str, Any] = {
            "title": f"What if, {place}",
            "crumbs": [self.way_back(place)],
            "form": form,
            "place": place,
            "is_tried": data is not None and not is_bad,
            "zone": place.site.time_zone,
        }
        if not is_bad:
            asked = form.cleaned_data if data is not None else {"amounts": {}, "calendar": None}
            other = proposed(terms, amounts=asked["amounts"], calendar=asked["calendar"])
            found = compared(place, recorded=terms, proposed=other, window=window)
            context |= result(found, place.site.time_zone, is_same=other == terms)
            context |= self.publishing(place, asked["amounts"], at=now)
            context["has_other_hours"] = asked["calendar"] is not None
        return render(
            self.request, "recruitment/what_if.html", context, status=422 if is_bad else 200
        )

    def way_back(self, place: StudySite) -> tuple[str, str]:
        """To the misses for who leads the site, to its targets for who administers."""
        if access.study_sites(me(self.request), "lead_site").filter(pk=place.pk).exists():
            return ("Misses by week", reverse("misses"))
        return (f"Targets of {place}", reverse("study_site_targets", args=[place.pk]))

    def publishing(self, place: StudySite, amounts: Amounts, *, at: datetime) -> dict[str, Any]:
        """What goes to the page of the site's targets; only an administrator may open that."""
        if not amounts or not me(self.request).has_perm(access.ADMINISTER):
            return {"cannot_publish": bool(amounts)}
        return {"publish": targets_typed(place, amounts, at=at)}


def targets_typed(place: StudySite, amounts: Amounts, *, at: datetime) -> dict[str, Any]:
    """The form of the site's own targets as it stands, with `amounts` typed over it."""
    form = TargetsForm(
        now=targets_now(versions_of(place.study, place), at=at, is_site=True),
        seen=latest_change(place),
        today=local_time(at, place.site.time_zone).date(),
        is_site=True,
    )
    typed = {field.html_name: "" if field.value() is None else field.value() for field in form}
    for row, target in amounts.items():
        typed[field_name("amount", row)] = target.amount
        if field_name("unit", row) in typed:
            typed[field_name("unit", row)] = target.unit.value
    return typed


def _closed_days(place: StudySite, terms: Terms, window: Window) -> dict[date, str]:
    """The closed days that may have moved a due time of the window, with their names."""
    first = local_time(window.start - BEFORE_IT, place.site.time_zone).date()
    last = local_time(window.end, place.site.time_zone).date()
    days = [day for day in terms.calendar.closed_dates if first <= day <= last]
    return names_of_days(place.site, days)


def result(found: Compared, zone: str, *, is_same: bool) -> dict[str, Any]:
    """What the replay says: a sentence, tables, and when in the week it was missed."""
    before, after = found.before.by_hour(zone), found.after.by_hour(zone)
    found_in = {hour for _, hour in before | after}
    hours = list(range(min(found_in), max(found_in) + 1)) if found_in else []
    most = max((before | after).values(), default=0)
    heats = [("Missed as recorded", before)]
    if not is_same:
        heats.append(("Would have been missed", after))
    return {
        "says": sentence(found, is_same=is_same),
        "read": _read_when(found, zone),
        "is_same": is_same,
        "columns": _columns("Target", is_same=is_same, with_ran=True),
        "rows": _rows(found.targets(), is_same=is_same, with_ran=True),
        "people_columns": _columns("Owner when it was due", is_same=is_same),
        "people": _rows(found.people(), is_same=is_same),
        "hours": [f"{hour:02}" for hour in hours],
        "heats": [(name, heat(counts, hours, most)) for name, counts in heats],
    }


def sentence(found: Compared, *, is_same: bool) -> str:
    """The answer in one plain sentence."""
    was, ran = len(found.before.breaches), found.before.ran.total()
    would, would_run = len(found.after.breaches), found.after.ran.total()
    if not ran and not would_run:
        return "No clock ran in these eight weeks."
    if is_same:
        return f"{was:,} of {counted(ran, 'clock')} were missed."
    of_it = f"{would:,} of {counted(would_run, 'clock')}"
    instead = f"{was:,}" if ran == would_run else f"{was:,} of {ran:,}"
    if would == was and ran == would_run:
        return f"With these settings {of_it} would have been missed, as many as were."
    return f"With these settings {of_it} would have been missed instead of {instead}."


def _read_when(found: Compared, zone: str) -> str:
    start, end = local(found.window.start, zone), local(found.window.end, zone)
    return (
        f"Due from {moment(start)} to {moment(end)}, when the log of"
        f" {counted(found.leads, 'lead')} was read. {zone_words(zone)}."
    )


def _columns(first: str, *, is_same: bool, with_ran: bool = False) -> list[Cell]:
    heads = ["Clocks that ran"] if with_ran else []
    heads += ["Missed"] if is_same else ["Missed", "Would be missed", "Difference"]
    return [Cell(first), *(Cell(head, is_num=True) for head in heads)]


def _rows(lines: Iterable[Line], *, is_same: bool, with_ran: bool = False) -> list[Row]:
    found = []
    for line in lines:
        values: list[str | int] = [line.ran] if with_ran else []
        values += [line.before] if is_same else [line.before, line.after, line.change]
        found.append(Row([Cell(line.name), *(Cell(value, is_num=True) for value in values)]))
    return found


def heat(
    counts: Mapping[tuple[int, int], int], hours: list[int], most: int
) -> list[tuple[str, list[tuple[int, int]]]]:
    """A row a weekday: how many were missed each hour, and the shade from 0 to SHADES."""
    return [
        (
            name,
            [
                (count := counts.get((weekday, hour), 0), -(-count * SHADES // most) if most else 0)
                for hour in hours
            ],
        )
        for weekday, name in enumerate(WEEKDAYS)
    ]
