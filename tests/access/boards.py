"""Rows for the boards, the trays and the sheets that are printed."""

from tests.access.roles import Row, only

WORKED = only(200, "coordinator", "site_lead", "outsider")

ROWS: dict[str, Row] = {
    "records_board": Row("get", WORKED),
}
