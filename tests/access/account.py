"""Rows for account."""

from tests.access.roles import ROLES, SIGN_IN, Row

ROWS: dict[str, Row] = {
    "profile": Row("get", {**dict.fromkeys(ROLES, 200), "anonymous": SIGN_IN}),
}
