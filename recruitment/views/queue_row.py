"""One row of the queue with every value prepared: the template only writes them (G12)."""

from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recruitment.queries.queue_rows import QueueRow
from recruitment.templatetags.recruitment import icon
from recruitment.views.trail import Trail

NO_NUMBER = "0" * 8
LOOKS = {"overdue": "due due--bad", "today": "due", "later": "due due--later"}


@cache
def _address(name: str) -> str:
    return reverse(name, args=[NO_NUMBER])


@cache
def _pips(have: int, need: int) -> SafeString:
    """The records in hand as boxes of plain elements: drawn ones weigh twenty times as much."""
    boxes = SafeString("<b></b>" * have + "<i></i>" * (need - have))
    return format_html(
        '<span class="pips">{}<span>{} of {}</span></span> records', boxes, have, need
    )


@cache
def _icon(name: str) -> SafeString:
    return icon(name, "s")


def row_values(row: QueueRow, trail: Trail | None, place: int = 0) -> dict[str, Any]:
    """What _queue_row.html writes. `place` is the row's in its whole list, 0 if nobody knows.

    All values are text, so that the template looks up names and does nothing else.
    """
    here = trail.at(place).here if trail is not None else "?back=queue"
    looks = {} if row.due is None else {"look": LOOKS[row.due.state], "due": row.due.text}
    return {
        **row._asdict(),
        "due": "",
        **looks,
        "late": _icon("late") if row.due is not None and row.due.state == "overdue" else "",
        "stop": _icon("stop") if row.blocker else "",
        "url": _address("lead").replace(NO_NUMBER, row.number) + here,
        "rank_url": _address("lead_rank").replace(NO_NUMBER, row.number),
        "claim_url": _address("lead_claim").replace(NO_NUMBER, row.number),
        "does": f"{row.action}: {row.detail}" if row.detail else row.action,
        "ready": _ready(row),
    }


def _ready(row: QueueRow) -> str:
    """How far it is from a visit: the visit, else the records in hand, else the prescreen."""
    if row.visit:
        return row.visit
    if row.records_need:
        return _pips(row.records_have, row.records_need)
    return f"Prescreen {row.prescreen.lower()}"
