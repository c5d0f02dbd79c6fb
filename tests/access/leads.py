"""Rows for leads."""

from typing import Any

from tests.access.roles import Row, only

STAFF = ("coordinator", "site_lead", "reviewer")
WORKERS = ("coordinator", "site_lead")


def _number(world: Any) -> dict[str, Any]:
    return {"number": world.lead.number}


def _clock(world: Any) -> dict[str, Any]:
    return {"number": world.lead.number, "key": world.lead.clocks.earliest("pk").pk}


def _work(*roles: str) -> Row:
    """An empty form: refused with 422 for who may send it, 403 for who may only look."""
    answers = only(422, *roles) | {"reviewer": 422 if "reviewer" in roles else 403}
    return Row("post", answers, kwargs=_number)


ROWS: dict[str, Row] = {
    "queue": Row("get", only(200, *STAFF, "outsider")),
    "lead_add": Row("get", only(200, *WORKERS, "outsider") | {"reviewer": 403}),
    "lead": Row("get", only(200, *STAFF), kwargs=_number),
    "lead_clock": Row("get", only(200, *STAFF), kwargs=_clock),
    # The first who claims gets it; whoever comes second is told who has it.
    "lead_claim": Row(
        "post",
        only(302, "coordinator") | {"site_lead": 409, "reviewer": 403},
        kwargs=_number,
    ),
    "actions": Row("get", only(200, *STAFF, "outsider")),
    # An action of nobody's own: the software received the lead.
    "action_undo": Row(
        "post",
        only(404),
        kwargs=lambda world: {"action_id": world.lead.events.earliest("seq").action_id},
    ),
    "lead_void": _work(*WORKERS),
    "lead_stage_correct": _work(*WORKERS),
    "lead_outreach": _work(*WORKERS),
    "lead_move": _work(*WORKERS),
    "lead_action": _work(*WORKERS),
    "lead_action_done": _work(*WORKERS),
    "lead_note": _work(*WORKERS),
    "lead_blocker_open": _work(*WORKERS),
    "lead_blocker_resolve": _work(*WORKERS),
    "lead_blocker_redate": _work(*WORKERS),
    "lead_blocker_turn": _work(*WORKERS),
    "lead_prescreen": _work(*WORKERS),
    "lead_answers_review": _work(*WORKERS),
    "lead_review_request": _work(*WORKERS),
    "lead_review_decide": _work(*WORKERS, "reviewer"),
}
