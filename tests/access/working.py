"""Rows for working through the queue, and for the wording that staff may use there."""

from typing import Any

from tests.access.roles import Row, only
from tests.factories.setup import ApprovedWordingFactory

ADMIN = only(200, "administrator")


def _study(world: Any) -> dict[str, Any]:
    return {"pk": world.study_site.study_id}


def _wording(world: Any) -> dict[str, Any]:
    return {"pk": ApprovedWordingFactory().pk}


ROWS: dict[str, Row] = {
    # To the lead that stands there, or to the list where there is none.
    "queue_at": Row(
        "get",
        only(302, "coordinator", "site_lead", "reviewer", "outsider"),
        kwargs=lambda world: {"place": 1},
    ),
    "wordings": Row("get", ADMIN, _study),
    "wording_add": Row("get", ADMIN, _study),
    "wording_edit": Row("get", ADMIN, _wording),
    "wording_retire": Row("post", only(302, "administrator"), _wording),
}
