"""Rows for records, visits, capacity and the hand-off to study operations."""

from typing import Any

from accounts.models import User
from recruitment.rules.stages import Stage
from tests.access.leads import WORKERS, _number, _work
from tests.access.roles import Row, only
from tests.factories.stages import bring_to


def _screened(world: Any) -> dict[str, Any]:
    """The lead after an attended visit, so that there is a hand-off to open."""
    world.lead.refresh_from_db()
    if world.lead.stage == Stage.NEW_INQUIRY:
        by: User = world.people["coordinator"]
        bring_to(Stage.SCREENED, world.lead, by)
    return _number(world)


def _place(world: Any) -> dict[str, Any]:
    return {"pk": world.study_site.pk}


PRINT = only(200, *WORKERS) | {"reviewer": 403}
WORKED = only(200, *WORKERS)

ROWS: dict[str, Row] = {
    "lead_records": _work(*WORKERS),
    "lead_records_name": _work(*WORKERS),
    "lead_readiness": _work(*WORKERS),
    "lead_dates_offer": _work(*WORKERS),
    "lead_visit_book": _work(*WORKERS),
    "lead_visit_reschedule": _work(*WORKERS),
    "lead_visit_confirm": _work(*WORKERS),
    "lead_visit_end": _work(*WORKERS),
    "lead_ctms_send": _work(*WORKERS),
    "lead_ctms_acknowledge": _work(*WORKERS),
    "lead_ctms_correct": _work(*WORKERS),
    "lead_ctms": Row("get", PRINT, _screened),
    "lead_ctms_csv": Row("get", PRINT, _screened),
    "ctms_handoffs": Row("get", WORKED | {"outsider": 200}),
    "capacity_list": Row("get", WORKED | {"outsider": 200}),
    "capacity": Row("get", PRINT, _place),
    "capacity_edit": Row(
        "get",
        only(200, "site_lead", "administrator") | {"coordinator": 403, "reviewer": 403},
        _place,
    ),
}
