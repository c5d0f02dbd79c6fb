"""The parts of the queue's page in values: tabs, buckets, lanes, chips, checks and saved views."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recruitment.models.desk import SavedView
from recruitment.queries.queue import PAGE, Queue
from recruitment.queries.queue_ask import FILTERS, Ask, BucketCount, Counts, QueuePage, Tab
from recruitment.queries.queue_figures import CHECKS
from recruitment.rules.lanes import Lane
from recruitment.rules.queue_checks import MEANS, Check
from recruitment.rules.stages import Bucket, Stage
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.views.queue_row import row_values
from recruitment.views.trail import Trail
from trialsnest.lib.addresses import address
from trialsnest.lib.tally import Count, More, text_of

WINDOW = (
    '{} <span class="bucket__more">in </span>call-back<span class="bucket__more"> window</span>'
)
"""Shorter where tiles are narrow."""
NOTHING: Mapping[str, Any] = {"study": 0, "stage": "", "blocker": "", "source": 0, "owner": 0}


def url_of(ask: Ask, **changed: Any) -> str:
    """The queue's address for `ask` with something changed; a change goes back to the top."""
    return f"{address('queue')}?{replace(ask, page=1, after='', before='', **changed).query}"


def tabs_of(ask: Ask, counts: Counts) -> list[dict[str, Any]]:
    """The tabs with their counts; Recovery is a page of its own (D16, RQ1).

    Its count is of everybody's stale leads, and the link goes to exactly these; under a filter,
    which that page does not have, it shows none.
    """
    tabs = [
        {
            "label": tab.label,
            "count": counts.tabs[tab],
            "url": url_of(ask, tab=tab, bucket=None),
            "current": tab == ask.tab,
        }
        for tab in Tab
    ]
    stale: Count | str = "" if ask.is_filtered else counts.stale
    url = f"{address('recovery')}?whose=site&only=stale"
    return [*tabs, {"label": "Recovery", "count": stale, "current": False, "url": url}]


def tiles_of(ask: Ask, counts: Counts) -> list[dict[str, Any]]:
    """The buckets as _buckets.html shows them, in their order."""
    tiles = []
    for key, bucket in enumerate((b for b in Bucket if b != Bucket.AWAITING_OUTCOME), 1):
        tiles.append(_tile(ask, counts, bucket, key))
        if bucket == Bucket.SCHEDULED and counts.tiles[ask.tab][Bucket.AWAITING_OUTCOME].count:
            tiles.append(_tile(ask, counts, Bucket.AWAITING_OUTCOME, 0))
    return tiles


def _tile(ask: Ask, counts: Counts, bucket: Bucket, key: int) -> dict[str, Any]:
    tile = counts.tiles[ask.tab][bucket]
    is_apart = bucket in {Bucket.STALE, Bucket.CLOSED}
    return {
        "code": tile.code,
        "label": tile.label,
        "count": tile.count,
        "figure": text_of(tile.count),
        "overdue": 0 if is_apart else tile.overdue,
        "today": 0 if is_apart else tile.today,
        "note": _note(counts, ask.tab, tile),
        "key": key,
        "url": url_of(ask, bucket=bucket),
        "current": bucket == ask.bucket,
        "opens_gap": bucket == Bucket.STALE,
    }


def _note(counts: Counts, tab: Tab, tile: BucketCount) -> str | SafeString:
    """What stands under a number where nothing is said of what is due."""
    if tile.code == Bucket.STALE:  # why it is more than Recovery counts (D17)
        window = counts.windows[tab]
        return format_html(WINDOW, window) if window else "No movement"
    if tile.code == Bucket.CLOSED:
        return "Ended"
    return "Too many to say what is due" if tile.is_cut else ""


def lanes_of(page: QueuePage, ask: Ask, trail: Trail) -> list[dict[str, Any]]:
    """The rows under the heads of their lanes; a closed list has no lanes."""
    rows = [row_values(row, trail, place) for place, row in enumerate(page.rows, page.first + 1)]
    if ask.bucket == Bucket.CLOSED:
        return [{"label": "Closed, latest first", "rows": rows}] if rows else []
    return [
        {"label": lane.label, "rows": list(found), "is_bad": lane == Lane.OVERDUE}
        for lane, found in groupby(rows, key=itemgetter("lane"))
    ]


def pages_of(ask: Ask, page: QueuePage) -> dict[str, str]:
    """Which part of the list this is, and the addresses of the parts beside it."""
    first, last = page.first + 1, page.first + len(page.rows)
    at = page.first // PAGE + 1
    here = f"{address('queue')}?{ask.query}"
    is_more = bool(page.older) if isinstance(page.total, More) else last < page.total
    return {
        "shown": format_html("{} to {} of {}", first, last, page.total),
        "newer_url": f"{here}&page={at - 1}&before={page.newer}" if page.first else "",
        "older_url": f"{here}&page={at + 1}&after={page.older}" if is_more else "",
    }


def chips_of(read: Queue, ask: Ask, names: Mapping[str, Any]) -> list[dict[str, str]]:
    """One chip for each filter in force: what it narrows to, and the address without it."""
    codes = {row.study_id: row.study.code for row in read.study_sites}
    said = {
        "study": codes.get(ask.study, "unknown"),
        "stage": Stage(ask.stage).label if ask.stage else "",
        "blocker": BlockerCategory(ask.blocker).label if ask.blocker else "",
        "source": names.get("source_name") or "unknown",
        "owner": names.get("owner_name") or "unknown",
        "check": ask.check.label if ask.check else "",
    }
    return [
        {
            "label": "" if name == "check" else name.capitalize(),
            "value": said[name],
            "url": url_of(ask, **{name: None if name == "check" else NOTHING[name]}),
        }
        for name in FILTERS
        if getattr(ask, name)
    ]


def checks_of(counted: Mapping[str, Any], ask: Ask) -> list[dict[str, Any]]:
    """What should never be so, how often it is, and where to see exactly these leads."""
    return [
        {
            "label": check.label,
            "means": MEANS[check],
            "count": counted[check.value],
            "figure": text_of(counted[check.value]),
            "url": url_of(CHECKS[check.value]),
            "current": ask.check == check,
        }
        for check in Check
    ]


def views_of(
    views: Iterable[SavedView], counted: Mapping[str, Any], ask: Ask, user_id: int
) -> list[dict[str, Any]]:
    """Saved views with what each lists for the reader; only her own may be changed by her."""
    return [
        {
            "name": view.name,
            "shared": view.site.name if view.site else "",
            "by": view.owner.name if view.owner_id != user_id else "",
            "count": counted[f"view{view.pk}"],
            "url": f"{address('queue')}?{view.query}",
            "change_url": reverse("saved_view", args=[view.pk]) if view.owner_id == user_id else "",
            "current": view.query == ask.query,
        }
        for view in views
    ]
