"""Lists by level of what is late or was asked (E1), and the misses of a week (E4, CK4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.models.paused_work import paused_work
from recruitment.queries.escalations import SHOWN, Counts, Escalations
from recruitment.queries.targets_kept import LABELS, By, MissRow, WeekKept, week_kept
from recruitment.rules.escalation import WITH_THE_REPORT
from recruitment.rules.recovery_codes import EscalationLevel
from recruitment.rules.targets import TargetKey
from recruitment.views.setup.base import Cell, Row, me
from trialsnest.lib.charts.bars import Bar, bars
from trialsnest.lib.weeks import Week
from trialsnest.lib.words import period

SOON, OVERDUE = "soon", "overdue"
SAYS: Mapping[str, str] = {
    SOON: "Your own leads on which three quarters of a target's time is gone.",
    OVERDUE: "Past their target. Your own, and as site lead all at your sites.",
    EscalationLevel.SITE_LEAD: "What the site lead was asked to decide.",
    EscalationLevel.STUDY_LEAD: "What the study lead or the investigator was asked.",
    EscalationLevel.SPONSOR: f"What a person wants to ask the sponsor. {WITH_THE_REPORT}",
}
NAMES: Mapping[str, str] = {
    SOON: "Due soon",
    OVERDUE: "Overdue",
    EscalationLevel.SITE_LEAD: "Site lead",
    EscalationLevel.STUDY_LEAD: "Study lead",
    EscalationLevel.SPONSOR: "Sponsor",
}
WEEKS = 26  # how far back a week can be chosen
DRAWN, LONGEST = 12, 24  # bars of the plot, and letters of a label beside one


@require_safe
def escalations(request: HttpRequest) -> HttpResponse:
    """One list at a time; the counts of all of them are links. At most 20 statements."""
    access.require_staff(me(request))
    now = timezone.now()
    read = Escalations(me(request), now)
    counts = read.counts()
    leads_a_site = access.study_sites(me(request), "lead_site").exists()
    chosen = request.GET.get("list", "")
    if chosen not in NAMES:
        chosen = OVERDUE if leads_a_site else SOON
    context = {
        "title": "Escalations",
        "tabs": _tabs(counts, chosen),
        "name": NAMES[chosen],
        "says": SAYS[chosen],
        "now": now,
        "leads_a_site": leads_a_site,
        "most": SHOWN,
    }
    context |= _listed(read, chosen, request.GET.get("target", ""))
    return render(request, "recruitment/escalations/page.html", context)


def _tabs(counts: Counts, chosen: str) -> list[dict[str, Any]]:
    numbers: dict[str, int] = {SOON: counts.soon, OVERDUE: counts.overdue}
    numbers |= {level.value: n for level, n in counts.by_level.items()}
    return [
        {
            "label": label,
            "count": numbers[name],
            "url": f"{reverse('escalations')}?list={name}",
            "current": name == chosen,
        }
        for name, label in NAMES.items()
    ]


def _listed(read: Escalations, chosen: str, target: str) -> dict[str, Any]:
    """The rows of the chosen list; an unknown target is as if none were chosen."""
    if chosen == SOON:
        return {"rows": read.soon_rows()}
    if chosen == OVERDUE:
        only = TargetKey(target) if target in TargetKey.values else None
        return {"groups": read.overdue_groups(only), "only": only}
    return {"raised": list(read.raised(EscalationLevel(chosen))[:SHOWN])}


@require_safe
def misses(request: HttpRequest) -> HttpResponse:
    """What was not done in time in a week, by what it shares; a site lead's. One list."""
    places = list(access.study_sites(me(request), "lead_site"))
    if not places:
        raise Http404
    now = timezone.now()
    weeks = _weeks(places[0].site.time_zone, now)
    chosen = request.GET.get("week", "")
    at = next((n for n, week in enumerate(weeks) if week.label == chosen), 0)
    by = next((by for by in By if by.value == request.GET.get("by")), By.TARGET)
    read = week_kept(places, week=weeks[at].label, now=now)
    context = {
        "title": "Misses by week",
        "crumbs": [("Escalations", reverse("escalations"))],
        "read": read,
        "zones": len({place.site.time_zone for place in places}) > 1,
        "places": places,
        "paused": [each for each in paused_work(places, now=now) if each.is_much],
        **_choices(weeks, at, by),
        **_tables(read, by),
    }
    return render(request, "recruitment/escalations/misses.html", context)


def _choices(weeks: Sequence[Week], at: int, by: By) -> dict[str, Any]:
    """What can be chosen: another week, another grouping."""
    return {
        "weeks": [(week.label, period(week.start, week.end, week.zone)) for week in weeks],
        "week": weeks[at].label,
        "by": by.value,
        "by_label": LABELS[by],
        "groupings": [
            {"label": label, "url": _url(weeks[at], each), "current": each == by}
            for each, label in LABELS.items()
        ],
        "earlier_url": _url(weeks[at + 1], by) if at + 1 < len(weeks) else "",
        "later_url": _url(weeks[at - 1], by) if at else "",
    }


def _weeks(zone: str, now: datetime) -> list[Week]:
    """This week and those before it, by their Mondays."""
    this = Week.containing(now, zone)
    return [Week(this.monday - timedelta(weeks=n), zone) for n in range(WEEKS)]


def _url(week: Week, by: By) -> str:
    return f"{reverse('misses')}?week={week.label}&by={by.value}"


def _tables(read: WeekKept, by: By) -> dict[str, Any]:
    rows = read.by(by)
    heads = ("Misses", "Done late", "Never done", "Still overdue")
    counts = ("total", "late", "missed", "overdue")
    return {
        "chart": _chart(rows, LABELS[by]),
        "others": max(0, len(rows) - DRAWN),
        "columns": [Cell(LABELS[by]), *(Cell(head, is_num=True) for head in heads)],
        "rows": [
            Row([Cell(row.name), *(Cell(getattr(row, name), is_num=True) for name in counts)])
            for row in rows
        ],
        "rate_columns": [Cell("Target"), Cell("Met, of all due", is_num=True)],
        "rate_rows": [
            Row([Cell(str(key.label)), Cell(rate.words, is_num=True)])
            for key, rate in read.rates.items()
        ],
    }


def _chart(rows: Sequence[MissRow], label: str) -> str:
    """The most frequent, as bars; nothing where nothing was missed."""
    if not rows:
        return ""
    drawn = [Bar(_short(row.name), f"{row.total:,}", row.total) for row in rows[:DRAWN]]
    title = f"Misses by {label.lower()}"
    plot = bars(drawn, title=title, uid="misses", width=352, labels=170)
    return mark_safe(plot)  # noqa: S308 - escaped there


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
