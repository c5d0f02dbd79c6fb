"""Rows for drafts, what changed meanwhile, and the shield."""

from typing import Any

from tests.access.roles import Row, only

STAFF = ("coordinator", "site_lead", "reviewer", "outsider")
WORKERS = ("coordinator", "site_lead")


def _note(world: Any) -> dict[str, Any]:
    return {"number": world.lead.number, "key": "note"}


ROWS: dict[str, Row] = {
    "queue_pulse": Row("get", only(200, *STAFF)),
    "shield": Row("post", only(302, *STAFF)),
    # Without the version that the form showed nothing is kept.
    "lead_draft": Row("post", only(422, *WORKERS) | {"reviewer": 403}, kwargs=_note),
    "own_draft": Row("post", only(200, *STAFF), kwargs=lambda _: {"key": "pass-on"}),
    "own_draft_throw": Row("get", only(200, *STAFF), kwargs=lambda _: {"key": "pass-on"}),
    "lead_draft_throw": Row("get", only(200, *WORKERS) | {"reviewer": 403}, kwargs=_note),
}
