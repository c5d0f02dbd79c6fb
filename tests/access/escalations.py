"""Rows for escalations, the week's misses and the e-mail about one's work."""

from typing import Any

from tests.access.roles import Row, only

STAFF = ("coordinator", "site_lead", "reviewer")


def _number(world: Any) -> dict[str, Any]:
    return {"number": world.lead.number}


ROWS: dict[str, Row] = {
    "lead_escalate": Row("post", only(422, *STAFF), kwargs=_number),
    "lead_escalation_end": Row("post", only(422, *STAFF), kwargs=_number),
    "escalations": Row("get", only(200, *STAFF, "outsider")),
    "misses": Row("get", only(200, "site_lead")),
    "work_mail": Row("get", only(200, *STAFF, "outsider")),
}
