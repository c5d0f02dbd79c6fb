"""The lists and the plot of the recovery page, as the components want them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe

from recruitment.models import Lead
from recruitment.queries.recovery import visited_at
from recruitment.queries.recovery_figures import Figures
from recruitment.queries.stage_labels import short_label_of
from recruitment.views.setup.base import Cell, Row
from trialsnest.lib.charts.standing import Point, standing
from trialsnest.lib.words import age, clock, counted, day_short, local

Table = dict[str, Any]


def _lead(lead: Lead) -> Cell:
    sub = f"{lead.study_site.study.code} · {lead.number}"
    return Cell(lead.person.display_name, reverse("lead", args=[lead.number]), sub)


def _stage(lead: Lead) -> Cell:
    return Cell(short_label_of(lead.study_site.study, lead.stage))


def _owner(lead: Lead) -> Cell:
    return Cell(lead.owner.name) if lead.owner else Cell("No owner", tone="warn")


def list_table(leads: Sequence[Lead], now: datetime, head: str) -> Table:
    """Open leads with the day on which they go stale, or their window ends."""
    rows = []
    for lead in leads:
        zone = lead.study_site.site.time_zone
        end = local(lead.stale_at or now, zone)
        left = f"in {age((lead.stale_at or now) - now)}"
        tries = counted(lead.attempts, "try since", "tries since")
        moved = Cell(f"{age(now - (lead.last_movement_at or lead.received_at))} ago", sub=tries)
        when = Cell(f"{day_short(end)} {clock(end)}", sub=left)
        rows.append(Row([_lead(lead), _stage(lead), when, moved, _owner(lead)]))
    return _labeled(("Lead", "Stage", head, "Last movement", "Owner"), rows)


def late_table(leads: Sequence[Lead], now: datetime) -> Table:
    """Leads long past their visit without an outcome (RQ6)."""
    rows = []
    for lead in leads:
        visited = visited_at(lead)
        day = Cell(
            day_short(local(visited, lead.study_site.site.time_zone)),
            sub=f"{age(now - visited)} ago",
        )
        rows.append(Row([_lead(lead), _stage(lead), day, _owner(lead)]))
    return _labeled(("Lead", "Stage", "Visit", "Owner"), rows)


def _labeled(names: Sequence[str], rows: Sequence[Row]) -> Table:
    """The table, each cell with the name of its column, so that a row can be a card on a phone."""
    cells = [[replace(c, label=n) for c, n in zip(row.cells, names, strict=True)] for row in rows]
    return {"columns": [Cell(name) for name in names], "rows": [Row(each) for each in cells]}


def axes(told: Figures) -> list[Table]:
    """How often each reason of both axes was confirmed, the most frequent first (RQ5)."""
    return [
        _axis("Where the person stood", told.patient),
        _axis("What in our process let them stall", told.process),
    ]


def _axis(name: str, counts: Mapping[Any, int]) -> Table:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0].label)))
    rows = [Row([Cell(str(reason.label)), Cell(n, is_num=True)]) for reason, n in ordered]
    return {"name": name, "columns": [Cell(name), Cell("Reviews", is_num=True)], "rows": rows}


def trend_chart(told: Figures) -> Table:
    """Stale and at risk at the end of each of the last weeks, and now."""
    points = [
        Point(day_short(moment.on).split(" ", 1)[1], moment.stale, moment.at_risk)
        for moment in told.trend
    ]
    points[-1] = Point("Now", points[-1].stale, points[-1].at_risk)
    return {
        "wide": mark_safe(standing(points)),  # noqa: S308 - numbers and days only
        "narrow": mark_safe(  # noqa: S308 - numbers and days only
            standing(points, uid="standing-narrow", width=352, is_narrow=True)
        ),
        "columns": ("Day's end", "Stale", "At risk"),
        "rows": [
            (point.label, _shown(point.stale), _shown(point.at_risk)) for point in reversed(points)
        ],
    }


def _shown(number: int | None) -> str:
    return "not counted" if number is None else str(number)
