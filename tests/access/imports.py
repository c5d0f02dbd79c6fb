"""Rows for imports."""

from tests.access.roles import Row

ROWS: dict[str, Row] = {}
