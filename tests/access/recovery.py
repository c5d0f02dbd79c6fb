"""Rows for the recovery queue."""

from tests.access.leads import STAFF, WORKERS, _work
from tests.access.roles import Row, only

ROWS: dict[str, Row] = {
    "recovery": Row("get", only(200, *STAFF, "outsider")),
    "recovery_several": Row("post", only(422, *WORKERS, "outsider") | {"reviewer": 403}),
    "lead_stale_review": _work(*WORKERS),
}
