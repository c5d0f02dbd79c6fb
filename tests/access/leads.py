"""Rows for leads."""

from tests.access.roles import Row

ROWS: dict[str, Row] = {}
