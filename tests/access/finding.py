"""Rows for search and for what is done to several leads."""

from tests.access.leads import STAFF, WORKERS
from tests.access.roles import Row, only

ROWS: dict[str, Row] = {
    # Whose name it is: staff there are led to the lead, an outsider finds nothing, others no page.
    "find": Row(
        "post", only(302, *STAFF) | {"outsider": 200}, data=lambda world: {"q": "Zephyrine"}
    ),
    "leads_bulk": Row(
        "post",
        only(200, *WORKERS) | {"reviewer": 403, "outsider": 422},
        data=lambda world: {"lead": world.lead.number},
    ),
}
