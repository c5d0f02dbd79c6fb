"""The boards of records and of scheduling: what to do across leads, one press each (S5, S6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.forms.records import STEPS
from recruitment.models import StudySite
from recruitment.queries.boards import MINE, NOBODY, PAGE, BoardAsk, people_of
from recruitment.queries.records_board import DONE, SAYS, RecordsBoard, RecordsLane, RecordsRow
from recruitment.queries.scheduling_board import (
    BOOKED,
    SchedulingBoard,
    SchedulingLane,
    SchedulingRow,
)
from recruitment.rules.readiness import Missing
from recruitment.rules.vocabulary import Channel, RecordsState
from recruitment.rules.work_codes import Authorization
from recruitment.views.lead_answers import me

R = RecordsState
WORKED_OFF: Mapping[Missing, str] = {
    Missing.PRESCREEN: "prescreen",
    Missing.REVIEW: "answers",
    Missing.STUDY_TEAM: "decide",
    Missing.RECORDS: "records",
    Missing.BLOCKER: "unblock",
}
"""The form of the lead's page by which something that is missing is worked off."""
MOST = 10**9  # a larger key or page is none
PRESSES: Mapping[str, tuple[str, ...]] = {
    R.REQUESTED: ("chase", "receive"),
    R.RECEIVED: ("sufficient",),
}
"""Steps that need no more than a press, or a press and a channel."""


def ask_of(request: HttpRequest, lists: Sequence[str] = ()) -> BoardAsk:
    """What the address asks for; what it cannot ask for is left out."""
    owner, shows = request.GET.get("owner", ""), request.GET.get("list", "")
    return BoardAsk(
        study=_key(request.GET.get("study", "")),
        owner=owner if owner in {MINE, NOBODY} else str(_key(owner) or ""),
        shows=shows if shows in lists else "",
        page=max(1, _key(request.GET.get("page", ""))),
    )


def _key(text: str) -> int:
    return min(int(text), MOST) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def filters_of(ask: BoardAsk, places: Sequence[StudySite], name: str) -> dict[str, Any]:
    """The filters of a board for its template. One statement."""
    url = reverse(name)
    return {
        "ask": ask,
        "board": name,
        "url": url,
        "studies": sorted({(row.study_id, row.study.code) for row in places}, key=lambda x: x[1]),
        "owners": [(str(user.pk), user.name) for user in people_of(places)],
        "whose": [
            {
                "label": label,
                "url": f"{url}?{ask.but(owner=key).query}",
                "current": ask.owner == key,
            }
            for key, label in (("", "Everybody's"), (MINE, "Mine"), (NOBODY, "No owner"))
        ],
        "chips": _chips(ask, places, url),
        "all_query": ask.but(shows="").query,
    }


def _chips(ask: BoardAsk, places: Sequence[StudySite], url: str) -> list[dict[str, str]]:
    codes = {row.study_id: row.study.code for row in places}
    found = []
    if ask.study:
        label = f"Study {codes.get(ask.study, 'unknown')}"
        found.append({"label": label, "url": f"{url}?{ask.but(study=0).query}"})
    if ask.owner:
        words = {MINE: "Mine", NOBODY: "No owner"}
        label = words.get(ask.owner, "One owner")
        found.append({"label": label, "url": f"{url}?{ask.but(owner='').query}"})
    return found


def pages_of(ask: BoardAsk, total: int, url: str, *, most: int = PAGE) -> dict[str, str]:
    """Where the next and the last part of a long list stand; `most` rows make one part."""
    first = (ask.page - 1) * most
    newer, older = ask.page > 1, first + most < total
    return {
        "shown": f"{min(first + 1, total)} to {min(first + most, total)} of {total}",
        "newer_url": f"{url}?{_turned(ask, -1)}" if newer else "",
        "older_url": f"{url}?{_turned(ask, 1)}" if older else "",
    }


def cut_of(ask: BoardAsk, shows: str, shown: int, total: int, name: str) -> dict[str, str]:
    """What to say of a list of which the board shows a part; nothing where it stands alone."""
    if ask.shows or shown >= total:
        return {}
    url = f"{reverse(name)}?{ask.but(shows=shows).query}"
    return {"words": f"{shown} of {total} shown.", "url": url}


def _turned(ask: BoardAsk, by: int) -> str:
    return ask.but(page=ask.page + by).query


