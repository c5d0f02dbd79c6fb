"""Rows for the boards, the trays and the sheets that are printed."""

from datetime import timedelta
from typing import Any

from recruitment.models import Handoff
from tests.access.leads import WORKERS, _number
from tests.access.roles import Row, only
from tests.factories.recruitment import MONDAY

STAFF = ("coordinator", "site_lead", "reviewer")
WORKED = only(200, *WORKERS, "outsider")
PRINT = only(200, *WORKERS) | {"reviewer": 403}


def _handoff(world: Any) -> dict[str, Any]:
    sender, receiver = world.people["coordinator"], world.people["site_lead"]
    row = Handoff.objects.filter(lead=world.lead).first() or Handoff.objects.create(
        lead=world.lead,
        sender=sender,
        receiver=receiver,
        offered_at=MONDAY,
        accept_by=MONDAY + timedelta(hours=4),
        context="Asked for a call in the morning.",
    )
    return {"pk": row.pk}


ROWS: dict[str, Row] = {
    "records_board": Row("get", WORKED),
    "scheduling_board": Row("get", WORKED),
    "review_tray": Row("get", only(200, *STAFF, "outsider")),
    "review_decide": Row("post", only(422, *STAFF), _number),
    "team_waits": Row("get", only(200, *STAFF, "outsider")),
    "intake": Row("get", WORKED),
    "daily_sheet": Row("get", WORKED),
    "records_checklist": Row("get", PRINT, _number),
    "scheduling_checklist": Row("get", PRINT, _number),
    "handoff_sheet": Row("get", PRINT, _handoff),
}
