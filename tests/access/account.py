"""Rows for account."""

from tests.access.roles import Row

ROWS: dict[str, Row] = {}
