"""Rows for the person of a lead and what she allows."""

from typing import Any

from tests.access.roles import Row, only

WORKERS = ("coordinator", "site_lead")


def _number(world: Any) -> dict[str, Any]:
    return {"number": world.lead.number}


def _work() -> Row:
    """An empty form: refused with 422 for who may send it, 403 for who may only look."""
    return Row("post", only(422, *WORKERS) | {"reviewer": 403}, kwargs=_number)


ROWS: dict[str, Row] = {
    "lead_person": _work(),
    "lead_contact_point": _work(),
    "lead_permission": _work(),
    "lead_opt_out": _work(),
    "lead_opt_out_lift": _work(),
}
