"""The daily queue (S1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.models import stage_words
from recruitment.models.halts import with_halted
from recruitment.queries.queue import PAGE, Queue
from recruitment.queries.queue_ask import Ask, Counts, QueuePage, Tab
from recruitment.queries.queue_filters import sources_of
from recruitment.queries.team import open_alerts
from recruitment.rules.lanes import Lane
from recruitment.rules.stages import ACTION_TEXT, Bucket, Stage
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.views.lead_answers import me
from recruitment.views.trail import trail_of
from trialsnest.lib.words import day, local

MOST_NAMED = 8  # studies at sites whose owner is named over the Unowned tray
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
    study_sites = list(with_halted(access.study_sites(me(request))).select_related("owner"))
    if not study_sites:
        raise Http404
    read = Queue(me(request), study_sites, timezone.now())
    ask = asked(request.GET)
    counts = read.counts(ask)
    if "tab" not in request.GET and not counts.tabs[Tab.MINE]:
        ask = ask.on(Tab.TEAM)
    total = counts.tiles[ask.tab][ask.bucket].count if ask.bucket else counts.tabs[ask.tab]
    page = read.page(ask, total)
    context = _context(read, ask, counts, page) | _tray(read, ask, counts)
    trail = trail_of({**request.GET.dict(), "tab": ask.tab.value})
    context["trail"] = replace(trail, of=total)
    return render(request, "recruitment/queue.html", context)


def _tray(read: Queue, ask: Ask, counts: Counts) -> dict[str, Any]:
    """What became unowned, for site leads; and who answers for the tray where it is shown (O3)."""
    led = read.may("lead_site")
    shown = ask.tab == Tab.UNOWNED and counts.tabs[Tab.UNOWNED]
    return {
        "alerts": open_alerts(led) if led else [],
        "halts": read.halts,
        "accountable": read.study_sites[:MOST_NAMED] if shown else [],
    }


def asked(given: Mapping[str, str]) -> Ask:
    """The address in values; what it holds that is unknown is as if it were not there."""
    tab, bucket = given.get("tab", ""), given.get("bucket", "")
    blocker, stage = given.get("blocker", ""), given.get("stage", "")
    return Ask(
        tab=Tab(tab) if tab in Tab.values else Tab.MINE,
        bucket=Bucket(bucket) if bucket in Bucket.values else None,
        study=_number(given.get("study", "")),
        source=_number(given.get("source", "")),
        blocker=blocker if blocker in BlockerCategory.values else "",
        stage=stage if stage in Stage.values else "",
        owner=_number(given.get("owner", "")),
        page=max(1, _number(given.get("page", ""))),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _context(read: Queue, ask: Ask, counts: Counts, page: QueuePage) -> dict[str, Any]:
    studies = {row.study_id: row.study.code for row in read.study_sites}
    zone = read.user.time_zone
    return {
        "ask": ask,
        "now": read.now,
        "today": day(local(read.now, zone)).rsplit(" ", 1)[0],
        "overdue": counts.overdue(ask.tab),
        "due_today": counts.today(ask.tab),
        "unowned": counts.tabs[Tab.UNOWNED],
        "held": counts.held,
        "unowned_url": _url(ask, tab=Tab.UNOWNED, bucket=None),
        "tabs": [
            {
                "label": tab.label,
                "count": counts.tabs[tab],
                "url": _url(ask, tab=tab, bucket=None),
                "current": tab == ask.tab,
            }
            for tab in Tab
        ]
        + [_recovery_tab(counts)],
        "tiles": tiles_of(ask, counts),
        "has_outcome": bool(counts.tiles[ask.tab][Bucket.AWAITING_OUTCOME].count),
        "says": _says(read, ask),
        "bucket_label": ask.bucket.label if ask.bucket else "",
        "all_url": _url(ask, bucket=None),
        "clear_url": f"{reverse('queue')}?tab={ask.tab}",
        "is_filtered": bool(ask.study or ask.source or ask.blocker or ask.stage or ask.owner),
        "studies": sorted(studies.items(), key=lambda item: item[1]),
        "sources": sources_of(read.study_sites),
        "blockers": BlockerCategory.choices,
        "can_add": bool(read.may("work_leads")),
        "lanes": _lanes(page, ask),
        "shown": f"{page.first + 1} to {page.first + len(page.rows)} of {page.total}",
        "newer_url": _url(ask, page=ask.page - 1) if page.first else "",
        "older_url": _url(ask, page=ask.page + 1) if page.first + PAGE < page.total else "",
    }


def _recovery_tab(counts: Counts) -> dict[str, Any]:
    """Stale leads have a page of their own (D16, RQ1)."""
    url = reverse("recovery")
    return {"label": "Recovery", "count": counts.stale, "url": url, "current": False}


def _says(read: Queue, ask: Ask) -> str:
    """What staff do about the leads of the bucket; in the study's words where one is chosen."""
    if ask.bucket is None:
        return ""
    study = next((row.study for row in read.study_sites if row.study_id == ask.study), None)
    if study is not None and ask.bucket in Stage.values:
        return stage_words(study)[Stage(ask.bucket.value)].action_text
    return SAYS.get(ask.bucket, "")


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
        "overdue": 0 if is_apart else tile.overdue,
        "today": 0 if is_apart else tile.today,
        "note": {Bucket.STALE: "No movement", Bucket.CLOSED: "Ended"}.get(bucket, ""),
        "key": key,
        "url": _url(ask, bucket=bucket),
        "current": bucket == ask.bucket,
        "opens_gap": bucket == Bucket.STALE,
    }


def _lanes(page: QueuePage, ask: Ask) -> list[dict[str, Any]]:
    """The rows under the heads of their lanes; a closed list has no lanes."""
    if ask.bucket == Bucket.CLOSED:
        closed = {"code": "", "label": "Closed, latest first", "rows": page.rows}
        return [closed | {"first": page.first}] if page.rows else []
    lanes: list[dict[str, Any]] = []
    for row in page.rows:
        if not lanes or lanes[-1]["code"] != row.lane.value:
            first = page.first + sum(len(lane["rows"]) for lane in lanes)
            lanes.append({"code": row.lane.value, "label": row.lane.label, "rows": []})
            lanes[-1]["first"] = first  # rows before it in the whole list
            lanes[-1]["is_bad"] = row.lane == Lane.OVERDUE
        lanes[-1]["rows"].append(row)
    return lanes


def _url(ask: Ask, **changed: Any) -> str:
    """The queue's address for `ask` with something changed; a change goes back to the top."""
    values = {
        "tab": ask.tab,
        "bucket": ask.bucket,
        "study": ask.study,
        "source": ask.source,
        "blocker": ask.blocker,
        "stage": ask.stage,
        "owner": ask.owner,
    } | changed
    kept = {name: str(value) for name, value in values.items() if value}
    return f"{reverse('queue')}?{urlencode(kept)}"
