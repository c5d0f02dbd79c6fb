"""The movement of a weekly review as a chart and as a table."""

from typing import Any

from django.utils.safestring import mark_safe

from recruitment.queries.weekly_figures import Figures
from trialsnest.lib.charts.bars import Bar, bars

TITLE = "Leads that moved since the last review; pale: in as long before it"


def movement_chart(figures: Figures) -> dict[str, Any] | None:
    """Both geometries and the rows of components/chart.html; None for a review without movement."""
    if not figures.moved:
        return None
    rows = [
        Bar(one.label, f"{one.number} ({one.before})", one.number, before=one.before)
        for one in figures.moved
    ]
    names = [place.study.code for place in figures.places] if len(figures.places) > 1 else []
    return {
        "wide": mark_safe(bars(rows, title=TITLE, uid="moved", width=900)),  # noqa: S308 - labels of ours
        "narrow": mark_safe(  # noqa: S308 - labels of ours
            bars(rows, title=TITLE, uid="moved-narrow", width=352, is_narrow=True)
        ),
        "columns": ("", "Since the last review", "Before", *names),
        "rows": [
            (one.label, one.number, one.before, *(one.by_place if names else ()))
            for one in figures.moved
        ],
    }