@require_safe
def records_board(request: HttpRequest) -> HttpResponse:
    """Records of open leads by what has to be done about them, today's chases first."""
    user, now = me(request), timezone.now()
    places = access.working_places(user)
    ask = ask_of(request, RecordsLane.values)
    board = RecordsBoard(user, places, now, ask, frozenset(row.pk for row in places))
    counts, rows = board.counts(), board.rows()
    lanes = [_lane(lane, counts, rows, ask) for lane in RecordsLane]
    context = {
        "title": "Records board",
        "now": now,
        **filters_of(ask, places, "records_board"),
        "tiles": [lane for lane in lanes if lane["code"] not in DONE],
        "lanes": [lane for lane in lanes if lane["rows"]],
        "total": sum(counts.values()),
        "channels": Channel.choices,
        **(pages_of(ask, counts[ask.shows], reverse("records_board")) if ask.shows else {}),
    }
    return render(request, "recruitment/boards/records.html", context)


def _lane(
    lane: RecordsLane, counts: Mapping[str, int], rows: Sequence[RecordsRow], ask: BoardAsk
) -> dict[str, Any]:
    return {
        "code": lane.value,
        "label": lane.label,
        "says": SAYS[lane],
        "count": counts[lane],
        "is_bad": lane == RecordsLane.CHASE,
        "is_current": ask.shows == lane,
        "url": f"{reverse('records_board')}?{ask.but(shows=lane.value).query}",
        "rows": [_row(row) for row in rows if row.lane == lane],
    }


def _row(row: RecordsRow) -> dict[str, Any]:
    """One record with the presses that may follow; anything else stands on the lead's page."""
    item = row.item
    codes = list(PRESSES.get(item.state, ())) if row.can_work else []
    asks = item.state in {R.NEEDED, R.INCOMPLETE} and row.can_work
    waits = asks and item.authorization == Authorization.ASKED
    if waits:
        codes = ["signed"]
    return {
        "row": row,
        "presses": [
            {
                "value": f"{item.pk}:{code}",
                "label": STEPS[code][0],
                "due": "keep" if code == "signed" else row.due,
                "asks_channel": code == "chase",
            }
            for code in codes
        ],
        "request": f"{item.pk}:request" if asks and not waits else "",
    }


@require_safe
def scheduling_board(request: HttpRequest) -> HttpResponse:
    """Who may be offered dates, who has them, this week's visits, and what is missing first."""
    user, now = me(request), timezone.now()
    places = access.working_places(user)
    ask = ask_of(request, (SchedulingLane.OFFERED, BOOKED))
    board = SchedulingBoard(user, places, now, ask, frozenset(row.pk for row in places))
    this_week = [visit for visit in board.visits if board.is_this_week(visit)]
    context = {
        "title": "Scheduling board",
        "now": now,
        **filters_of(ask, places, "scheduling_board"),
        "lanes": _scheduling_lanes(board),
        "offered_cut": cut_of(
            ask, SchedulingLane.OFFERED, _offered(board), board.offered_total, "scheduling_board"
        ),
        "visits_cut": cut_of(
            ask, BOOKED, len(board.visits), board.visit_counts["all"], "scheduling_board"
        ),
        "visits": this_week,
        "next_week": [visit for visit in board.visits if visit not in this_week],
        "counts": board.visit_counts,
        "loads": board.loads,
        "total": board.total,
        **pages_of(ask, board.total, reverse("scheduling_board")),
    }
    return render(request, "recruitment/boards/scheduling.html", context)


def _scheduling_lanes(board: SchedulingBoard) -> list[dict[str, Any]]:
    return [
        {
            "code": lane.value,
            "label": lane.label,
            "rows": rows,
            "count": board.offered_total if lane == SchedulingLane.OFFERED else len(rows),
        }
        for lane in SchedulingLane
        for rows in [[(row, _first_step(row)) for row in board.rows if row.lane == lane]]
    ]


def _offered(board: SchedulingBoard) -> int:
    return sum(row.lane == SchedulingLane.OFFERED for row in board.rows)


def _first_step(row: SchedulingRow) -> str:
    """Where the first thing that is missing is worked off; empty where nothing is."""
    return WORKED_OFF[row.before_dates[0].code] if row.before_dates else ""
