"""The daily queue (S1)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recruitment.models import StudySite, stage_words
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask, Counts, QueuePage, Tab, asked
from recruitment.queries.queue_figures import CHECKS, figures_beside, saved_views
from recruitment.queries.queue_filters import owners_of, sources_of
from recruitment.queries.team import open_alerts
from recruitment.queries.weekly_page import own_actions
from recruitment.rules.stages import ACTION_TEXT, Bucket, Stage
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.views.desk import desk_of, numbers_of
from recruitment.views.queue_parts import (
    checks_of,
    chips_of,
    lanes_of,
    pages_of,
    url_of,
    views_of,
)
from recruitment.views.trail import trail_of
from trialsnest.lib.zones import local_time

MOST_NAMED = 8  # studies at sites whose owner is named over the Unowned tray
AHEAD = timedelta(days=7)  # so far ahead of its day an agreed action stands over the list
MOST_LISTED = 60  # studies that stand in a list on the page itself
MOVEMENT = "Stalled leads. Name why, then plan the next step or close with a reason."
SAYS = {
    **{Bucket(stage.value): text for stage, text in ACTION_TEXT.items() if stage in Bucket.values},
    Bucket.AWAITING_OUTCOME: ACTION_TEXT[Stage.SCREENED],
    Bucket.STALE: MOVEMENT,
    Bucket.CLOSED: "Latest first. A closed lead can be reopened with new facts.",
}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Buckets and the list. Twelve statements at most, whatever the number of rows."""
    read, ask = desk_of(request), asked(request.GET)
    counts = read.counts(ask)
    if "tab" not in request.GET and not counts.tabs[Tab.MINE]:
        ask = ask.on(Tab.TEAM)
    total = counts.of_list(ask)
    page = read.page(ask, total)
    trail = replace(trail_of({**request.GET.dict(), "tab": ask.tab.value}), of=total)
    context = _context(read, ask, counts, page) | _tray(read, ask, counts)
    context |= _figures(read, ask, counts)
    context["lanes"] = lanes_of(page, ask, trail)
    return render(request, "recruitment/queue.html", context)


@require_safe
def queue_filters(request: HttpRequest) -> HttpResponse:
    """Every filter, also those whose choices are many: a page of its own. Ten statements."""
    read, ask = desk_of(request), asked(request.GET)
    choices = _choices(read)
    choices |= {"sources": sources_of(read.study_sites), "owners": owners_of(read.study_sites)}
    context = choices | {"ask": ask, "back_url": url_of(ask), "clear_url": url_of(ask.plain)}
    return render(request, "recruitment/queue_filters.html", context)


def _figures(read: Queue, ask: Ask, counts: Counts) -> dict[str, Any]:
    """What is counted beside the list: the checks, saved views, the list without its filters."""
    views = saved_views(read)
    asks = dict(CHECKS) | {f"view{view.pk}": asked(QueryDict(view.query).dict()) for view in views}
    if ask.is_filtered:
        asks["plain"] = ask.plain
    counted = figures_beside(read, counts, ask, asks, named=ask)
    return {
        "checks": checks_of(counted, ask),
        "views": views_of(views, counted, ask, read.user.pk),
        "chips": chips_of(read, ask, counted),
        "of_all": counted.get("plain", 0),
    }


def _choices(read: Queue) -> dict[str, Any]:
    """What a list may be narrowed to without a statement of its own."""
    studies = {row.study_id: row.study.code for row in read.study_sites}
    return {
        "studies": sorted(studies.items(), key=lambda item: item[1]),
        "stages": Stage.choices,
        "blockers": BlockerCategory.choices,
    }


def _tray(read: Queue, ask: Ask, counts: Counts) -> dict[str, Any]:
    """What stands over the list: one's actions of reviews, alerts, halts, and who answers (O3)."""
    led = read.may("lead_site")
    shown = ask.tab == Tab.UNOWNED and counts.tabs[Tab.UNOWNED]
    is_own = ask.tab == Tab.MINE and not ask.is_filtered and not ask.bucket
    soon = local_time(read.now, read.user.time_zone).date() + AHEAD
    return {
        "agreed": own_actions(read.user, until=soon) if is_own else [],
        "alerts": open_alerts(led) if led else [],
        "halts": read.halts,
        "accountable": _accountable(read.study_sites[:MOST_NAMED]) if shown else [],
    }


def _accountable(study_sites: Sequence[StudySite]) -> list[tuple[str, str]]:
    """Who answers for leads without an owner, "" for nobody, and for which studies (O3)."""
    studies: dict[str, list[str]] = {}
    for place in study_sites:
        studies.setdefault(place.owner.name if place.owner else "", []).append(place.study.code)
    return [(name, ", ".join(sorted(codes))) for name, codes in sorted(studies.items())]


def _context(read: Queue, ask: Ask, counts: Counts, page: QueuePage) -> dict[str, Any]:
    choices = _choices(read)
    return {
        **choices,
        **numbers_of(read, ask, counts),
        "lists_studies": len(choices["studies"]) <= MOST_LISTED,
        "ask": ask,
        "now": read.now,
        "says": _says(read, ask),
        "window": counts.windows[ask.tab] if ask.bucket == Bucket.STALE else 0,
        "bucket_label": ask.bucket.label if ask.bucket else "",
        "all_url": url_of(ask, bucket=None),
        "clear_url": url_of(ask.plain),
        "is_filtered": ask.is_filtered,
        "total": page.total,
        "can_add": bool(read.may("work_leads")),
        **pages_of(ask, page),
    }


def _says(read: Queue, ask: Ask) -> str:
    """What staff do about the leads of the bucket; in the study's words where one is chosen."""
    if ask.bucket is None:
        return ""
    study = next((row.study for row in read.study_sites if row.study_id == ask.study), None)
    if study is not None and ask.bucket in Stage.values:
        return stage_words(study)[Stage(ask.bucket.value)].action_text
    return SAYS.get(ask.bucket, "")
